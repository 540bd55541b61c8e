import { BuildUnderWay } from '../../src/read-model/generations';
import { MemoryEventStore } from '../../src/event-store/memory';
import { ReadSide, type ReadSideOptions } from '../../src/projector/read-side';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { chain } from './chain';
import { COLLECTIONS, projectRevisions, fragile, keys } from './revision-lists';
import { lived, plain, PROJECTIONS, replayed } from './run';
import { SharedGenerations } from './together';

const running: ReadSide[] = [];
afterEach(() => Promise.all(running.splice(0).map((readSide) => readSide.stop())));

function readSide(options: Pick<ReadSideOptions, 'store'> & Partial<ReadSideOptions>): ReadSide {
  const made = new ReadSide({
    ...new SharedGenerations().seat(),
    version: '1',
    keepMs: 60_000,
    projections: PROJECTIONS,
    upcast: plain,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...options,
  });
  running.push(made);
  return made;
}

async function history(length: number) {
  const store = new MemoryEventStore();
  const { events } = chain('shop', length);
  await store.append('shop', -1, events);
  return { store, events };
}

const live = async (side: ReadSide) => (await side.describe()).generations.find(({ state }) => state === 'LIVE')?.id;

test('before the history is shown nothing is, and it says so; then all of it is', async () => {
  const { store } = await history(5);
  const side = readSide({ store });
  expect(side.status()).toBeUndefined();
  await expect(side.readModel.get('shop', 'keys', ['a'])).rejects.toThrow(ReadModelUnavailable);
  expect(await side.reached('shop', 0, 1_000)).toBe('timeout');
  await side.start();
  expect(await lived(side.readModel, 'shop')).toEqual([0, 1, 2, 3, 4]);
  expect(side.status()).toMatchObject({ state: 'live', serving: true, behind: 0, parked: [] });
});

test('a rebuild goes on beside what is read and written, and takes over with all of it; one can go back', async () => {
  const { store, events } = await history(30);
  const side = readSide({ store });
  await side.start();
  const before = await live(side);
  const id = await side.rebuild();
  await expect(side.rebuild()).rejects.toThrow(BuildUnderWay);
  const more = chain('shop', 60).events;
  expect(more.slice(0, 30)).toEqual(events);
  for (let at = 30; at < 60; at += 1) {
    await store.append('shop', at - 1, [more[at]!]);
    expect(await side.reached('shop', at, 2_000)).toBe('reached');
  }
  await until(() => side.status()?.generation === id);
  expect(await live(side)).toBe(id);
  expect(await dump(side.readModel as never, 'shop', COLLECTIONS)).toBe(await replayed('shop', more));

  expect(await side.rollBack()).toBe(before);
  await until(() => side.status()?.generation === before);
  expect(await dump(side.readModel as never, 'shop', COLLECTIONS)).toBe(await replayed('shop', more));
  expect(await side.discard()).toEqual([id]);
  expect(await side.rollBack()).toBeUndefined();
});

test('other instances read the new generation within moments, and read on meanwhile', async () => {
  const { store } = await history(30);
  const together = new SharedGenerations();
  const [one, other] = [readSide({ store, ...together.seat() }), readSide({ store, ...together.seat() })];
  await one.start();
  await other.start();
  const id = await other.rebuild();
  let reads = 0;
  for (const deadline = performance.now() + 5_000; one.status()?.generation !== id || other.status()?.generation !== id;) {
    if (performance.now() > deadline) throw new Error('not both of them read the new generation within 5 s');
    for (const side of [one, other]) expect((await lived(side.readModel as never, 'shop')) as number[]).toHaveLength(30);
    reads += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(reads).toBeGreaterThan(0);
});

test('instances of two versions each read their own, at the same time', async () => {
  const { store, events } = await history(6);
  const together = new SharedGenerations();
  const renamed = { ...keys, collection: 'buttons' };
  const old = readSide({ store, ...together.seat() });
  await old.start();
  const next = readSide({ store, ...together.seat(), version: '2', projections: [renamed, projectRevisions] });
  await next.start();
  expect(next.status()?.generation).not.toBe(old.status()?.generation);
  await store.append('shop', 5, [chain('shop', 7).events[6]!]);
  expect(await old.reached('shop', 6, 2_000)).toBe('reached');
  expect(await next.reached('shop', 6, 2_000)).toBe('reached');
  expect((await old.readModel.get('shop', 'buttons', ['a']))[0]).toBeUndefined();
  expect((await next.readModel.get('shop', 'buttons', ['a']))[0]).toBeDefined();
  expect((await old.readModel.get('shop', 'keys', ['a']))[0]).toBeDefined();
  expect(events).toHaveLength(6);
});

test('a build in which a project is parked that is shown now is thrown away, and says why', async () => {
  const { store } = await history(6);
  let broken = false;
  const side = readSide({ store, projections: [projectRevisions, fragile(({ revision }) => broken && revision === 4)] });
  await side.start();
  const before = side.status()?.generation;
  broken = true;
  await side.rebuild();
  await until(() => side.status() !== undefined && broken);
  for (const deadline = performance.now() + 5_000; (await side.describe()).failure === undefined;) {
    if (performance.now() > deadline) throw new Error('nothing is informed of the failure');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect((await side.describe()).failure).toMatch(
    /1 project that is shown now could not be projected, first shop at revision 4: cannot read Noted/,
  );
  expect(side.status()).toMatchObject({ generation: before, parked: [] });
  broken = false;
  const id = await side.rebuild();
  await until(() => side.status()?.generation === id);
});

test('a stop in the middle of a build ends both, and the build counts for nothing', async () => {
  const { store } = await history(800);
  const side = readSide({ store });
  await side.start();
  await side.rebuild();
  await side.stop();
  await expect(side.readModel.get('shop', 'keys', ['a'])).resolves.toBeDefined();
});
