import { setTimeout as delay } from 'node:timers/promises';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { failure } from './kurrentdb-pair';
import { MOST_CONNECTIONS, withoutQuorum } from './without-quorum';

let server: KurrentStandIn;
let store: KurrentEventStore;
let aheadMs: number;
const now = performance.now.bind(performance);
beforeEach(async () => {
  server = await KurrentStandIn.start();
  aheadMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
});
afterEach(async () => {
  server.faults.thaw();
  await store.close();
  await server.dispose();
});
const pass = async (timeMs: number) => void (aheadMs += timeMs);
const [first, second] = history('shop', 2) as [ReturnType<typeof history>[0], ReturnType<typeof history>[0]];
/** The longest pause before another client is tried, or takes the place of one. */
const MOST_PAUSE_MS = 5_000;
/** What is stored when the server is there again. */
const comesBack = async () => {
  await pass(MOST_PAUSE_MS);
  for (let attempt = 0; ; attempt += 1) {
    const failed = await all(store.read('shop')).catch((error: Error) => error);
    const written = await store.append('shop', 0, [second]).catch((error: Error) => error);
    if (!(failed instanceof Error) && written === undefined) return;
    if (attempt > 200) throw new Error('it has not come back', { cause: failed });
    await delay(50);
  }
};

test.each([
  ['one node', 5_000, () => server.url],
  ['several', 20_000, () => `${server.url.replace('?', `,127.0.0.1:${server.address.port}?`)}&discoveryInterval=10&maxDiscoverAttempts=2`],
])('ten minutes without quorum leave few sockets open, and all calls come back with it: an address with %s', async (_, apartMs, url) => {
  store = await KurrentEventStore.open(url());
  await store.append('shop', -1, [first]);
  await all(store.read('shop'));
  await withoutQuorum({ server, store, apartMs, pass });
  expect(server.connections).toBeLessThanOrEqual(MOST_CONNECTIONS);
  await comesBack();
  expect(await all(store.read('shop'))).toEqual([first, second]);
});

test('one client is used as long as it reaches the server, through refusals, conflicts and a restart', async () => {
  store = await KurrentEventStore.open(server.url);
  const lent = jest.spyOn((await import('@kurrent/kurrentdb-client')).KurrentDBClient, 'connectionString');
  await store.append('shop', -1, [first]);
  await all(store.read('shop'));
  await failure(store.append('shop', 5, [second]));
  server.faults.busy = 1;
  await failure(store.append('shop', 0, [second]));
  await server.restart();
  await comesBack();
  expect(lent.mock.calls.length).toBeLessThanOrEqual(1);
});
