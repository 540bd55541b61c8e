import type { Envelope } from '../../src/domain/event';
import { MemoryEventStore } from '../../src/event-store/memory';
import { createUpcaster } from '../../src/event-store/upcast';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { until } from '../fixtures/eventually';
import { Chain, chain } from './chain';
import { projectRevisions, fragile, keys } from './revision-lists';
import { lived, project, stopAll } from './run';
import { UnsteadyStore } from './unsteady';

afterEach(stopAll);

/** Two projects; in `bad`, revision 3 cannot be read. */
function withBadEvent() {
  const bad = chain('bad', 3);
  bad.add('Cursed', 'a');
  bad.add('Noted', 'b');
  const store = new MemoryEventStore();
  let broken = true;
  // The project's revisions come first: they have taken the event already when the keys fail.
  const projections = [projectRevisions, fragile((event) => broken && event.type === 'Cursed')];
  const made = project({ store, projections, clock: () => 77 });
  return { bad, store, mend: () => (broken = false), ...made };
}

test('an event that cannot be projected parks its project just before it, whole; the other projects go on', async () => {
  const { bad, store, projector, readModel, logged } = withBadEvent();
  await store.append('bad', -1, bad.events);
  await store.append('good', -1, chain('good', 4).events);
  await projector.start();
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2]);
  expect(await lived(readModel, 'good')).toEqual([0, 1, 2, 3]);
  const parked = { projectId: 'bad', revision: 3, type: 'Cursed', reason: 'FAILED', message: 'cannot read Cursed', since: 77 };
  expect(projector.status()).toMatchObject({ state: 'live', parked: [parked] });
  expect(projector.parked('bad')).toEqual(parked);
  expect(projector.parked('good')).toBeUndefined();
  expect(logged.filter(({ level }) => level === 'error')).toHaveLength(1);
});

test('later events of a parked project are left alone until it is unparked, and none of them is lost', async () => {
  const { bad, store, mend, projector, readModel, logged } = withBadEvent();
  await projector.start();
  await store.append('bad', -1, bad.events);
  await until(() => projector.parked('bad') !== undefined);
  await store.append('bad', 4, [bad.add('Noted', 'c')]);
  await store.append('marker', -1, chain('marker', 1).events);
  await projector.reached('marker', 0, 1_000);
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2]);
  // It was not even tried again.
  expect(logged.filter(({ level }) => level === 'error')).toHaveLength(1);

  expect(await projector.unpark('bad')).toBe(false);
  expect(projector.parked('bad')).toMatchObject({ revision: 3 });

  mend();
  expect(await projector.unpark('bad')).toBe(true);
  expect(projector.status().parked).toEqual([]);
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2, 3, 4, 5]);
  await store.append('bad', 5, [bad.add('Noted', 'c')]);
  expect(await projector.reached('bad', 6, 1_000)).toBe('reached');
});

test('an event that is delivered while the project is being unparked, too late for that reading of the stream, is projected too', async () => {
  const { events } = chain('shop', 4);
  const store = new UnsteadyStore();
  let broken = true;
  const { projector, readModel } = project({ store, projections: [projectRevisions, fragile(({ revision }) => broken && revision === 1)] });
  store.append(...events.slice(0, 3));
  await projector.start();
  expect(projector.parked('shop')).toMatchObject({ revision: 1 });
  broken = false;

  const read = store.read.bind(store);
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  store.read = async function* (projectId, from) {
    const there: Envelope[] = [];
    for await (const event of read(projectId, from)) there.push(event);
    await held;
    yield* there;
  };
  const unparked = projector.unpark('shop');
  await until(() => store.reads === 1);
  const marker = chain('marker', 1).events;
  store.append(events[3]!, ...marker);
  expect(await projector.reached('marker', 0, 1_000)).toBe('reached');
  letGo();
  expect(await unparked).toBe(true);
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3]);
});

test('a project that is not parked is unparked at once', async () => {
  const { projector } = withBadEvent();
  await projector.start();
  expect(await projector.unpark('good')).toBe(true);
});

test('waiting for a parked project ends at once, before and after it parks; what is already projected is reached', async () => {
  const { bad, store, projector } = withBadEvent();
  await projector.start();
  const early = projector.reached('bad', 4, 5_000);
  await store.append('bad', -1, bad.events);
  expect(await early).toBe('parked');
  expect(await projector.reached('bad', 3, 5_000)).toBe('parked');
  expect(await projector.reached('bad', 2, 5_000)).toBe('reached');
  expect(projector.status().waiting).toBe(0);
});

