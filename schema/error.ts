import { GraphQLError } from 'graphql';

/** What a client may be told has gone wrong with a request. What can go wrong with a command is a refusal, which is data. */
export const REQUEST_ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_REQUEST',
  'LIMIT_EXCEEDED',
  'EVENT_STORE_UNAVAILABLE',
  'READ_MODEL_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'UPGRADE_REQUIRED',
  'INTERNAL',
] as const;
export type RequestErrorCode = (typeof REQUEST_ERROR_CODES)[number];

/**
 * An error that is shown to the client as it is: its message says what to do, and holds nothing the client may not see.
 * Every other error that a resolver throws is masked.
 */
export class RequestError extends GraphQLError {
  constructor(code: RequestErrorCode, message: string, cause?: unknown) {
    super(message, { extensions: { code }, ...(cause instanceof Error ? { originalError: cause } : {}) });
    this.name = 'RequestError';
  }
}
