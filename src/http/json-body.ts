import { errorCodes } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ambiguousMember } from '../domain/json-text';

/** The body cannot be what the client meant; the message is for the client. */
export class BodyRefused extends Error {
  readonly statusCode = 400;
}

/** What a body says, with the text that it was sent as. */
export interface SentJson {
  readonly value: unknown;
  readonly text: string;
}

const SEND = 'Send {"query": "...", "variables": {...}}.';

/**
 * What the bytes of a body say, if they say one thing: bytes that are no UTF-8 would be read as something else, and of a member that is given twice the
 * last would count without a word. `send` says what a right body looks like. Throws `BodyRefused`.
 */
export function parseJsonBody(bytes: Buffer, send = SEND): unknown {
  return parseJsonText(bytes, send).value;
}

/** The same, with the text that the bytes are. */
export function parseJsonText(bytes: Buffer, send: string): SentJson {
  if (bytes.length === 0) throw new BodyRefused(`The body is empty. ${send}`);
  if (!isUtf8(bytes)) throw new BodyRefused('The body is not UTF-8: send JSON as UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BodyRefused(`The body is not JSON. ${send}`, { cause: error });
  }
  refuseMembers(text);
  return { value, text };
}

function refuseMembers(text: string): void {
  const name = ambiguousMember(text, ['__proto__']);
  if (name === undefined) return;
  if (name === '__proto__') throw new BodyRefused('The body has a member named __proto__, which is not accepted: leave it out.');
  throw new BodyRefused(`The body has the member ${JSON.stringify(name.slice(0, 100))} twice in one object: leave one out.`);
}

const JSON_TYPE = 'application/json';

/**
 * The bytes of a JSON body, refused with the errors that the framework has for its own routes; undefined: there is no body. It never settles where the
 * client goes away meanwhile.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (type === undefined && encoding === undefined && (length === undefined || length === '0')) return undefined;
  if (!isJson(type)) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type);
  if (Number(length ?? 0) > limitBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
  return bytesOf(request, limitBytes);
}

function isJson(type: string | undefined): boolean {
  return type === JSON_TYPE || type?.split(';', 1)[0]!.trim().toLowerCase() === JSON_TYPE;
}

function bytesOf(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        request.removeAllListeners('data').pause();
        reject(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  });
}
