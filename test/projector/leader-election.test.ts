import { MemoryEventStore } from '../../src/event-store/memory';
import { createUpcaster, type Upcaster } from '../../src/event-store/upcast';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { ReadModel } from '../../src/read-model/read-model';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { Chain, chain } from './chain';
import { COLLECTIONS, projectRevisions, fragile, keys } from './revision-lists';
import { lived, project, replayed, stopAll } from './run';
import { SharedParkedRegistry, SharedLeases } from './together';

afterEach(stopAll);

/** Instances on one store and one read model, of which one projects. */
function instances() {
  const store = new MemoryEventStore();
  const readModel = createMemoryReadModel();
  const shared = new SharedLeases();
  const parkedRegistry = new SharedParkedRegistry();
  let commits = 0;
  const add = (options: Partial<Parameters<typeof project>[0]> = {}) => {
    const counting: ReadModel = { ...readModel, commit: async (batch) => (commits++, readModel.commit(batch)) };
    return project({ store, readModel: counting, lease: shared.lease(), parkedRegistry, ...options });
  };
  return { store, readModel, shared, parkedRegistry, add, commits: () => commits };
}

test('one projects, and the other sees what it projects as soon as it is there', async () => {
  const { store, add, commits } = instances();
  const { events } = chain('shop', 6);
  await store.append('shop', -1, events.slice(0, 4));
  const [one, other] = [add(), add()];
  await one.projector.start();
  await other.projector.start();
  expect([one, other].map(({ projector }) => projector.status().leads)).toEqual([true, false]);
  expect(await other.projector.reached('shop', 3, 0)).toBe('reached');
  const before = commits();
  const waiting = other.projector.reached('shop', 5, 2_000);
  await store.append('shop', 3, events.slice(4));
  expect(await waiting).toBe('reached');
  expect(commits() - before).toBe(1);
  expect(other.projector.status()).toMatchObject({ state: 'live', behind: 0, shownUntil: events[5]!.occurredAt });
});

test('when the one that projects is gone, the other goes on from where it was', async () => {
  const { store, readModel, add } = instances();
  const { events } = chain('shop', 9);
  await store.append('shop', -1, events.slice(0, 3));
  const [one, other] = [add(), add()];
  await one.projector.start();
  await other.projector.start();
  await one.projector.stop();
  await store.append('shop', 2, events.slice(3));
  expect(await other.projector.reached('shop', 8, 5_000)).toBe('reached');
  expect(other.projector.status().leads).toBe(true);
  expect(await dump(readModel, 'shop', COLLECTIONS)).toBe(await replayed('shop', events));
});

test('one that believes it still projects, after another has taken over, changes nothing twice', async () => {
  const { store, readModel, shared, add } = instances();
  const { events } = chain('shop', 40);
  await store.append('shop', -1, events.slice(0, 3));
  const lease = shared.lease();
  const [one, other] = [add(), add({ lease })];
  await one.projector.start();
  await other.projector.start();
  // The first does not know it yet.
  shared.pass(lease);
  await until(() => other.projector.status().leads);
  for (let at = 3; at < 40; at += 1) await store.append('shop', at - 1, [events[at]!]);
  expect(await other.projector.reached('shop', 39, 5_000)).toBe('reached');
  await until(() => !one.projector.status().leads);
  expect(await dump(readModel, 'shop', COLLECTIONS)).toBe(await replayed('shop', events));
});

test('a project that is parked where it is projected is parked everywhere, and is tried again at the word of any', async () => {
  const { store, readModel, parkedRegistry, add } = instances();
  const bad = chain('bad', 3);
  bad.add('Cursed', 'a');
  await store.append('bad', -1, bad.events);
  let broken = true;
  const projections = [projectRevisions, fragile((event) => broken && event.type === 'Cursed')];
  const [one, other] = [add({ projections }), add({ projections })];
  await one.projector.start();
  await other.projector.start();
  await until(() => other.projector.parked('bad') !== undefined);
  expect(other.projector.parked('bad')).toMatchObject({ revision: 3, reason: 'FAILED', message: 'cannot read Cursed' });
  expect(other.projector.status().parked).toHaveLength(1);
  expect(await other.projector.reached('bad', 3, 5_000)).toBe('parked');

  expect(await other.projector.unpark('bad')).toBe(false);
  expect(other.projector.parked('bad')).toMatchObject({ revision: 3 });

  broken = false;
  expect(await other.projector.unpark('bad')).toBe(true);
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2, 3]);
  await until(
    () => parkedRegistry.entries.size === 0 && one.projector.status().parked.length === 0 && other.projector.status().parked.length === 0,
  );
});

