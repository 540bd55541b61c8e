import { setTimeout as sleep } from 'node:timers/promises';
import type { Chunk } from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';
import type { Progress } from '../../src/projector/build';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { ReadModel } from '../../src/read-model/read-model';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';
import { chain } from './chain';
import { keys } from './revision-lists';
import { lived, project, stopAll } from './run';
import { unsteady, UnsteadyStore } from './unsteady';

afterEach(stopAll);

test('waiting ends as soon as the revision is projected', async () => {
  const store = new MemoryEventStore();
  const { projector } = project({ store });
  await projector.start();
  const { events } = chain('shop', 3);
  const waits = [projector.reached('shop', 1, 5_000), projector.reached('shop', 2, 5_000), projector.reached('other', 0, 60)];
  expect(projector.status().waiting).toBe(3);
  await store.append('shop', -1, events.slice(0, 2));
  expect(await waits[0]).toBe('reached');
  expect(projector.status().waiting).toBeLessThan(3);
  await store.append('shop', 1, events.slice(2));
  expect(await Promise.all(waits)).toEqual(['reached', 'reached', 'timeout']);
  expect(await projector.reached('shop', 2, 0)).toBe('reached');
  expect(await projector.reached('shop', 3, 0)).toBe('timeout');
});

test('a wait ends with its own time, neither earlier nor much later', async () => {
  const { projector } = project({ store: new MemoryEventStore() });
  await projector.start();
  const began = performance.now();
  const { result, ms } = await timed(projector.reached('shop', 0, 50));
  expect(result).toBe('timeout');
  expect(performance.now() - began).toBeGreaterThanOrEqual(50);
  expect(ms).toBeLessThan(500);
});

test('one waiter too many is refused at once', async () => {
  const { projector } = project({ store: new MemoryEventStore(), waitLimit: 2 });
  await projector.start();
  const waits = [projector.reached('shop', 0, 5_000), projector.reached('shop', 0, 5_000)];
  expect(await projector.reached('shop', 0, 5_000)).toBe('timeout');
  await projector.stop();
  expect(await Promise.all(waits)).toEqual(['timeout', 'timeout']);
});

test('catching up tells how far it is, and ends with everything done', async () => {
  const store = new UnsteadyStore(() => 100);
  for (let at = 0; at < 12; at++) store.append(...chain(`p${at}`, 1_000).events);
  const reported: Progress[] = [];
  const { projector } = project({ store, projections: [slow()] });
  await projector.start((progress) => reported.push(progress));
  expect(reported.length).toBeGreaterThan(1);
  expect(reported.every(({ total }) => total === 12_000)).toBe(true);
  expect(reported.map(({ done }) => done)).toEqual(reported.map(({ done }) => done).sort((a, b) => a - b));
  expect(reported[0]!.done).toBeLessThan(12_000);
  expect(reported.at(-1)!.done).toBe(12_000);
  expect(reported.at(-1)!.perSecond).toBeGreaterThan(0);
  const reports = reported.length;
  store.append(...chain('live', 5_000).events);
  expect(await projector.reached('live', 4_999, 20_000)).toBe('reached');
  expect(reported).toHaveLength(reports);
});

/** Takes over half a second for 5,000 events. */
function slow(): typeof keys {
  let taken = 0;
  return {
    ...keys,
    evolve(document, event) {
      if (++taken % 1_000 === 0) for (const end = performance.now() + 120; performance.now() < end;);
      return { name: 'x', created: 0, revisions: [event.revision] };
    },
  };
}

test('where the end of history comes as a chunk of its own, it is reached only when all before it has been projected', async () => {
  class EmptyAtTheEnd extends UnsteadyStore {
    override async *subscribe(...given: Parameters<UnsteadyStore['subscribe']>): AsyncGenerator<Chunk> {
      for await (const chunk of super.subscribe(...given)) {
        yield { ...chunk, caughtUp: false };
        if (chunk.caughtUp) yield { events: [], caughtUp: true };
      }
    }
  }
  // Forty chunks are gathered before any of them is waited for.
  const store = new EmptyAtTheEnd(() => 2);
  store.append(...chain('shop', 80).events);
  const steady = createMemoryReadModel();
  const readModel: ReadModel = { ...steady, commit: (batch) => sleep(50).then(() => steady.commit(batch)) };
  const reported: Progress[] = [];
  await project({ store, readModel }).projector.start((progress) => void reported.push(progress));
  expect(reported.at(-1)).toMatchObject({ done: 80, total: 80 });
});

