import { setTimeout as delay } from 'node:timers/promises';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { CHECK_MS } from '../../src/event-store/kurrentdb-reachability';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import { failure, Pair } from './kurrentdb-pair';

const pair = new Pair();
const events = history('shop', 40);
/** The bound of "within a few seconds", on a slow machine too. */
const BACK_MS = 10_000;

async function untilItWorks(act: () => Promise<unknown>): Promise<void> {
  for (const beganMs = Date.now(); ;) {
    const error = await act().then(
      () => undefined,
      (failed: Error) => failed,
    );
    if (error === undefined) return;
    if (Date.now() - beganMs > BACK_MS) throw new Error('it has not come back', { cause: error });
    await delay(20);
  }
}

test.each([
  [
    'a read is refused once',
    (): Promise<unknown> => {
      pair.server.faults.notReady = 1;
      return all(pair.store.read('shop'));
    },
  ],
  [
    'a position cannot be read',
    (): Promise<unknown> => {
      const { commit } = pair.server.log.events[0]!;
      const inside = `${commit + 1n}/${commit + 1n}/01234567`;
      return failure(pair.store.subscribe(inside, new AbortController().signal)[Symbol.asyncIterator]().next());
    },
  ],
])('a client that reaches the server is kept, with its subscriptions, where %s', async (_, meanwhile) => {
  const { server, store } = pair;
  await store.append('shop', -1, events);
  const live = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
  for (let caughtUp = false; !caughtUp;) caughtUp = (await live.next()).value?.caughtUp === true;
  const next = live.next();
  await meanwhile();
  await store.append('other', -1, history('other', 1));
  expect((await next).value?.events).toHaveLength(1);
  expect(server.subscriptions).toBe(1);
  await live.return?.();
});

test('a server that goes away again and again is written and read within seconds of each return', async () => {
  const { server } = pair;
  await server.stop();
  // Its native half has never been connected, and stays so.
  const store = await KurrentEventStore.open(server.url);
  try {
    for (let round = 0; round < 5; round += 1) {
      await failure(all(store.read('shop')));
      await server.start();
      await untilItWorks(() => store.append('shop', round - 1, events.slice(round, round + 1)));
      await untilItWorks(() => all(store.read('shop')));
      await server.stop();
    }
  } finally {
    await store.close();
  }
});

test('no client is made after the end, also where it comes while it is found out whether the one before works again', async () => {
  const { server } = pair;
  const store = await KurrentEventStore.open(server.url, { timeoutMs: 100 });
  server.faults.freeze();
  await failure(store.append('shop', -1, events));
  const made = jest.spyOn((await import('@kurrent/kurrentdb-client')).KurrentDBClient, 'connectionString');
  try {
    await store.close();
    await delay(CHECK_MS + 200);
    expect(made).not.toHaveBeenCalled();
  } finally {
    made.mockRestore();
  }
});