test('where a project parks does not depend on how its events are cut into chunks', async () => {
  const untidy = { ...keys, index: (document: Parameters<typeof keys.index>[0]) => keepsOrder(document, keys.index(document)) };
  for (const size of [1, 2, 3, 100]) {
    const store = new UnsteadyStore(() => size);
    store.append(...chain('shop', 12).events);
    const { projector, readModel } = project({ store, projections: [projectRevisions, untidy] });
    await projector.start();
    expect(projector.parked('shop')).toMatchObject({ revision: 7, message: 'no index for the third note of b' });
    expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  }
});

/** From its third note on, b cannot be indexed. */
function keepsOrder<Entry>(document: { readonly [field: string]: unknown }, entry: Entry): Entry {
  if (document.name === 'b' && (document.revisions as number[]).length >= 3) throw new Error('no index for the third note of b');
  return entry;
}

test('an event of a type this version does not know parks with the reason UPGRADE_REQUIRED; a retired one is passed over', async () => {
  const upcast = createUpcaster(new Map([['Noted', 1]]), [], new Set(['Forgotten']));
  const store = new MemoryEventStore();
  const shop = new Chain('shop');
  for (const type of ['Noted', 'Forgotten', 'Noted', 'FromTheFuture', 'Noted']) shop.add(type, 'a');
  await store.append('shop', -1, shop.events);
  const { projector, readModel } = project({ store, upcast });
  await projector.start();
  expect(projector.parked('shop')).toMatchObject({ revision: 3, type: 'FromTheFuture', reason: 'UPGRADE_REQUIRED' });
  expect(await lived(readModel, 'shop')).toEqual([0, 2]);
  expect(await readModel.checkpoint('shop')).toMatchObject({ revision: 2 });
});

test('a retired event alone still moves the checkpoint', async () => {
  const upcast = (event: Envelope) => (event.type === 'Forgotten' ? undefined : event);
  const store = new MemoryEventStore();
  const shop = new Chain('shop');
  await store.append('shop', -1, [shop.add('Forgotten', 'a')]);
  const { projector, readModel } = project({ store, upcast });
  await projector.start();
  expect(await readModel.checkpoint('shop')).toEqual({ revision: 0, hash: shop.head.hash, occurredAt: shop.head.occurredAt });
  expect(
    (await readModel.list('shop', { collection: 'keys', sort: { by: 'name', descending: false }, limit: 9, from: 'start' })).total,
  ).toBe(0);
});

test('a read model of another history is not built upon', async () => {
  const mine = chain('shop', 4);
  const theirs = new Chain('shop');
  for (const type of ['Noted', 'Noted', 'Other', 'Other', 'Other', 'Other']) theirs.add(type, 'z');
  const readModel = createMemoryReadModel();
  const before = new UnsteadyStore();
  before.append(...mine.events);
  await project({ store: before, readModel }).projector.start();

  for (const length of [4, 6]) {
    const store = new UnsteadyStore(() => 100);
    store.append(...theirs.events.slice(0, length));
    const { projector } = project({ store, readModel });
    await projector.start();
    expect(projector.parked('shop')).toMatchObject({ revision: 3, reason: 'HISTORY_DIFFERS' });
    expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3]);
  }
});

test('nor is it when all that comes is the event after the one where the histories differ', async () => {
  const theirs = new Chain('shop');
  for (let at = 0; at < 5; at++) theirs.add('Other', 'z');
  const readModel = createMemoryReadModel();
  const before = new UnsteadyStore();
  before.append(...chain('shop', 4).events);
  await project({ store: before, readModel }).projector.start();

  const store = new UnsteadyStore();
  store.append(theirs.events[4]!);
  const { projector } = project({ store, readModel });
  await projector.start();
  expect(projector.parked('shop')).toMatchObject({ revision: 4, reason: 'HISTORY_DIFFERS' });
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3]);
});

test('a document that a projection cannot open parks its project alone', async () => {
  const store = new UnsteadyStore();
  const [shop, other] = [chain('shop', 5).events, chain('other', 1).events];
  store.append(...shop.slice(0, 2));
  const readModel = createMemoryReadModel();
  const before = project({ store, readModel });
  await before.projector.start();
  await before.projector.stop();
  const open: typeof keys.open = (document, id) => {
    if (document) throw new Error('this document is unreadable');
    return keys.open(document, id);
  };
  store.append(...shop.slice(2), ...other);
  const { projector } = project({ store, readModel, projections: [projectRevisions, { ...keys, open }] });
  await projector.start();
  expect(projector.parked('shop')).toMatchObject({ revision: 3, message: 'this document is unreadable' });
  expect(await lived(readModel, 'other')).toEqual([0]);
});

test('two projections for one collection are refused', () => {
  expect(() => project({ store: new UnsteadyStore(), projections: [keys, projectRevisions, keys] })).toThrow(
    'two projections write the collection "keys"',
  );
});