test('a long history lets the rest of the process have its turns', async () => {
  const store = new UnsteadyStore(() => 1_000);
  for (let at = 0; at < 10; at++) store.append(...chain(`p${at}`, 1_000).events);
  const { projector } = project({ store, projections: [slow()] });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await projector.start();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test('a lost subscription is taken up again after the last position handled', async () => {
  const { events } = chain('shop', 40);
  let lost = false;
  const store = new UnsteadyStore(
    () => 10,
    () => lost && !(lost = false),
  );
  store.append(...events.slice(0, 20));
  const { projector, readModel, logged } = project({ store });
  await projector.start();
  lost = true;
  store.append(...events.slice(20, 30));
  await until(() => store.subscriptions.length === 2);
  store.append(...events.slice(30));
  expect(await projector.reached('shop', 39, 2_000)).toBe('reached');
  expect(store.subscriptions[0]).toBeUndefined();
  expect(Number(store.subscriptions[1])).toBeGreaterThanOrEqual(20);
  expect(await lived(readModel, 'shop')).toEqual(events.map(({ revision }) => revision));
  expect(projector.status().lastError).toMatchObject({ message: 'the test pulled the plug' });
  expect(logged).toEqual([{ level: 'warn', message: expect.stringContaining('tries again') }]);
});

test('a read model that is away for a while is waited for; meanwhile the status says so', async () => {
  let away = false;
  const store = new MemoryEventStore();
  const steady = createMemoryReadModel();
  let now = 100;
  const { projector } = project({ store, readModel: unsteady(steady, () => (away ? 'before' : undefined)), clock: () => now++ });
  await projector.start();
  expect(projector.status().state).toBe('live');
  away = true;
  await store.append('shop', -1, chain('shop', 5).events);
  await until(() => projector.status().state === 'retrying');
  const { since, lastError } = projector.status();
  expect(lastError?.message).toBe('the test pulled the plug');
  await until(() => projector.status().lastError!.at > lastError!.at);
  expect(projector.status()).toMatchObject({ state: 'retrying', since });
  away = false;
  expect(await projector.reached('shop', 4, 5_000)).toBe('reached');
  await until(() => projector.status().state === 'live');
  expect(await lived(steady, 'shop')).toEqual([0, 1, 2, 3, 4]);
});

test('an error of one project that no store explains is logged, and the project is projected again from the beginning', async () => {
  const store = new MemoryEventStore();
  const steady = createMemoryReadModel();
  let fail = true;
  const commit: typeof steady.commit = async (batch) => {
    if (fail && !(fail = false)) throw new TypeError('a bug in the adapter');
    return steady.commit(batch);
  };
  await store.append('shop', -1, chain('shop', 2).events);
  const { projector, logged } = project({ store, readModel: { ...steady, commit } });
  await projector.start();
  expect(logged).toEqual([{ level: 'warn', message: 'the project is projected again from the beginning' }]);
  expect(await lived(steady, 'shop')).toEqual([0, 1]);
});

test('a start while the stores are away waits for them', async () => {
  let away = true;
  const store = new UnsteadyStore(
    () => 10,
    () => away,
  );
  store.append(...chain('shop', 3).events);
  const { projector, readModel } = project({ store });
  let started = false;
  const start = projector.start().then(() => (started = true));
  await until(() => projector.status().state === 'retrying');
  expect(started).toBe(false);
  away = false;
  await start;
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2]);
});

test('stopping ends an idle projector and one that waits to try again; a start that was not done is rejected', async () => {
  const idle = project({ store: new MemoryEventStore() }).projector;
  await idle.start();
  await idle.stop();
  expect(idle.status().state).toBe('stopped');
  expect(() => idle.start()).toThrow('started once');

  const down = new UnsteadyStore(
    () => 1,
    () => true,
  );
  const waiting = project({ store: down }).projector;
  const start = waiting.start();
  await until(() => waiting.status().state === 'retrying');
  const [outcome] = await Promise.allSettled([start, waiting.stop()]);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('before it had caught up') } });

  await project({ store: new MemoryEventStore() }).projector.stop();
});

test('what was there before is no news; what comes after it is informed of in order, also what came while the subscription was lost', async () => {
  const { events } = chain('shop', 12);
  let torn = false;
  const store = new UnsteadyStore(
    () => 2,
    () => torn,
  );
  store.append(...events.slice(0, 5));
  const reported: number[] = [];
  const { projector } = project({ store, observer: { delivered: (some) => reported.push(...some.map(({ event }) => event.revision)) } });
  await projector.start();
  expect(reported).toEqual([]);
  store.append(...events.slice(5, 7));
  await until(() => reported.length === 2);
  torn = true;
  store.append(...events.slice(7, 8));
  await until(() => projector.status().state === 'retrying');
  store.append(...events.slice(8));
  torn = false;
  expect(await projector.reached('shop', 11, 5_000)).toBe('reached');
  expect([...new Set(reported)]).toEqual([5, 6, 7, 8, 9, 10, 11]);
});
