import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { InvalidContext } from '../serving/context';
import type { EventIntake } from '../serving/event-intake';
import type { ExposureIntake } from '../serving/exposure-intake';
import type { KnownItem, KnownUsers } from '../serving/known-users';
import { NoSuchProject } from '../serving/kept-project';
import { APP_BASES, projectOf, takeJson, type AppRoutes, ProjectRefused } from './app-routes';
import { answer, answerFailure } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { TooManyRequests } from './rate-limits';

/** Bytes of what an app sends at once. */
const SENT_LIMIT_BYTES = 1_048_576;
const RETRY_AFTER_SECONDS = '1';

/** Why what an app sent was not taken. A 503 is for a store that is away: the same request again, later, is right. */
export function refuseSent(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof InvalidContext) return answer(request, reply, 400, 'BAD_REQUEST', `${error.message}.`);
  if (error instanceof ProjectRefused) {
    return answer(request, reply, error.statusCode, error.statusCode === 403 ? 'FORBIDDEN' : 'BAD_REQUEST', error.message);
  }
  if (error instanceof NoSuchProject) return answer(request, reply, 404, 'NOT_FOUND', error.message);
  if (error instanceof TooManyRequests) {
    void reply.header('retry-after', String(error.retryAfterSeconds));
    return answer(request, reply, 429, 'LIMIT_EXCEEDED', error.message);
  }
  const away = infrastructureError(error);
  if (away === undefined) return answerFailure(error, request, reply);
  request.log.error({ err: error }, 'what an app sent could not be stored');
  void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return answer(request, reply, 503, away.code, away.message);
}

type Route = { Params: { id?: string }; Body: unknown };

const SEND = 'Send {"user": "..."}, or as docs/serving.md says.';

/** What is kept of users, for the servers of an app: `POST /users/properties`, `known`, `link` and `forget`. User ids are in the body alone (U4). */
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

export interface UserEventParts {
  readonly events: Pick<EventIntake, 'take'>;
  readonly exposures: Pick<ExposureIntake, 'take'>;
}

type SendRoute = { Params: { id?: string }; Body: unknown };

const SEND_EVENTS = 'Send {"events": [{"user": "...", "event": "..."}]} or {"exposures": [{"user": "...", "key": "..."}]}.';

/** What users do in an app, and what it has shown them: `POST /events` and `/exposures`. User ids are in the body alone (U4). */
export function userEventRoutes(parts: UserEventParts): AppRoutes {
  return (scope, { onRequest, drain }) => {
    takeJson(scope, SEND_EVENTS, ({ value }) => value);
    scope.setErrorHandler(refuseSent);
    for (const base of APP_BASES) {
      for (const name of ['events', 'exposures'] as const) {
        scope.post<SendRoute>(`${base}/${name}`, { onRequest: [...onRequest], bodyLimit: SENT_LIMIT_BYTES }, (request, reply) =>
          drain.run(reply.raw, async () => {
            const taken = await parts[name].take(projectOf(request.caller, request.params.id, 'send events'), request.body ?? null);
            return reply.code(202).send(taken);
          }),
        );
      }
    }
  };
}
