import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidContext } from '../serving/context';
import { NoSuchProject } from '../serving/rulesets';
import { ProjectRefused } from './app-routes';
import { answer, answerFailure } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { TooManyRequests } from './rate-limits';

/** Bytes of what an app sends at once. */
export const SENT_LIMIT_BYTES = 1_048_576;
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
