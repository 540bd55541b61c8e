import type { FastifyReply, FastifyRequest } from 'fastify';
import { Unauthenticated } from './authentication';
import { INTERNAL_MESSAGE } from './error-policy';
import { answerType } from './media-type';

/** What the server says when a request does not even get as far as GraphQL, by Fastify's code. */
const REFUSED: Readonly<Record<string, { readonly code: string; readonly message: (limit: string) => string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'BAD_REQUEST', message: () => 'Send the body as JSON, with Content-Type: application/json.' },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'LIMIT_EXCEEDED',
    message: (limit) => `The body is too large: at most ${limit} are allowed.`,
  },
};

/** Answers what failed outside GraphQL in GraphQL's form, so that a client reads every error in one way. */
export function answerFailure(
  error: Error & { code?: string; statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Unauthenticated) return answerUnauthenticated(error, request, reply);
  const refused = refusalOf(error, request);
  if (refused !== undefined) return answer(request, reply, refused.status, refused.code, refused.message);
  request.log.error({ err: error }, 'a request failed');
  return answer(request, reply, 500, 'INTERNAL', INTERNAL_MESSAGE);
}

/** What is wrong with a request that does not get as far as its route; undefined: the error is the server's. */
export function refusalOf(
  error: Error & { code?: string; statusCode?: number },
  request: FastifyRequest,
): { readonly status: number; readonly code: string; readonly message: string } | undefined {
  const status = error.statusCode ?? 500;
  const refused = REFUSED[error.code ?? ''];
  if (refused !== undefined) return { status, code: refused.code, message: refused.message(bodyLimitOf(request)) };
  return status >= 400 && status < 500 ? { status, code: status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST', message: error.message } : undefined;
}

/** In bytes, with the name of the setting, unless the route has a limit of its own. */
function bodyLimitOf({ routeOptions, server }: FastifyRequest): string {
  const { bodyLimit } = server.initialConfig;
  const own = routeOptions.bodyLimit ?? bodyLimit;
  return `${own} bytes${own === bodyLimit ? ' (BODY_LIMIT)' : ''}`;
}

export function answer(request: FastifyRequest, reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  const requestId = code === 'INTERNAL' ? { requestId: request.id } : {};
  return reply
    .code(status)
    .type(answerType(request.headers.accept))
    .send(JSON.stringify({ errors: [{ message, extensions: { code, ...requestId } }] }));
}

/** RFC 6750: without a token only the scheme is named; with one, that it is the token which is wrong. */
function answerUnauthenticated(error: Unauthenticated, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.status === 503) {
    if (error.failed) request.log.error({ err: error }, 'a token could not be verified');
    void reply.header('retry-after', String(error.retryAfterSeconds));
  } else {
    const detail = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
    void reply.header('www-authenticate', `Bearer realm="experience-ledger"${detail}`);
  }
  return answer(request, reply, error.status, 'UNAUTHENTICATED', error.message);
}
