import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Unauthenticated } from './authentication';
import { INTERNAL_MESSAGE } from './error-policy';
import { answerType } from './answer-body';

/** What the server says when a request does not even get as far as GraphQL, by Fastify's code. */
const REFUSED: Readonly<Record<string, { readonly code: string; readonly message: (limit: string) => string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'BAD_REQUEST', message: () => 'Send the body as JSON, with Content-Type: application/json.' },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'LIMIT_EXCEEDED',
    message: (limit) => `The body is too large: at most ${limit} are allowed.`,
  },
};

/** An answer to a request that does not even get as far as GraphQL. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Failed = Error & { code?: string; statusCode?: number };

/** Answers what failed outside GraphQL in GraphQL's form, so that a client reads every error in one way. */
export function answerFailure(error: Failed, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Unauthenticated)
    return answerWith(request, reply, unauthenticated(error, request.headers.authorization, request.log));
  const refused = refusalOf(error, () => bodyLimitOf(request));
  if (refused !== undefined) return answerWith(request, reply, refused);
  request.log.error({ err: error }, 'a request failed');
  return answer(request, reply, 500, 'INTERNAL', INTERNAL_MESSAGE);
}

/** What is wrong with a request that does not get as far as its route; undefined: the error is the server's. `bodyLimit` says how long a body may be. */
export function refusalOf(error: Failed, bodyLimit: () => string): Failure | undefined {
  const status = error.statusCode ?? 500;
  const refused = REFUSED[error.code ?? ''];
  if (refused !== undefined) return { status, code: refused.code, message: refused.message(bodyLimit()) };
  return status >= 400 && status < 500 ? { status, code: status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST', message: error.message } : undefined;
}

function bodyLimitOf({ routeOptions, server }: FastifyRequest): string {
  const { bodyLimit } = server.initialConfig;
  const own = routeOptions.bodyLimit ?? bodyLimit;
  return own === bodyLimit ? bodyLimitWords(own) : `${own} bytes`;
}

/** The limit of routes that have none of their own, with the name of the setting. */
export const bodyLimitWords = (limitBytes: number | undefined): string => `${limitBytes} bytes (BODY_LIMIT)`;

/** RFC 6750: without a token only the scheme is named; with one, that it is the token which is wrong. */
export function unauthenticated(error: Unauthenticated, authorization: string | undefined, log: Pick<Logger, 'error'>): Failure {
  const { status, message, failed, retryAfterSeconds } = error;
  const code = 'UNAUTHENTICATED';
  if (status === 503) {
    if (failed) log.error({ err: error }, 'a token could not be verified');
    return { status, code, message, headers: { 'retry-after': String(retryAfterSeconds) } };
  }
  const detail = authorization === undefined ? '' : ', error="invalid_token"';
  return { status, code, message, headers: { 'www-authenticate': `Bearer realm="experience-ledger"${detail}` } };
}

/** The body of an answer in GraphQL's form. */
export function failureBody(code: string, message: string, requestId: string): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...(code === 'INTERNAL' ? { requestId } : {}) } }] });
}

export function answer(request: FastifyRequest, reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .type(answerType(request.headers.accept))
    .send(failureBody(code, message, request.id));
}

export function answerWith(request: FastifyRequest, reply: FastifyReply, { status, code, message, headers }: Failure): FastifyReply {
  return answer(request, headers === undefined ? reply : reply.headers(headers), status, code, message);
}