describe('an event of a type that one instance does not know', () => {
  const knows = (...types: string[]): Upcaster => createUpcaster(new Map(types.map((type) => [type, 1])), [], new Set());
  const old = knows('Noted');
  const next = knows('Noted', 'FromTheFuture');

  async function withBoth() {
    const made = instances();
    const shop = new Chain('shop');
    for (const type of ['Noted', 'FromTheFuture', 'Noted']) shop.add(type, 'a');
    return { ...made, shop };
  }

  test('is projected by the one that knows it, which takes over; the other watches', async () => {
    const { store, readModel, shop, add } = await withBoth();
    const standing = new Set<string>();
    const observer = {
      parked: ({ projectId }: { readonly projectId: string }) => void standing.add(projectId),
      unparked: (projectId: string) => void standing.delete(projectId),
    };
    const before = add({ upcast: old, observer });
    await before.projector.start();
    await store.append('shop', -1, shop.events);
    await until(() => before.projector.parked('shop') !== undefined);
    expect(before.projector.parked('shop')).toMatchObject({ revision: 1, reason: 'UPGRADE_REQUIRED' });
    expect(await lived(readModel, 'shop')).toEqual([0]);

    const after = add({ upcast: next });
    await after.projector.start();
    expect(await after.projector.reached('shop', 2, 5_000)).toBe('reached');
    expect(await lived(readModel, 'shop')).toEqual([0, 1, 2]);
    await until(() => !before.projector.status().leads && before.projector.status().parked.length === 0);
    // Waiters that were answered "parked" are answered anew once it is not.
    await until(() => standing.size === 0);
    expect(before.projector.status().upgradeRequired).toBe(1);
    expect(await before.projector.reached('shop', 2, 5_000)).toBe('reached');
  });

  test('is not passed over by one that does not know it and is left alone, though another has projected it before', async () => {
    const { store, readModel, shop, add } = await withBoth();
    await store.append('shop', -1, shop.events);
    await store.append('other', -1, chain('other', 2).events);
    const after = add({ upcast: next });
    await after.projector.start();
    const before = add({ upcast: old });
    await before.projector.start();
    await after.projector.stop();
    await until(() => before.projector.status().leads && before.projector.status().state === 'live');
    await store.append('shop', 2, [shop.add('Noted', 'b')]);
    await store.append('other', 1, [chain('other', 3).events[2]!]);
    expect(await before.projector.reached('other', 2, 5_000)).toBe('reached');
    expect(before.projector.parked('shop')).toMatchObject({ revision: 1, reason: 'UPGRADE_REQUIRED' });
    expect(await lived(readModel, 'shop')).toEqual([0, 1, 2]);
    expect(await before.projector.unpark('shop')).toBe(false);

    const again = add({ upcast: next });
    await again.projector.start();
    expect(await again.projector.reached('shop', 3, 5_000)).toBe('reached');
    expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3]);
  });
});

test('an instance that only watches says that it has not caught up while no one projects, and has when someone does', async () => {
  const { store, shared, add } = instances();
  await store.append('shop', -1, chain('shop', 3).events);
  // Someone has the lease and does nothing.
  shared.taken();
  const { projector } = add({ projections: [keys, projectRevisions] });
  const started = projector.start();
  await until(() => projector.status().behind === 3);
  expect(projector.status()).toMatchObject({ leads: false, state: 'catching-up' });
  expect(await projector.reached('shop', 2, 30)).toBe('timeout');
  shared.runOut();
  await started;
  expect(projector.status()).toMatchObject({ leads: true, state: 'live', behind: 0 });
});
