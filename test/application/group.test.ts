import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/event-store';
import { until } from '../fixtures/eventually';
import { archiveKey, assertWhole, createKey, describeKey, Instance, restoreKey, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

let store: ScriptedStore;
let instance: Instance;
beforeEach(async () => {
  store = new ScriptedStore();
  instance = new Instance(store);
  await instance.createProject();
  store.appends.length = 0;
});

test('what is submitted in one turn is decided in its order and appended as one group, each with its own outcome', async () => {
  const outcomes = await Promise.all([
    instance.submit(createKey('a')),
    instance.submit(createKey('a')),
    instance.submit(describeKey('a', 'first')),
    instance.submit(archiveKey('b')),
    instance.submit(archiveKey('a')),
    instance.submit(archiveKey('a')),
  ]);
  expect(outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.events.map(({ type }) => type) : outcome.refusal.code))).toEqual([
    ['KeyCreated'],
    'ALREADY_EXISTS',
    ['KeyDescribed'],
    'NOT_FOUND',
    ['KeyArchived'],
    [],
  ]);
  expect(store.appends).toHaveLength(1);
  const events = await store.stored();
  expect(events.map(({ type }) => type)).toEqual(['ProjectCreated', 'KeyCreated', 'KeyDescribed', 'KeyArchived']);
  assertWhole(events);
});

test('the cursor is that of the last event of the command, and of the head where nothing changed', async () => {
  const edit = { type: 'EditKey', name: 'a', description: 'x', defaultValue: 4 } as const;
  const [created, edited, again] = await Promise.all([
    instance.accept(createKey('a')),
    instance.accept(edit),
    instance.accept(describeKey('a', 'x')),
  ]);
  expect([created, edited, again].map(({ cursor }) => cursor.revision)).toEqual([1, 3, 3]);
  expect(again?.cursor).toEqual(edited?.cursor);
  expect(again?.entity).toBeUndefined();
  expect(created?.entity).toEqual({ kind: 'key', id: 'a', name: 'a' });
});

test('one project does not wait for another', async () => {
  let release = (): void => {};
  store.beforeAppend = (projectId) => (projectId === 'shop' ? new Promise((resolve) => (release = resolve)) : Promise.resolve());
  const held = instance.submit(createKey('a'));
  await instance.createProject('other');
  expect(await wordFor(instance.submit(createKey('a'), { projectId: 'other' }))).toBe('done');
  release();
  expect(await wordFor(held)).toBe('done');
});

test('a refusal and a no-op are reported only once their group has been appended', async () => {
  const reported: string[] = [];
  let release = (): void => {};
  store.beforeAppend = () => new Promise((resolve) => (release = resolve));
  const all = [
    instance.submit(createKey('a')).then(() => reported.push('done')),
    instance.submit(archiveKey('nothing')).then(() => reported.push('refused')),
    instance.submit(restoreKey('a')).then(() => reported.push('no change')),
  ];
  await until(() => store.appends.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reported).toEqual([]);
  release();
  await Promise.all(all);
  expect(reported).toEqual(['done', 'refused', 'no change']);
});

test('in a group without events they are reported only after the tail has been read', async () => {
  await instance.accept(createKey('a'));
  const reads = () => store.reads.get('shop') ?? 0;
  const before = reads();
  expect(await wordFor(instance.submit(createKey('a')))).toBe('ALREADY_EXISTS');
  expect(reads()).toBe(before + 1);
  store.beforeRead = () => Promise.reject(new StoreUnavailable('scripted: not reached'));
  expect(await wordFor(instance.submit(createKey('a')))).toBe('StoreUnavailable');
  expect(await wordFor(instance.submit(restoreKey('a')))).toBe('StoreUnavailable');
});

test('a refusal that the tail has overtaken is decided anew', async () => {
  const other = new Instance(store);
  expect(await wordFor(instance.submit(archiveKey('a')))).toBe('NOT_FOUND');
  await other.accept(createKey('a'));
  expect(await wordFor(instance.submit(archiveKey('a')))).toBe('done');
  await other.accept(restoreKey('a'));
  const restored = await instance.accept(restoreKey('a'));
  expect(restored).toMatchObject({ events: [], cursor: { revision: 3 } });
});

test('what the store refuses is refused to the whole group, nothing is written, and the next command works', async () => {
  store.faults = ['unavailable'];
  const group = [instance.submit(createKey('a')), instance.submit(archiveKey('nothing')), instance.submit(createKey('b'))];
  expect(await Promise.all(group.map(wordFor))).toEqual(['StoreUnavailable', 'StoreUnavailable', 'StoreUnavailable']);
  expect(await store.stored()).toHaveLength(1);
  expect((await instance.accept(createKey('a'))).cursor.revision).toBe(1);
});

test('an append that fails for no known reason is reported as it is, and the project begins anew from its stream', async () => {
  store.beforeAppend = () => Promise.reject(new Error('scripted: a bug'));
  await expect(instance.submit(createKey('a'))).rejects.toThrow('scripted: a bug');
  store.beforeAppend = async () => {};
  await instance.accept(createKey('a'));
  assertWhole(await store.stored());
});

test('a command that cannot be decided fails alone', async () => {
  const broken = { type: 'CreateMoon', name: 'a' } as unknown as ReturnType<typeof createKey>;
  const [before, fault, after] = await Promise.allSettled([
    instance.submit(createKey('a')),
    instance.submit(broken),
    instance.submit(createKey('b')),
  ]);
  expect(fault).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('CreateMoon') } });
  expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(store.appends).toHaveLength(1);
});

describe('close', () => {
  test('commands under way are answered, later ones are refused, and nothing is written for them', async () => {
    let release = (): void => {};
    store.beforeAppend = () => new Promise((resolve) => (release = resolve));
    const first = instance.submit(createKey('a'));
    await until(() => store.appends.length === 1);
    const waiting = instance.submit(createKey('b'));
    const closed = instance.executor.close(10_000);
    const late = wordFor(instance.submit(createKey('c')));
    store.beforeAppend = async () => {};
    release();
    expect(await Promise.all([wordFor(first), wordFor(waiting), late])).toEqual(['done', 'done', 'StoreUnavailable']);
    await closed;
    expect((await store.stored()).map(({ entity }) => entity.id)).toEqual(['shop', 'a', 'b']);
  });

  test('a store that does not answer holds it up only so long; the truth is reported: unknown, or not written', async () => {
    store.faults = ['silent'];
    const first = instance.submit(createKey('a'));
    await until(() => store.appends.length === 1);
    const waiting = instance.submit(createKey('b'));
    const words = Promise.all([wordFor(first), wordFor(waiting)]);
    await instance.executor.close(30);
    expect(await words).toEqual(['OutcomeUnknown', 'StoreUnavailable']);
  });

  test('an unknown outcome is not asked after for ever', async () => {
    store.beforeAppend = () => Promise.reject(new OutcomeUnknown('scripted: gone'));
    const first = wordFor(instance.submit(createKey('a')));
    await instance.executor.close(30);
    expect(await first).toBe('OutcomeUnknown');
    const asked = store.appends.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(store.appends.length).toBe(asked);
  });
});
