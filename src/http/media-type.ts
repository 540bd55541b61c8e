import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

/** Which of the two media types of GraphQL over HTTP the client prefers; JSON if it takes neither. */
export function answerType(accept: string | undefined): string {
  return preferred(accept, [JSON_TYPE, RESPONSE_TYPE]) ?? JSON_TYPE;
}

/**
 * GraphQL over HTTP: in plain JSON a refused document is answered with status 200, for clients that read no body of any other. In
 * `application/graphql-response+json` the status tells.
 */
export function isPlainJson(type: string): boolean {
  return type === JSON_TYPE;
}

/** A browser that opens the address. A program that takes anything gets JSON. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && preferred(accept, [JSON_TYPE, RESPONSE_TYPE, 'text/html']) === 'text/html';
}

/** A client of GraphQL over SSE. */
export function wantsStream(accept: string | undefined): boolean {
  return accept !== undefined && preferred(accept, [JSON_TYPE, RESPONSE_TYPE, 'text/event-stream']) === 'text/event-stream';
}

function preferred(accept: string | undefined, types: string[]): string | undefined {
  return new Negotiator({ headers: accept === undefined ? {} : { accept } }).mediaType(types);
}
