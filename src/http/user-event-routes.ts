import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../application/caller';
import { InvalidContext } from '../serving/context';
import type { EventIntake } from '../serving/event-intake';
import { NoSuchProject } from '../serving/rulesets';
import { answer, answerFailure } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { parseJsonBody } from './json-body';
import { rateLimitHook, TooManyRequests, type RateLimits } from './rate-limits';
import type { Routes, ServerAccess } from './routes';

export interface UserEventParts {
  readonly intake: Pick<EventIntake, 'take'>;
  readonly rateLimits: RateLimits;
  readonly maySend: (caller: Caller, projectId: string) => boolean;
  /** The project that the token alone names; undefined: there is none, or more than one. */
  readonly projectOf: (caller: Caller) => string | undefined;
}

type EventsRoute = { Params: { id?: string }; Body: unknown };

const MAX_BYTES = 1_048_576;
const RETRY_AFTER_SECONDS = '1';
const SEND = 'Send {"events": [{"user": "...", "event": "..."}]}.';

/** What users do in an app: `POST /events` for the project of the token, or `/projects/<id>/events`. User ids stand in the body alone (U4). */
export function userEventRoutes(parts: UserEventParts): Routes {
  return { add: async (server, access) => void (await server.register((scope) => addRoutes(scope, parts, access))) };
}

async function addRoutes(scope: FastifyInstance, parts: UserEventParts, { identify, drain }: ServerAccess): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJsonBody(body, SEND),
  );
  scope.setErrorHandler(refuse);
  const onRequest = [identify, await rateLimitHook(scope, parts.rateLimits)];
  for (const base of ['', '/projects/:id']) {
    scope.post<EventsRoute>(`${base}/events`, { onRequest, bodyLimit: MAX_BYTES }, (request, reply) =>
      drain.run(reply.raw, () => take(parts, request, reply)),
    );
  }
}

async function take(parts: UserEventParts, request: FastifyRequest<EventsRoute>, reply: FastifyReply): Promise<FastifyReply> {
  const { caller, params, body } = request;
  const projectId = params.id ?? parts.projectOf(caller);
  if (projectId === undefined) {
    return answer(request, reply, 400, 'BAD_REQUEST', 'This token is not of one project alone: send to /projects/<id>/events.');
  }
  if (!parts.maySend(caller, projectId)) {
    return answer(request, reply, 403, 'FORBIDDEN', `This token may not send events of the project "${projectId.slice(0, 100)}".`);
  }
  const taken = await parts.intake.take(projectId, body ?? null);
  return reply.code(202).send(taken);
}

function refuse(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof InvalidContext) return answer(request, reply, 400, 'BAD_REQUEST', `${error.message}.`);
  if (error instanceof NoSuchProject) return answer(request, reply, 404, 'NOT_FOUND', error.message);
  if (error instanceof TooManyRequests) {
    void reply.header('retry-after', String(error.retryAfterSeconds));
    return answer(request, reply, 429, 'LIMIT_EXCEEDED', error.message);
  }
  const away = infrastructureError(error);
  if (away === undefined) return answerFailure(error, request, reply);
  request.log.error({ err: error }, 'events could not be stored');
  void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return answer(request, reply, 503, away.code, away.message);
}
