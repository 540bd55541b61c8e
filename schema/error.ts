import { GraphQLError } from 'graphql';
import type { RequestErrorCode } from '../src/application/error-codes';

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
