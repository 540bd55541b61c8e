import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { words } from '../words/words';

/** What went wrong, in words for the person at the page. */
export function failureText(error: unknown): string {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message).join(' ');
  if (ServerError.is(error)) return words.failure.server(error.statusCode);
  return words.failure.network;
}
