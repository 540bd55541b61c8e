import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { clientUrl, InvalidKurrentUrl, kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { failure } from './kurrentdb-pair';

test.each([
  ['kurrentdb://db', 'kurrentdb://db'],
  ['kurrentdb://db:2113/?tls=false', 'kurrentdb://db:2113?tls=false'],
  ['kurrentdb+discover://one:2113,two:2113,three?nodePreference=leader&tlsVerifyCert=false', undefined],
  ['kurrentdb://admin:ch%40nge@10.0.0.7:2113', undefined],
  ['esdb://db?keep_alive_interval=10000', 'kurrentdb://db?keep_alive_interval=10000'],
  ['esdb+discover://db', 'kurrentdb+discover://db'],
])('%s is an address', async (given, meant = given) => {
  expect(kurrentUrl(given)).toBe(meant);
  const store = await KurrentEventStore.open(kurrentUrl(given));
  await store.close();
});

test.each([
  ['kurrentdb://db', 'kurrentdb://db?discoveryInterval=10'],
  ['kurrentdb://u:p@db:2113?tls=false', 'kurrentdb://u:p@db:2113?tls=false&discoveryInterval=10'],
  ['kurrentdb://db?discovery_interval=300', undefined],
  ['kurrentdb://a,b,c', undefined],
  ['kurrentdb+discover://db', undefined],
])('of %s the client is given an address at which its first read does not wait for a cluster', (url, given = url) => {
  expect(clientUrl(url)).toBe(given);
});

test.each([
  ['kurrentdb://', /must look like/],
  ['kurrentdb://a b', /must look like/],
  ['kurrentdb://db:port', /must look like/],
  ['kurrentdb://db?gossipTimeout=5', /must not have the option "gossipTimeout": it can have tls,/],
  ['kurrentdb://db?throwOnAppendFailure=false', /must not have the option/],
  ['kurrentdb://user:hunter2@db?tsl=false', /must not have the option "tsl"/],
  ['kurrentdb://user:hunter2@db?tls', /must give its option tls a value/],
])('%s is none', (given, message) => {
  expect(() => kurrentUrl(given)).toThrow(message);
  expect(() => kurrentUrl(given)).toThrow(InvalidKurrentUrl);
  expect(() => kurrentUrl(given)).not.toThrow(/hunter2/);
});

test('an address that only the client can judge is judged when the store is opened', async () => {
  expect((await failure(KurrentEventStore.open('kurrentdb://db?tls=perhaps'))).message).toMatch(/true or false/);
});

test('a client that is not installed is asked for by its name', async () => {
  jest.resetModules();
  jest.doMock('@kurrent/kurrentdb-client', () => {
    throw Object.assign(new Error("Cannot find module '@kurrent/kurrentdb-client'"), { code: 'MODULE_NOT_FOUND' });
  });
  expect((await failure(KurrentEventStore.open('kurrentdb://db'))).message).toMatch(/npm install @kurrent\/kurrentdb-client/);
});
