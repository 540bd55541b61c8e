import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../../src/event-store/event-store';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';
import { assertWhole, createKey, describeKey, Instance, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

const BY = { commandId: 'c1' };

let store: ScriptedStore;
beforeEach(async () => {
  store = new ScriptedStore();
  await new Instance(store).createProject();
  store.appends.length = 0;
});

const types = async () => (await store.stored()).slice(1).map(({ type, entity }) => `${type} ${entity.id}`);

test.each(['lost before writing', 'lost after writing'] as const)(
  'an acknowledgement %s: the same bytes again, one event, done',
  async (fault) => {
    store.faults = [fault, fault];
    const done = await new Instance(store).accept(createKey('a'));
    expect(store.appends).toHaveLength(3);
    expect(new Set(store.appends.map(String)).size).toBe(1);
    expect(await store.stored()).toEqual([expect.anything(), ...done.events]);
  },
);

test('a store that is away while it is asked again is asked again', async () => {
  store.faults = ['lost after writing', 'unavailable', 'unavailable'];
  expect(await wordFor(new Instance(store).submit(createKey('a')))).toBe('done');
  expect(await types()).toEqual(['KeyCreated a']);
});

test('a conflict settles it: others wrote first, and all is decided anew', async () => {
  store.faults = ['lost before writing'];
  const [one, other] = [new Instance(store), new Instance(store)];
  store.beforeAppend = async () => {
    if (store.appends.length !== 2) return;
    await other.accept(createKey('a'));
  };
  const [first, second] = await Promise.all([wordFor(one.submit(createKey('a'))), wordFor(one.submit(createKey('b')))]);
  expect([first, second]).toEqual(['ALREADY_EXISTS', 'done']);
  expect(await types()).toEqual(['KeyCreated a', 'KeyCreated b']);
  assertWhole(await store.stored());
});

test('a store that calls its own events a conflict: the command finds itself in the tail, once the tail can be read', async () => {
  store.faults = ['lost after writing'];
  store.beforeAppend = async () => {
    if (store.appends.length > 1) throw new RevisionConflict('shop', 0, 1);
  };
  const instance = new Instance(store);
  await wordFor(instance.submit(createKey('a')));
  store.appends.length = 0;
  store.faults = ['lost after writing'];
  let away = 2;
  store.beforeRead = async () => {
    if (away-- > 0) throw new StoreUnavailable('scripted: not reached');
  };
  const done = await instance.accept(describeKey('a', 'x'));
  expect(done).toMatchObject({ events: [], entity: { id: 'a' }, cursor: { revision: 2 } });
  expect(away).toBeLessThan(0);
  expect(await types()).toEqual(['KeyCreated a', 'KeyDescribed a']);
});

describe('past its patience', () => {
  test('a caller is answered that the outcome is unknown, one in the queue that nothing was written, and other projects go on', async () => {
    const instance = new Instance(store, { commandTimeoutMs: 60 });
    let away = true;
    store.beforeAppend = async (projectId) => {
      if (away && projectId === 'shop') throw new OutcomeUnknown('scripted: connection lost');
    };
    const first = wordFor(instance.submit(createKey('a'), BY));
    await until(() => store.appends.length > 0);
    const queued = wordFor(instance.submit(createKey('b'), { commandId: 'c2' }));
    await instance.createProject('other');
    const { result, ms } = await timed(Promise.all([first, queued]));
    expect(result).toEqual(['OutcomeUnknown', 'StoreUnavailable']);
    expect(ms).toBeLessThan(1_000);

    away = false;
    // The next try may come later than this caller's patience lasts: then the caller is answered so, and tries again.
    let word = 'StoreUnavailable';
    while (word === 'StoreUnavailable') word = await wordFor(instance.submit(createKey('c')));
    expect(word).toBe('done');
    const again = await instance.accept(createKey('a'), BY);
    expect(again).toMatchObject({ entity: { id: 'a' }, cursor: { revision: 1 }, events: [] });
    expect(await types()).toEqual(['KeyCreated a', 'KeyCreated c']);
    await instance.accept(createKey('b'), { commandId: 'c2' });
    assertWhole(await store.stored());
  });

  test('also when the store does not answer at all', async () => {
    store.faults = ['silent'];
    const instance = new Instance(store, { commandTimeoutMs: 40 });
    const first = wordFor(instance.submit(createKey('a')));
    await until(() => store.appends.length > 0);
    const queued = wordFor(instance.submit(createKey('b')));
    expect(await Promise.all([first, queued])).toEqual(['OutcomeUnknown', 'StoreUnavailable']);
  });

  test('and when the project is not even read yet: nothing was sent, so nothing is ever written, and it is safe to try again', async () => {
    let release = (): void => {};
    store.beforeRead = () => new Promise((resolve) => (release = resolve));
    const instance = new Instance(store, { commandTimeoutMs: 40 });
    const expired: unknown = await instance.submit(createKey('a')).catch((error: unknown) => error);
    expect(expired).toBeInstanceOf(StoreUnavailable);
    expect((expired as Error).message).toMatch(/nothing was written/);
    const later = instance.submit(createKey('b'));
    store.beforeRead = async () => {};
    release();
    expect(await wordFor(later)).toBe('done');
    expect(await types()).toEqual(['KeyCreated b']);
  });

  test('but not while it is read after a conflict of a repeated append: an attempt before that may stand', async () => {
    store.faults = ['lost after writing'];
    const instance = new Instance(store, { commandTimeoutMs: 60 });
    let release = (): void => {};
    store.beforeAppend = async () => {
      if (store.appends.length < 2) return;
      // Another instance has written since: the repeated append meets a conflict, and the tail is read.
      store.beforeAppend = async () => {};
      store.beforeRead = () => new Promise((resolve) => (release = resolve));
      throw new RevisionConflict('shop', 0, 1);
    };
    expect(await wordFor(instance.submit(createKey('a')))).toBe('OutcomeUnknown');
    release();
    expect(await types()).toEqual(['KeyCreated a']);
  });

  test('who was answered that nothing was written is right for ever', async () => {
    const instance = new Instance(store, { commandTimeoutMs: 30 });
    let release = (): void => {};
    store.beforeAppend = () => new Promise((resolve) => (release = resolve));
    const first = wordFor(instance.submit(createKey('a')));
    await until(() => store.appends.length > 0);
    const queued = wordFor(instance.submit(createKey('b')));
    expect(await Promise.all([first, queued])).toEqual(['OutcomeUnknown', 'StoreUnavailable']);
    store.beforeAppend = async () => {};
    release();
    await sleep(30);
    expect(await types()).toEqual(['KeyCreated a']);
  });
});
