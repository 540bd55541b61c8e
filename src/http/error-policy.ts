import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { REQUEST_ERROR_CODES } from '../application/error-codes';
import { infrastructureError } from './infrastructure-errors';

/** The codes that a client can meet in `extensions.code`. Whatever else goes wrong is `INTERNAL`. */
export const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  ...REQUEST_ERROR_CODES,
  // What GraphQL itself has to say about a document and its variables, in the codes its clients know.
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more that (\d+) tokens/;
const TOO_MANY_VARIABLE_ERRORS = 'Too many errors processing variables';
export const INTERNAL_MESSAGE = 'Something went wrong in the server. Its log tells more under the request id (header X-Request-Id).';
const MAX_MESSAGE_CHARACTERS = 1_000;

/** Takes what the client is not shown. Called once for each error that is masked. */
export type ReportInternal = (error: unknown) => void;

/**
 * What a client sees of an error, whichever way it is connected: HTTP, WebSocket and SSE all send errors through here.
 *
 * Ours pass by their code, and so do GraphQL's own about the document. Everything else is masked and reported: its message may hold a
 * file's name, a query, a password. Messages are cut, since GraphQL's quote the input in full.
 */
export function publicError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string | undefined,
  report: ReportInternal,
): GraphQLFormattedError {
  const trouble = infrastructureError(error instanceof GraphQLError ? error.originalError : error);
  if (trouble !== undefined) {
    if (trouble.forTheLog) report(error);
    return { ...place(formatted), message: trouble.message, extensions: { code: trouble.code } };
  }
  const code = publicCode(formatted, error);
  if (code === undefined) {
    report(error);
    return {
      ...place(formatted),
      message: INTERNAL_MESSAGE,
      extensions: { code: 'INTERNAL', ...(requestId === undefined ? {} : { requestId }) },
    };
  }
  const limit = code === 'GRAPHQL_PARSE_FAILED' ? tokenLimit(formatted.message) : undefined;
  if (limit !== undefined) return { ...place(formatted), message: limit, extensions: { code: 'LIMIT_EXCEEDED' } };
  const cursor = formatted.extensions?.['cursor'];
  return { ...place(formatted), message: cut(formatted.message), extensions: { code, ...(typeof cursor === 'string' ? { cursor } : {}) } };
}

function tokenLimit(message: string): string | undefined {
  const [, tokens] = TOO_MANY_TOKENS.exec(message) ?? [];
  if (tokens === undefined) return undefined;
  return `The document has more than ${tokens} tokens, which is the limit (QUERY_TOKENS). Ask for less, or in several requests.`;
}

function publicCode(formatted: GraphQLFormattedError, error: unknown): unknown {
  // Apollo gives every error of a validation rule its own code; the rule's is in the error below.
  const code = codeOf(error instanceof GraphQLError ? error.originalError : undefined) ?? formatted.extensions?.['code'];
  if (PUBLIC_CODES.has(code)) return code;
  // Of variables that are wrong in too many places, GraphQL says so in an error of its own, which has no code.
  if (error instanceof GraphQLError && error.message.startsWith(TOO_MANY_VARIABLE_ERRORS)) return 'BAD_USER_INPUT';
  return isAboutArguments(error) ? 'BAD_USER_INPUT' : undefined;
}

/**
 * GraphQL checks some arguments only while it executes (a variable that is null where the argument must not be) and then throws an
 * error that already knows its place in the document. Errors of resolvers, and of values that cannot be serialized, do not know theirs.
 */
function isAboutArguments(error: unknown): boolean {
  const cause = error instanceof GraphQLError ? error.originalError : undefined;
  return cause instanceof GraphQLError && cause.originalError === undefined && (cause.nodes?.length ?? 0) > 0;
}

function codeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? error.extensions['code'] : undefined;
}

function place({ locations, path }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS ? message : `${message.slice(0, MAX_MESSAGE_CHARACTERS)}... (cut)`;
}
