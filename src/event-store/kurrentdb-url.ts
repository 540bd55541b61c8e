import { accessSync, constants } from 'node:fs';

/** `esdb` is the name of old, which the client still knows. */
export const KURRENT_SCHEMES = ['kurrentdb', 'kurrentdb+discover', 'esdb', 'esdb+discover'] as const;

/** The address is none; the message says what would be. It never quotes the address, which may hold a password. */
export class InvalidKurrentUrl extends Error {}

/** Says what is wrong with an option's value; undefined: nothing. */
type Check = (value: string) => string | undefined;

const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value) ? undefined : `must be ${values.join(' or ')}`;
const milliseconds =
  (least: number): Check =>
  (value) =>
    value === '-1' || (/^\d{1,9}$/.test(value) && Number(value) >= least) ? undefined : `must be at least ${least}, in milliseconds, or -1`;
const count: Check = (value) => (/^[1-9]\d{0,8}$/.test(value) ? undefined : 'must be a whole number from 1 on');
const file: Check = (value) => {
  try {
    accessSync(decodeURIComponent(value), constants.R_OK);
    return undefined;
  } catch {
    return 'must name a file that can be read';
  }
};

/**
 * The client's options that a ledger's address may set. `gossipTimeout` is not one of them: the client takes it for seconds in one half and
 * for milliseconds in the other. Nor is `throwOnAppendFailure`: without it a conflict would pass for a success.
 */
const OPTIONS: Readonly<Record<string, Check>> = {
  tls: oneOf('true', 'false'),
  tlsVerifyCert: oneOf('true', 'false'),
  tlsCAFile: file,
  userCertFile: file,
  userKeyFile: file,
  nodePreference: oneOf('leader', 'follower', 'random', 'readOnlyReplica'),
  discoveryInterval: count,
  maxDiscoverAttempts: count,
  // Below that the client complains on the terminal each time.
  keepAliveInterval: milliseconds(10_000),
  keepAliveTimeout: milliseconds(1),
  defaultDeadline: count,
  connectionName: () => undefined,
};
const NAMES = Object.keys(OPTIONS);
/** A password is taken up to the last `@`, so that it may hold what would end it elsewhere. */
const SHAPE =
  /^(?:kurrentdb|esdb)(\+discover)?:\/\/(?:([^:@/?#]+):(.+)@)?([A-Za-z0-9._-]+(?::\d+)?(?:,[A-Za-z0-9._-]+(?::\d+)?)*)\/?(?:\?(.*))?$/s;
const LAST_PORT = 65_535;

/** What the client waits before its first read, in milliseconds: its own 500 are for a cluster whose nodes it has to find. */
const SINGLE_NODE_DISCOVERY_MS = 10;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface Parts {
  readonly discover: string;
  readonly credentials: Credentials | undefined;
  readonly hosts: readonly string[];
  /** In their order, each checked. */
  readonly options: readonly (readonly [string, string])[];
}

/**
 * Checks the address of a KurrentDB and gives it the form that the client understands: the scheme of today, and every character of the password
 * encoded that could be taken for something else. Throws `InvalidKurrentUrl`: the client itself would print the whole address.
 */
export function kurrentUrl(text: string): string {
  return write(parse(text));
}

/** The address as the client is given it, and the credentials for its native part, which does not decode those in an address. */
export function clientAddress(url: string): { readonly url: string; readonly credentials: Credentials | undefined } {
  const parts = parse(url);
  const { discover, credentials, hosts, options } = parts;
  const waits = discover !== '' || hosts.length > 1 || options.some(([name]) => name === 'discoveryInterval');
  const added: Parts['options'] = waits ? [] : [['discoveryInterval', String(SINGLE_NODE_DISCOVERY_MS)]];
  return { url: write({ ...parts, options: [...options, ...added] }), credentials };
}

/** The nodes that an address names, each as the address of that node alone; none, if it names one node, which then stands for itself. */
export function seedAddresses(url: string): readonly string[] {
  const { discover, hosts } = parse(url);
  return discover === '' && hosts.length < 2 ? [] : hosts;
}

/** The address of one node, with the same user and options. */
export function nodeAddress(url: string, host: string): string {
  return write({ ...parse(url), discover: '', hosts: [host] });
}

function parse(text: string): Parts {
  const [, discover = '', username, password, hostList, query = ''] = SHAPE.exec(text) ?? [];
  if (hostList === undefined)
    throw new InvalidKurrentUrl('must look like kurrentdb://user:password@host:2113, or kurrentdb://a:2113,b:2113,c:2113 for a cluster');
  if (password !== undefined && /^\d{1,5}\/?\?/.test(password))
    throw new InvalidKurrentUrl('must have an @ in an option as %40, or a ? in a password as %3F: it could be either');
  const hosts = hostList.split(',');
  if (hosts.some((host) => Number(host.split(':')[1] ?? 1) > LAST_PORT)) throw new InvalidKurrentUrl(`must have ports up to ${LAST_PORT}`);
  if (discover !== '' && hosts.length > 1) {
    throw new InvalidKurrentUrl(
      'must name one host after kurrentdb+discover://, since the client would use the first alone: for several write kurrentdb://a:2113,b:2113,c:2113',
    );
  }
  const credentials =
    username === undefined || password === undefined ? undefined : { username: decoded(username), password: decoded(password) };
  return { discover, credentials, hosts, options: optionsIn(query) };
}

function optionsIn(query: string): Parts['options'] {
  const pairs = query.split('&').filter((part) => part !== '');
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const check = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (check === undefined) throw new InvalidKurrentUrl(unknownOption(name));
    if (value === '') throw new InvalidKurrentUrl(`must give its option ${name} a value`);
    const wrong = check(value);
    if (wrong !== undefined) throw new InvalidKurrentUrl(`has an option ${name} that ${wrong}`);
    return [name, value] as const;
  });
}

function unknownOption(name: string): string {
  const plain = (spelled: string): string => spelled.toLowerCase().replaceAll(/[_-]/g, '');
  const meant = NAMES.find((known) => plain(known) === plain(name));
  // Anything else may be a piece of a password.
  const quoted = /^[A-Za-z_-]{1,40}$/.test(name) ? JSON.stringify(name) : 'that it has';
  return `must not have the option ${quoted}: ${meant === undefined ? `it can have ${NAMES.join(', ')}` : `write ${meant}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidKurrentUrl('has a % in its user name or password that begins no code of a character: write % as %25');
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function write({ discover, credentials, hosts, options }: Parts): string {
  const user = credentials === undefined ? '' : `${encoded(credentials.username)}:${encoded(credentials.password)}@`;
  const query = options.map(([name, value]) => `${name}=${value}`).join('&');
  return `kurrentdb${discover}://${user}${hosts.join(',')}${query === '' ? '' : `?${query}`}`;
}
