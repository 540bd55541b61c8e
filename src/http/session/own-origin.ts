import type { IncomingMessage } from 'node:http';

/** Where browsers find this server: as it is set, or as the request says, believed as far as proxies are trusted. */
export interface Address {
  readonly publicUrl: URL | undefined;
  readonly trustedProxies: number;
}

type Request = Pick<IncomingMessage, 'headers'>;

/** The origin that our own pages have; undefined: the request names none that could be one. */
export function ownOrigin({ publicUrl, trustedProxies }: Address, { headers }: Request): string | undefined {
  if (publicUrl !== undefined) return publicUrl.origin;
  const said = (name: string): string | undefined => (trustedProxies > 0 ? saidByProxy(headers[name], trustedProxies) : undefined);
  const protocol = said('x-forwarded-proto') === 'https' ? 'https' : 'http';
  const host = said('x-forwarded-host') ?? headers.host ?? '';
  return URL.canParse(`${protocol}://${host}`) ? new URL(`${protocol}://${host}`).origin : undefined;
}

/** Whether a page of this server sent it. A request that a browser sends with a cookie says its origin. */
export function isFromOwnPage(address: Address, request: Request): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin === ownOrigin(address, request);
}

/** Each proxy adds what it saw at the end: the outermost that is trusted says where the client was. */
function saidByProxy(header: string | string[] | undefined, trustedProxies: number): string | undefined {
  const values = String(header ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return values.at(-Math.min(trustedProxies, values.length));
}
