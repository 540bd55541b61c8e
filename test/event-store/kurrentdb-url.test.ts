/** @jest-environment node */
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { clientAddress, InvalidKurrentUrl, kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { failure } from './kurrentdb-pair';

test.each([
  ['kurrentdb://db', undefined],
  ['kurrentdb://db:2113/?tls=false', 'kurrentdb://db:2113?tls=false'],
  ['kurrentdb://one:2113,two:2113,three?nodePreference=leader&tlsVerifyCert=false', undefined],
  ['kurrentdb://admin:ch%40nge@10.0.0.7:2113', undefined],
  ['kurrentdb://admin:a/b?c#d:e@f@db', 'kurrentdb://admin:a%2Fb%3Fc%23d%3Ae%40f@db'],
  ["kurrentdb://admin:!'()*@db", 'kurrentdb://admin:%21%27%28%29%2A@db'],
  ['esdb://db?keepAliveInterval=10000', 'kurrentdb://db?keepAliveInterval=10000'],
  ['esdb+discover://db', 'kurrentdb+discover://db'],
])('%s is an address', async (given, meant = given) => {
  expect(kurrentUrl(given)).toBe(meant);
  expect(kurrentUrl(kurrentUrl(given))).toBe(meant);
  const store = await KurrentEventStore.open(kurrentUrl(given));
  await store.close();
});

test.each([
  ['kurrentdb://db', 'kurrentdb://db?discoveryInterval=10'],
  ['kurrentdb://u:p@db:2113?tls=false', 'kurrentdb://u:p@db:2113?tls=false&discoveryInterval=10'],
  ['kurrentdb://db?discoveryInterval=300', undefined],
  ['kurrentdb://a,b,c', undefined],
  ['kurrentdb+discover://db', undefined],
])('of %s the client is given an address at which its first read does not wait for a cluster', (url, given = url) => {
  expect(clientAddress(url).url).toBe(given);
});

test.each(['pa%40ss', 'pa/ss', 'pa?ss=1&x', 'pa#ss', 'p:a:s@s', '100%25', 'päss wörd', "!'()*"])(
  'the password %s is the same for the native part of the client, which does not decode addresses',
  (password) => {
    const { url, credentials } = clientAddress(`kurrentdb://user:${password}@db`);
    expect(credentials).toEqual({ username: 'user', password: decodeURIComponent(password) });
    expect(decodeURIComponent(/:([^:@]+)@/.exec(url)?.[1] ?? '')).toBe(credentials?.password);
    expect(new URL(url).hostname).toBe('db');
  },
);

const SECRET = 'hunter2';
test.each([
  ['kurrentdb://', /must look like/],
  ['kurrentdb://a b', /must look like/],
  ['kurrentdb://db:port', /must look like/],
  [`kurrentdb://user:${SECRET}@db:99999`, /must have ports up to 65535/],
  [`kurrentdb://user:${SECRET}/%zz@db`, /write % as %25/],
  ['kurrentdb+discover://a,b,c', /must name one host .* write kurrentdb:\/\/a:2113,b:2113,c:2113/],
  ['kurrentdb://db?gossipTimeout=5', /must not have the option "gossipTimeout": it can have tls,/],
  ['kurrentdb://db?tls_ca_file=/etc/hostname', /must not have the option "tls_ca_file": write tlsCAFile/],
  ['kurrentdb://db?throwOnAppendFailure=false', /must not have the option/],
  [`kurrentdb://user:${SECRET}@db?tsl=false`, /must not have the option "tsl"/],
  [`kurrentdb://user:${SECRET}@db?tls`, /must give its option tls a value/],
  [`kurrentdb://user:${SECRET}@db?tls=perhaps`, /option tls that must be true or false/],
  ['kurrentdb://db?keepAliveInterval=500', /option keepAliveInterval that must be at least 10000/],
  [`kurrentdb://user:${SECRET}@db?tlsCAFile=/nowhere/ca.pem`, /option tlsCAFile that must name a file that can be read/],
  [`kurrentdb://db:2113?${SECRET}`, /must not have the option/],
  ['kurrentdb://db:2113?connectionName=a@b', /must have an @ in an option as %40/],
])('%s is none, and its password is not repeated', (given, message) => {
  expect(() => kurrentUrl(given)).toThrow(message);
  expect(() => kurrentUrl(given)).toThrow(InvalidKurrentUrl);
  expect(() => kurrentUrl(given)).not.toThrow(SECRET);
});

test('a client that is not installed is asked for by its name', async () => {
  jest.resetModules();
  jest.doMock('@kurrent/kurrentdb-client', () => {
    throw Object.assign(new Error("Cannot find module '@kurrent/kurrentdb-client'"), { code: 'MODULE_NOT_FOUND' });
  });
  expect((await failure(KurrentEventStore.open('kurrentdb://db'))).message).toMatch(/npm install @kurrent\/kurrentdb-client/);
});
