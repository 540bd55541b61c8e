import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip, type BrotliOptions } from 'node:zlib';
import { LARGE_CHARACTERS } from './answer-budget';

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

/** Shorter answers are sent as they are: they fit into a few packets, and compressing one takes longer than sending it. */
export const COMPRESSED_FROM_BYTES = 4_096;

export type Encoding = 'br' | 'gzip';

/** About as fast as gzip, and a third smaller for JSON; the qualities above take many times as long. */
const BROTLI: BrotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

const brotli = promisify<string, BrotliOptions, Buffer>(brotliCompress);
const gzipped = promisify<string, Buffer>(gzip);

const ENCODINGS: readonly Encoding[] = ['br', 'gzip'];

/** The best encoding that the client takes; undefined: none of ours. */
export function encodingFor(request: IncomingMessage): Encoding | undefined {
  const accepted = new Negotiator(request).encodings([...ENCODINGS]);
  return ENCODINGS.find((encoding) => accepted.includes(encoding));
}

/** Compresses off the event loop. */
function compressed(text: string, encoding: Encoding): Promise<Buffer> {
  return encoding === 'br' ? brotli(text, BROTLI) : gzipped(text);
}

/** The same for a long text, a piece at a time. An error of either end closes both. */
function compressing(pieces: Readable, encoding: Encoding): Readable {
  return pipeline(pieces, encoding === 'br' ? createBrotliCompress(BROTLI) : createGzip(), () => {});
}

/** Characters that are encoded and handed to the system at a time. */
export const PIECE_CHARACTERS = 131_072;

/**
 * A text as UTF-8, a piece at a time, with a turn of the event loop before each piece but the first: to encode an answer of 10 MiB and hand it to the
 * system in one call takes a tenth of a second and more.
 */
export async function* inPieces(text: string): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < text.length;) {
    if (at > 0) await turn();
    const end = at + PIECE_CHARACTERS;
    // A pair of surrogates is one character: halves would be encoded as two replacement characters.
    const next = isHighSurrogate(text.charCodeAt(end - 1)) ? end + 1 : end;
    yield Buffer.from(text.slice(at, next), 'utf8');
    at = next;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** How long a client may take to read a large answer, in milliseconds. */
export const READ_WITHIN_MS = 60_000;

/** Closes the connection of a client that does not read its answer in time, and would keep it in memory. */
export function cutOffUnread(response: ServerResponse): void {
  const unread = setTimeout(() => response.destroy(), READ_WITHIN_MS).unref();
  response.once('close', () => clearTimeout(unread));
}

/** Resolves when the client has read enough for more to be written, or is gone. Rejects if the connection fails. */
export async function drained(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return;
  const leaving = new AbortController();
  const options = { signal: leaving.signal };
  try {
    await Promise.race([once(response, 'drain', options), once(response, 'close', options)]);
  } finally {
    leaving.abort();
  }
}

/** Writes a text to a response as fast as its client reads; ends early if that is gone. Rejects if the connection fails. */
export async function writePieces(response: ServerResponse, text: string): Promise<void> {
  for await (const piece of inPieces(text)) {
    response.write(piece);
    await drained(response);
    if (response.destroyed) return;
  }
}

/** An answer as the client takes it: compressed, if it is not short; and a long one a piece at a time. */
export function sendText(text: string, { raw }: FastifyRequest, reply: FastifyReply): string | Promise<Buffer> | Readable {
  const encoding = Buffer.byteLength(text) < COMPRESSED_FROM_BYTES ? undefined : encodingFor(raw);
  void reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
  if (encoding !== undefined) void reply.header('content-encoding', encoding).removeHeader('content-length');
  if (text.length <= LARGE_CHARACTERS) return encoding === undefined ? text : compressed(text, encoding);
  cutOffUnread(reply.raw);
  const pieces = Readable.from(inPieces(text));
  return encoding === undefined ? pieces : compressing(pieces, encoding);
}
