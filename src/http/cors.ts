import type { FastifyCorsOptions } from '@fastify/cors';

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
