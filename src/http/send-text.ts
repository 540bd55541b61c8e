import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { COMPRESSED_FROM_BYTES, compressed, compressing, encodingFor, inPieces } from './answer-body';
import { LARGE_CHARACTERS } from './answer-budget';
import { cutOffUnread } from './unread';

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
