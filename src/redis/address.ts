/** Where a Redis is, or several that are one. */
export interface RedisAddress {
  readonly topology: 'single' | 'cluster' | 'sentinel';
  /** The servers to ask first: all there are need not be named, except of a single one. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** Sentinel's name for the master. */
  readonly master?: string;
  /** What the names of all keys begin with, followed by the ledger's id. */
  readonly prefix: string;
}

export const DEFAULT_PREFIX = 'experience-ledger';

/** The URL is none; the message says what would be. It never quotes the URL, which may hold a password. */
export class InvalidRedisAddress extends Error {}

const SCHEMES: Readonly<Record<string, Pick<RedisAddress, 'topology' | 'tls'>>> = {
  redis: { topology: 'single', tls: false },
  rediss: { topology: 'single', tls: true },
  'redis+cluster': { topology: 'cluster', tls: false },
  'rediss+cluster': { topology: 'cluster', tls: true },
  'redis+sentinel': { topology: 'sentinel', tls: false },
  'rediss+sentinel': { topology: 'sentinel', tls: true },
};
export const REDIS_SCHEMES: readonly string[] = Object.keys(SCHEMES);

const FORMS = {
  single: 'redis://[user:password@]host[:port][/database]',
  cluster: 'redis+cluster://[user:password@]host[:port][,host[:port]...]',
  sentinel: 'redis+sentinel://[user:password@]host[:port][,host[:port]...]/master-name[/database]',
};

/**
 * Reads a URL of one of the schemes; `rest` is what follows the scheme's colon. By hand, since the URL standard knows no list of hosts.
 * Throws `InvalidRedisAddress`.
 */
export function parseRedisAddress(scheme: string, rest: string): RedisAddress {
  const { topology, tls } = SCHEMES[scheme]!;
  const [, login, hosts = '', path = '', query = ''] = /^\/\/(?:([^@/]*)@)?([^/?@]+)((?:\/[^/?@]*)*)(?:\?(.*))?$/.exec(rest) ?? [];
  if (hosts === '') throw wrong(topology, 'with any /, @ or : in the user or password percent-encoded');
  const [username, password] = loginIn(login ?? '', topology);
  const parts = path.split('/').filter((part) => part !== '');
  const master = topology === 'sentinel' ? parts.shift() : undefined;
  if (topology === 'sentinel' && master === undefined) throw wrong(topology, 'with the name that Sentinel has for the master');
  const [database = '0', ...more] = parts;
  if (!/^\d{1,4}$/.test(database) || more.length > 0) throw wrong(topology, 'with the database as a number');
  if (topology === 'cluster' && database !== '0') throw wrong(topology, 'without a database: a cluster has only one');
  const named = hosts.split(',').map((host) => hostIn(host, topology));
  if (topology === 'single' && named.length > 1) throw wrong(topology, 'with one host; several are a cluster or Sentinels');
  return {
    topology,
    tls,
    hosts: named,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    database: Number(database),
    ...(master === undefined ? {} : { master }),
    prefix: prefixIn(query, topology),
  };
}

function loginIn(text: string, topology: RedisAddress['topology']): [username?: string, password?: string] {
  const [username = '', password = '', ...more] = text.split(':');
  try {
    if (more.length === 0) return [decodeURIComponent(username), decodeURIComponent(password)];
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw wrong(topology, 'with any %, / , @ or : in the user or password percent-encoded');
}

function hostIn(text: string, topology: RedisAddress['topology']): RedisAddress['hosts'][number] {
  const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const usual = topology === 'sentinel' ? 26_379 : 6_379;
  const number = port === undefined ? usual : Number(port);
  if (host === undefined || number < 1 || number > 65_535)
    throw wrong(topology, 'with host names, IPv4 addresses or [IPv6 addresses], and ports up to 65535');
  return { host, port: number };
}

function prefixIn(query: string, topology: RedisAddress['topology']): string {
  const asked = new URLSearchParams(query);
  const unknown = [...asked.keys()].find((name) => name !== 'prefix');
  const prefix = asked.get('prefix') ?? DEFAULT_PREFIX;
  if (unknown === undefined && /^[A-Za-z0-9_-]{1,40}$/.test(prefix)) return prefix;
  throw wrong(topology, 'with nothing after a ? but prefix=..., which is up to 40 letters, digits, _ or -');
}

function wrong(topology: RedisAddress['topology'], how: string): InvalidRedisAddress {
  return new InvalidRedisAddress(`must be ${FORMS[topology]}, ${how}`);
}
