/** `esdb` is the name of old, which the client still knows. */
export const KURRENT_SCHEMES = ['kurrentdb', 'kurrentdb+discover', 'esdb', 'esdb+discover'] as const;

/** The address is none; the message says what would be. It never quotes the address, which may hold a password. */
export class InvalidKurrentUrl extends Error {}

/**
 * The client's options that a ledger's address may set. `gossipTimeout` is not one of them: the client takes it for seconds in one half and
 * for milliseconds in the other. Nor is `throwOnAppendFailure`: without it a conflict would pass for a success.
 */
const OPTIONS = [
  'tls',
  'tlsVerifyCert',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'nodePreference',
  'discoveryInterval',
  'maxDiscoverAttempts',
  'keepAliveInterval',
  'keepAliveTimeout',
  'defaultDeadline',
  'connectionName',
];
const SHAPE =
  /^(?:kurrentdb|esdb)(\+discover)?:\/\/([^@/?]+:[^@]+@)?([A-Za-z0-9._-]+(?::\d{1,5})?(?:,[A-Za-z0-9._-]+(?::\d{1,5})?)*)\/?(?:\?(.*))?$/s;

/** What the client waits before its first read, in milliseconds: its own 500 are for a cluster whose nodes it has to find. */
const SINGLE_NODE_DISCOVERY_MS = 10;

/** The address as the client is given it. */
export function clientUrl(url: string): string {
  const [, discover, , hosts = '', query = ''] = SHAPE.exec(url) ?? [];
  const single = discover === undefined && !hosts.includes(',');
  if (!single || /(^|&)discovery[_-]?interval=/i.test(query)) return url;
  return `${url}${query === '' ? '?' : '&'}discoveryInterval=${SINGLE_NODE_DISCOVERY_MS}`;
}

/**
 * Checks the address of a KurrentDB and gives it the scheme of today. Throws `InvalidKurrentUrl`: the client
 * itself would print the whole address for an option it does not know.
 */
export function kurrentUrl(text: string): string {
  const [, discover = '', credentials = '', hosts, query = ''] = SHAPE.exec(text) ?? [];
  if (hosts === undefined)
    throw new InvalidKurrentUrl('must look like kurrentdb://user:password@host:2113 or kurrentdb+discover://host:2113?tls=false');
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split('=', 2);
    const known = OPTIONS.some((option) => plain(option) === plain(name));
    if (!known) throw new InvalidKurrentUrl(`must not have the option ${JSON.stringify(name)}: it can have ${OPTIONS.join(', ')}`);
    if (value === '') throw new InvalidKurrentUrl(`must give its option ${name} a value`);
  }
  return `kurrentdb${discover}://${credentials}${hosts}${query === '' ? '' : `?${query}`}`;
}
