import { errorCodes } from 'fastify';
import type { IncomingMessage } from 'node:http';

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
