import { GraphQLError } from 'graphql';
import type { RequestErrorCode } from '../src/application/error-codes';

/**
 * An error that is shown to the client as it is: its message says what to do, and holds nothing the client may not see.
 * Every other error that a resolver throws is masked.
 */
export class RequestError extends GraphQLError {
  /** `cursor`: where a subscription can be taken up again. */
  constructor(code: RequestErrorCode, message: string, cause?: unknown, cursor?: string) {
    super(message, {
      extensions: { code, ...(cursor === undefined ? {} : { cursor }) },
      ...(cause instanceof Error ? { originalError: cause } : {}),
    });
    this.name = 'RequestError';
  }
}
