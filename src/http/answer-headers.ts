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

/** Of a request that comes while the server stops. Its connection is closed, so that the next one goes to another server. */
export const GOING_AWAY = {
  status: 503,
  code: 'GOING_AWAY',
  message: 'The server is stopping. Nothing was written: send the request to another one, or again in a moment.',
  headers: { 'retry-after': '1', connection: 'close' },
} as const;
