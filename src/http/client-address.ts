import proxyAddress from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** Whether the address that a hop names is believed: those of the proxies in front, counted from this server. */
export const trustsHop =
  (trustedProxies: number) =>
  (_address: string, hop: number): boolean =>
    hop < trustedProxies;

/** The address of a request's client: that of its connection, or what the proxies in front say. */
export function clientAddress(trustedProxies: number): (request: IncomingMessage) => string {
  if (trustedProxies === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trusts = trustsHop(trustedProxies);
  return (request) => proxyAddress(request, trusts) ?? '';
}
