import fc from 'fast-check';
import type { Envelope } from '../../src/domain/event';
import { MemoryEventStore } from '../../src/event-store/memory';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { chain } from './chain';
import { COLLECTIONS } from './revision-lists';
import { lived, project, replayed, stopAll } from './run';
import { unsteady, UnsteadyStore } from './unsteady';

afterEach(stopAll);

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

test('history, then what is appended, is projected in order', async () => {
  const store = new MemoryEventStore();
  const { events } = chain('shop', 30);
  await store.append('shop', -1, events.slice(0, 20));
  const { projector, readModel } = project({ store });
  await projector.start();
  expect(await lived(readModel, 'shop')).toEqual(upTo(20));
  await store.append('shop', 19, events.slice(20));
  expect(await projector.reached('shop', 29, 1_000)).toBe('reached');
  expect(await lived(readModel, 'shop')).toEqual(upTo(30));
  expect(await lived(readModel, 'shop', 'keys', 'b')).toEqual(upTo(30).filter((revision) => revision % 3 === 1));
  expect(readModel.checkpoints.of('shop')).toEqual(await readModel.checkpoint('shop'));
});

test('events that are delivered again, in one chunk or after a new subscription, have no second effect', async () => {
  const { events } = chain('shop', 12);
  let drops = 3;
  const store: UnsteadyStore = new UnsteadyStore(
    () => 4,
    () => store.subscriptions.length > 0 && drops > 0 && drops-- % 2 === 0,
    3,
  );
  store.append(...events.slice(0, 6), ...events.slice(2, 9), ...events.slice(4));
  const { projector, readModel } = project({ store });
  await projector.start();
  expect(store.subscriptions.length).toBeGreaterThan(1);
  expect(await lived(readModel, 'shop')).toEqual(upTo(12));
});

test('a read model that already holds a part goes on from there', async () => {
  const readModel = createMemoryReadModel();
  const { events } = chain('shop', 10);
  const first = new UnsteadyStore();
  first.append(...events.slice(0, 7));
  const before = project({ store: first, readModel });
  await before.projector.start();
  await before.projector.stop();

  const whole = new UnsteadyStore();
  whole.append(...events);
  await project({ store: whole, readModel }).projector.start();
  expect(await lived(readModel, 'shop')).toEqual(upTo(10));
});

test('a gap in what is delivered is filled from the stream', async () => {
  const { events } = chain('shop', 10);
  const store = new UnsteadyStore();
  const full = new UnsteadyStore();
  full.append(...events);
  store.read = full.read.bind(full);
  store.append(events[0]!, events[1]!, events[7]!);
  const { projector, readModel } = project({ store });
  await projector.start();
  // Once for the gap, and once because the stream has gone on beyond the head that was looked at.
  expect(full.reads).toBe(2);
  expect(await lived(readModel, 'shop')).toEqual(upTo(10));
});

test('another writer moved the project: the checkpoint is read again and the work goes on from there', async () => {
  const { events } = chain('shop', 10);
  const store = new UnsteadyStore(() => 2);
  store.append(...events);
  const readModel = createMemoryReadModel();
  const other = new UnsteadyStore();
  other.append(...events.slice(0, 5));
  let commits = 0;
  const interrupted = {
    ...readModel,
    // Just before this projector's first batch, another one gets ahead of it.
    commit: async (batch: Parameters<typeof readModel.commit>[0]) => {
      if (commits++ === 0) await project({ store: other, readModel }).projector.start();
      return readModel.commit(batch);
    },
  };
  await project({ store, readModel: interrupted }).projector.start();
  expect(commits).toBe(2);
  expect(await lived(readModel, 'shop')).toEqual(upTo(10));
});

