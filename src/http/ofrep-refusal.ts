import { InvalidContext } from '../serving/context';
import { NoSuchProject } from '../serving/kept-project';
import { ProjectRefused } from './app-routes';
import { Unauthenticated } from './authentication';
import { INTERNAL_MESSAGE } from './error-policy';
import type { Exchange } from './exchange';
import { bodyLimitWords, refusalOf, unauthenticated } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { BodyRefused } from './json-body';
import { TooManyRequests } from './rate-limits';

/** In the words of the protocol: `errorCode` with the status that it goes with. */
export class OfrepError extends Error {
  constructor(
    readonly status: number,
    readonly code: 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'TARGETING_KEY_MISSING' | 'FLAG_NOT_FOUND' | 'GENERAL',
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

export interface Refused {
  readonly error: unknown;
  /** That was asked for; undefined: all were. */
  readonly key: string | undefined;
  readonly bodyLimitBytes: number;
}

/** Every refusal in the shape of the protocol, but that of a token, which is the same everywhere. */
export function refuseOfrep(exchange: Exchange, { error, key, bodyLimitBytes }: Refused): void {
  if (error instanceof Unauthenticated) {
    return exchange.fail(unauthenticated(error, exchange.request.headers.authorization, exchange.log));
  }
  const { status, code, message, retryAfterSeconds } = ofrepError(error, key, bodyLimitBytes);
  if (status === 500) exchange.log.error({ err: error }, 'an evaluation failed');
  if (status === 503) exchange.log.error({ err: error }, 'an evaluation could not be answered');
  const headers = ['content-type', 'application/json; charset=utf-8'];
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  exchange.send(status, headers, JSON.stringify({ ...(key !== undefined && { key }), errorCode: code, errorDetails: message }));
}

function ofrepError(error: unknown, key: string | undefined, bodyLimitBytes: number): OfrepError {
  if (error instanceof OfrepError) return error;
  if (error instanceof ProjectRefused) return new OfrepError(error.statusCode, 'GENERAL', error.message);
  if (error instanceof TooManyRequests) return new OfrepError(429, 'GENERAL', error.message, error.retryAfterSeconds);
  if (error instanceof InvalidContext) return new OfrepError(400, 'INVALID_CONTEXT', `${error.message}.`);
  if (error instanceof BodyRefused) return new OfrepError(400, 'PARSE_ERROR', error.message);
  // The 404 of one key has no other code.
  if (error instanceof NoSuchProject) return new OfrepError(404, key === undefined ? 'GENERAL' : 'FLAG_NOT_FOUND', error.message);
  const away = infrastructureError(error);
  if (away !== undefined) return new OfrepError(503, 'GENERAL', 'The project cannot be read now: try again in a moment.', 1);
  const refused = error instanceof Error ? refusalOf(error, () => bodyLimitWords(bodyLimitBytes)) : undefined;
  if (refused === undefined) return new OfrepError(500, 'GENERAL', INTERNAL_MESSAGE);
  return new OfrepError(refused.status, 'PARSE_ERROR', refused.message);
}
