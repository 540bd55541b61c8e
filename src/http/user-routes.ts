import { Readable } from 'node:stream';
import type { KnownItem, KnownUsers } from '../serving/known-users';
import { APP_BASES, projectOf, takeJson, type AppRoutes } from './app-routes';
import { refuseSent, SENT_LIMIT_BYTES } from './sent-data';

type Route = { Params: { id?: string }; Body: unknown };

const SEND = 'Send {"user": "..."}, or as docs/serving.md says.';

/** What is kept of users, for the servers of an app: `POST /users/properties`, `known`, `link` and `forget`. User ids stand in the body alone (U4). */
export function userRoutes(users: Pick<KnownUsers, 'setProperties' | 'known' | 'link' | 'forget'>): AppRoutes {
  const answers: Readonly<Record<string, (projectId: string, body: unknown) => Promise<object>>> = {
    properties: (projectId, body) => users.setProperties(projectId, body),
    known: (projectId, body) => users.known(projectId, body),
    link: (projectId, body) => users.link(projectId, body),
    forget: (projectId, body) => users.forget(projectId, body),
  };
  return (scope, { onRequest, drain }) => {
    takeJson(scope, SEND, ({ value }) => value);
    scope.setErrorHandler(refuseSent);
    for (const base of APP_BASES) {
      for (const [name, answer] of Object.entries(answers)) {
        scope.post<Route>(`${base}/users/${name}`, { onRequest: [...onRequest], bodyLimit: SENT_LIMIT_BYTES }, (request, reply) =>
          drain.run(reply.raw, async () => {
            const answered = await answer(projectOf(request.caller, request.params.id, 'keep users'), request.body ?? null);
            if (!(Symbol.asyncIterator in answered)) return reply.send(answered);
            return reply.type('application/x-ndjson').send(Readable.from(lines(answered as AsyncIterable<KnownItem>)));
          }),
        );
      }
    }
  };
}

async function* lines(items: AsyncIterable<KnownItem>): AsyncIterable<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
