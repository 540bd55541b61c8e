import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable, type Chunk, type Position, type Recorded } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { all } from '../contract/event-store-probe';
import { following, history } from '../fixtures/events';
import { until } from '../fixtures/eventually';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { duration, failure, Pair, TIMEOUT } from './kurrentdb-pair';

const pair = new Pair();
const events = history('shop', 3);

function subscribe(after?: Position, signal = new AbortController().signal): AsyncIterator<Chunk> {
  return pair.store.subscribe(after, signal)[Symbol.asyncIterator]();
}

describe('a lost connection', () => {
  test('ends it with StoreUnavailable, and going on after the last event handled leaves nothing out', async () => {
    await pair.store.append('shop', -1, events);
    const seen: Recorded[] = [];
    let losses = 0;
    const writing = (async () => {
      let last = events.slice(-1);
      for (let round = 0; round < 12; round += 1) {
        const next = following(last, 5);
        let stands = false;
        while (!stands) {
          stands = await pair.store.append('shop', last[0]?.revision as number, next).then(
            () => true,
            () => delay(5, false),
          );
        }
        last = next.slice(-1);
        if (round % 3 === 2) pair.server.disconnect();
        await delay(10);
      }
      return last[0]?.revision as number;
    })();
    while (seen.length < 63) {
      try {
        for await (const { events: some } of pair.store.subscribe(seen.at(-1)?.position, new AbortController().signal)) {
          for (const recorded of some) seen.push(recorded);
          if (seen.length >= 63) break;
          await delay(Math.random() * 5);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        losses += 1;
        await delay(5);
      }
    }
    expect(await writing).toBe(62);
    expect(losses).toBeGreaterThan(0);
    expect(seen).toEqual(await all(pair.store.readAll()));
  });

  test('with a server that stays away is reported every time it is tried', async () => {
    const iterator = subscribe();
    await iterator.next();
    const idle = failure(iterator.next());
    await pair.server.stop();
    expect(await idle).toBeInstanceOf(StoreUnavailable);
    expect(await failure(subscribe().next())).toBeInstanceOf(StoreUnavailable);
    await pair.server.start();
    expect(await subscribe().next()).toMatchObject({ value: { caughtUp: true } });
  });

  test('that another call has noticed ends it too: a client that is replaced says nothing to its subscriptions', async () => {
    const iterator = subscribe();
    await iterator.next();
    const idle = failure(iterator.next());
    pair.server.faults.freeze();
    await failure(pair.store.append('shop', -1, events));
    expect(await idle).toBeInstanceOf(StoreUnavailable);
  });
});

test('a server that hangs is left after our own time-out, and the next try goes on', async () => {
  await pair.store.append('shop', -1, events);
  pair.server.faults.freeze();
  const first = subscribe().next();
  expect(await duration(first)).toBeLessThan(TIMEOUT * 2);
  expect(await failure(first)).toBeInstanceOf(StoreUnavailable);
  pair.server.faults.thaw();
  const chunk = (await subscribe().next()).value as Chunk;
  expect(chunk.events[0]?.event).toEqual(events[0]);
});

describe('anyone who leaves', () => {
  test.each<[string, (iterator: AsyncIterator<Chunk>, aborter: AbortController) => unknown]>([
    ['by return()', (iterator) => iterator.return?.()],
    ['by the signal', (_, aborter) => aborter.abort()],
  ])('%s leaves no call behind', async (_, leave) => {
    await pair.store.append('shop', -1, events);
    const aborter = new AbortController();
    const iterator = subscribe(undefined, aborter.signal);
    await iterator.next();
    const idle = iterator.next();
    expect(pair.server.subscriptions).toBe(1);
    await leave(iterator, aborter);
    expect(await idle).toEqual({ done: true, value: undefined });
    await until(() => pair.server.subscriptions === 0);
  });

  test('a loop in the middle of a long history leaves no call behind', async () => {
    await pair.store.append('shop', -1, history('shop', 900));
    for await (const chunk of pair.store.subscribe(undefined, new AbortController().signal)) {
      expect(chunk.caughtUp).toBe(false);
      break;
    }
    await until(() => pair.server.subscriptions === 0);
  });

  test('by closing the store leaves no call behind', async () => {
    const iterator = subscribe();
    await iterator.next();
    await pair.store.close();
    expect(await failure(iterator.next())).toBeInstanceOf(StoreUnavailable);
    await until(() => pair.server.subscriptions === 0);
  });
});

test('caught up is said with the last event of history, not when the server says it, which is ahead of a slow reader', async () => {
  const size = 700;
  await pair.store.append('shop', -1, history('shop', size));
  const chunks: Chunk[] = [];
  for await (const chunk of pair.store.subscribe(undefined, new AbortController().signal)) {
    await delay(30);
    chunks.push(chunk);
    if (chunk.caughtUp) break;
  }
  expect(chunks.flatMap(({ events: some }) => some)).toHaveLength(size);
  expect(chunks.slice(0, -1).some(({ caughtUp }) => caughtUp)).toBe(false);
});

describe('a server that cuts off what is slow (23.10.8)', () => {
  test('is subscribed to again from where it was: nothing is lost or doubled, and the reader hears nothing of it', async () => {
    const server = await KurrentStandIn.start(undefined, '23.10.8');
    let cuts = 0;
    const store = await KurrentEventStore.open(server.url, { onCut: () => (cuts += 1) });
    const iterator = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
    await iterator.next();
    const size = 1_200;
    const whole = history('shop', size, { padding: 800 });
    for (let from = 0; from < size; from += 300) await store.append('shop', from - 1, whole.slice(from, from + 300));
    const seen: Chunk['events'][number][] = [];
    while (seen.length < size) {
      const { value } = (await iterator.next()) as { value: Chunk };
      seen.push(...value.events);
      await delay(5);
    }
    expect(seen.map(({ event }) => event.revision)).toEqual(whole.map(({ revision }) => revision));
    expect(cuts).toBeGreaterThan(0);
    await iterator.return?.();
    await store.close();
    await server.dispose();
  });
});

describe('a subscription of a node that has lost the others', () => {
  const SILENCE_MS = 200;
  let store: KurrentEventStore;
  beforeEach(async () => {
    store = await KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT, silenceMs: SILENCE_MS });
  });
  afterEach(() => store.close());
  const live = async (): Promise<AsyncIterator<Chunk>> => {
    const iterator = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
    await iterator.next();
    return iterator;
  };

  test('brings nothing although the leader holds newer events: it ends, and the next one brings them', async () => {
    const iterator = await live();
    pair.server.faults.silence();
    await store.append('shop', -1, events);
    const error = await failure(iterator.next());
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/brings nothing, although the leader holds newer events/);
    pair.server.faults.speak();
    const again = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
    expect(((await again.next()).value as Chunk).events[0]?.event).toEqual(events[0]);
    await again.return?.();
  });

  test('ends as well where no leader can be asked', async () => {
    const iterator = await live();
    pair.server.faults.silence();
    // No one leads: the node names one that is not there.
    pair.server.faults.leader = { host: '127.0.0.1', port: 9 };
    expect(await failure(iterator.next())).toBeInstanceOf(StoreUnavailable);
    pair.server.faults.leader = undefined;
  });

  test('is not taken for one that has nothing to say, also beside events of others', async () => {
    const iterator = await live();
    const next = iterator.next();
    const subscriptions = pair.server.subscriptions;
    for (let round = 0; round < 5; round += 1) {
      pair.server.log.fill('other-1', 10);
      await delay(SILENCE_MS);
    }
    expect(pair.server.subscriptions).toBe(subscriptions);
    await store.append('shop', -1, events);
    expect(((await next).value as Chunk).events[0]?.event).toEqual(events[0]);
    await iterator.return?.();
  });

  test('is not subscribed to if it is no leader', async () => {
    const leader = await KurrentStandIn.start(pair.server.log);
    pair.server.faults.leader = leader.address;
    await store.append('shop', -1, events).catch(() => store.append('shop', -1, events));
    const iterator = await live();
    expect([pair.server.subscriptions, leader.subscriptions]).toEqual([0, 1]);
    await iterator.return?.();
    await leader.dispose();
  });
});

test.each(['23.10.8', '25.1.0'] as const)(
  'a reader that takes nothing for long finds all that was written meanwhile (%s)',
  async (version) => {
    const server = await KurrentStandIn.start(undefined, version);
    const store = await KurrentEventStore.open(server.url);
    const iterator = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
    await iterator.next();
    const size = 6_000;
    const whole = history('shop', size);
    for (let from = 0; from < size; from += 600) await store.append('shop', from - 1, whole.slice(from, from + 600));
    await delay(200);
    const seen: number[] = [];
    while (seen.length < size) seen.push(...((await iterator.next()).value as Chunk).events.map(({ event }) => event.revision));
    expect(seen).toEqual(whole.map(({ revision }) => revision));
    await iterator.return?.();
    await store.close();
    await server.dispose();
  },
);