test('writes that the read model had acknowledged and lost are made again, though no new event comes', async () => {
  const { events } = chain('shop', 10);
  const store = new UnsteadyStore();
  store.append(...events.slice(0, 9));
  // The test exchanges the read model behind the projector's back for an empty one.
  let readModel = createMemoryReadModel();
  const { projector } = project({
    store,
    readModel: {
      ...unsteady(new Proxy(readModel, { get: (_, name) => Reflect.get(readModel, name) }), () => undefined),
      get stored() {
        return readModel.stored;
      },
    },
  });
  await projector.start();
  const { checkpoints } = readModel;
  readModel = createMemoryReadModel();
  checkpoints.invalidate();
  const quiet = chain('other', 1).events;
  store.append(...quiet);
  await until(() => projector.status().lastError !== undefined && projector.status().state === 'live');
  expect(await lived(readModel, 'shop')).toEqual(upTo(9));
});

test('two projectors on one read model project each event once', async () => {
  const store = new MemoryEventStore();
  const readModel = createMemoryReadModel();
  let projected = 0;
  const observer = { projected: (_: string, __: unknown, events: number) => void (projected += events) };
  const projectors = [1, 2].map(() => project({ store, readModel, observer }).projector);
  await Promise.all(projectors.map((projector) => projector.start()));
  const { events } = chain('shop', 300);
  for (let at = 0; at < 300; at += 3) await store.append('shop', at - 1, events.slice(at, at + 3));
  const reached = await Promise.all(projectors.map((projector) => projector.reached('shop', 299, 5_000)));
  expect(reached).toEqual(['reached', 'reached']);
  expect(await lived(readModel, 'shop')).toEqual(upTo(300));
  expect(projected).toBe(300);
});

test('whatever is dropped, cut or away, the documents are a plain fold of the events', async () => {
  const disturbance = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
    drops: fc.array(fc.nat(30), { maxLength: 3 }),
    overlap: fc.nat(5),
    away: fc.array(fc.record({ at: fc.nat(40), when: fc.constantFrom('before' as const, 'after' as const) }), { maxLength: 2 }),
    order: fc.array(fc.nat(2), { minLength: 1, maxLength: 60 }),
    appendedLive: fc.nat(20),
    projectors: fc.integer({ min: 1, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(disturbance, async ({ sizes, drops, overlap, away, order, appendedLive, projectors: width }) => {
      const chains = ['p0', 'p1', 'p2'].map((id) => chain(id, order.length).events.values());
      const log = order.map((which) => chains[which]!.next().value as Envelope);
      let chunks = 0;
      let calls = 0;
      const store = new UnsteadyStore(
        () => sizes[chunks++ % sizes.length]!,
        () => drops.includes(chunks++),
        overlap,
      );
      const live = Math.min(appendedLive, log.length - 1);
      store.append(...log.slice(0, log.length - live));
      const steady = createMemoryReadModel();
      const readModel = unsteady(steady, () => {
        const call = calls++;
        return away.find(({ at }) => at === call)?.when;
      });
      const projectors = Array.from({ length: width }, () => project({ store, readModel }).projector);
      const started = projectors.map((projector) => projector.start());
      for (const event of log.slice(log.length - live)) {
        store.append(event);
        await new Promise(setImmediate);
      }
      await Promise.all(started);
      // Of every project: the order of the log is promised within a project only.
      const ends = new Map(log.map(({ projectId, revision }) => [projectId, revision]));
      for (const projector of projectors) {
        const waits = Array.from(ends, ([projectId, revision]) => projector.reached(projectId, revision, 5_000));
        expect(await Promise.all(waits)).toEqual(waits.map(() => 'reached'));
      }
      await stopAll();
      for (const projectId of new Set(log.map((event) => event.projectId))) {
        const mine = log.filter((event) => event.projectId === projectId);
        expect(await lived(steady, projectId)).toEqual(mine.map(({ revision }) => revision));
        for (const id of ['a', 'b', 'c']) {
          const expected = mine.filter(({ entity }) => entity.id === id).map(({ revision }) => revision);
          expect((await lived(steady, projectId, 'keys', id)) ?? []).toEqual(expected);
        }
        expect(await dump(steady, projectId, COLLECTIONS)).toBe(await replayed(projectId, log));
      }
    }),
    { numRuns: 100 },
  );
});
