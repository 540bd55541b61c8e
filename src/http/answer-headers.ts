import type { FastifyCorsOptions } from '@fastify/cors';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What every answer has, whatever it answers. */
export const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** A caller's own id for the request, if it is fit for a log, so that it finds the request in both logs; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The answer to a request that comes while the server stops. Its connection is closed, so that the next one goes to another server. */
export const GOING_AWAY = {
  status: 503,
  code: 'GOING_AWAY',
  message: 'The server is stopping. Nothing was written: send the request to another one, or again in a moment.',
  headers: { 'retry-after': '1', connection: 'close' },
} as const;

const EXPOSED = ['x-request-id', 'etag', 'retry-after'];

/** Which pages of other origins may ask, in the words of the plugin, which also answers their preflight requests. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'x-request-id', 'last-event-id', 'if-none-match'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  };
}

/** The headers that the plugin gives to an answer that is no preflight's, as a list of names and values, for answers that do not pass it. */
export function corsHeaders(origins: readonly string[]): (origin: string | undefined) => readonly string[] {
  if (origins.length === 0) return () => [];
  const exposed = ['access-control-expose-headers', EXPOSED.join(', ')];
  const ofAny = ['access-control-allow-origin', '*', ...exposed];
  if (origins.includes('*')) return () => ofAny;
  const ofOthers = ['vary', 'Origin', ...exposed];
  const allowed = new Map(origins.map((origin) => [origin, ['access-control-allow-origin', origin, ...ofOthers]]));
  return (origin) => (origin === undefined ? ofOthers : (allowed.get(origin) ?? ofOthers));
}
