import { AppendTooLarge, RevisionConflict } from '../../src/event-store/event-store';
import { assertWhole, archiveKey, createKey, describeKey, Instance, restoreKey, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

let store: ScriptedStore;
let instances: Instance[];
const limits = { keys: 5 };
beforeEach(async () => {
  store = new ScriptedStore();
  instances = Array.from({ length: 2 }, () => new Instance(store, { limits }));
  await instances[0]?.createProject();
});
const either = (index: number): Instance => instances[index % instances.length] as Instance;
const counted = (words: readonly string[]) =>
  Object.fromEntries([...new Set(words)].sort().map((word) => [word, words.filter((other) => other === word).length]));

test('two instances create one key at once: one wins, and the other is answered that it exists', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const words = await Promise.all([0, 1].map((index) => wordFor(either(index).submit(createKey(name)))));
    expect(words.sort()).toEqual(['ALREADY_EXISTS', 'done']);
  }
  assertWhole(await store.stored());
});

test('two instances create one project at once: one wins', async () => {
  const create = (index: number) => either(index).submit({ type: 'CreateProject', id: 'new', name: 'New' }, { projectId: 'new' });
  expect((await Promise.all([0, 1].map((index) => wordFor(create(index))))).sort()).toEqual(['ALREADY_EXISTS', 'done']);
  expect(await store.stored('new')).toHaveLength(1);
});

test('no update is lost: 20 edits on each of two instances are 40 events, each on top of the one before', async () => {
  await either(0).accept(createKey('a'));
  const edits = await Promise.all(
    Array.from({ length: 40 }, (_, index) => either(index).accept(describeKey('a', `edit ${index}`), { commandId: `c${index}` })),
  );
  const events = await store.stored();
  assertWhole(events);
  const changes = events.slice(2).map(({ data }) => data as { from: string; to: string });
  expect(changes).toHaveLength(40);
  expect(new Set(changes.map(({ to }) => to)).size).toBe(40);
  changes.forEach(({ from }, index) => expect(from).toBe(index === 0 ? '' : changes[index - 1]?.to));
  for (const { events: own } of edits) expect(events).toContainEqual(own[0]);
});

test('A2 of 20 edits that saw the same version one is taken, whichever instances they came to', async () => {
  await either(0).accept(createKey('a'));
  const edits = Array.from({ length: 20 }, (_, index) =>
    wordFor(either(index).submit({ type: 'EditKey', name: 'a', description: `edit ${index}`, expectedVersion: 1 })),
  );
  expect(counted(await Promise.all(edits))).toEqual({ done: 1, STALE: 19 });
});

test('K4 the limit is exact under two instances, at create and at restore', async () => {
  const created = await Promise.all(Array.from({ length: 12 }, (_, index) => wordFor(either(index).submit(createKey(`k${index}`)))));
  expect(counted(created)).toEqual({ done: 5, LIMIT_REACHED: 7 });
  const names = (await store.stored()).slice(1).map(({ entity }) => entity.id);
  await Promise.all(names.map((name) => either(0).accept(archiveKey(name))));
  await Promise.all(['x', 'y', 'z'].map((name) => either(1).accept(createKey(name))));
  const restored = await Promise.all(names.map((name, index) => wordFor(either(index).submit(restoreKey(name)))));
  expect(counted(restored)).toEqual({ done: 2, LIMIT_REACHED: 3 });
  assertWhole(await store.stored());
});

test('K5 a key that one instance archives while the other puts it to use is never both', async () => {
  for (let round = 0; round < 10; round += 1) {
    const name = `key-${round}`;
    await either(round).accept(createKey(name));
    const words = await Promise.all([
      wordFor(either(round).submit({ type: 'CreateFlag', name, key: name })),
      wordFor(either(round + 1).submit(archiveKey(name))),
    ]);
    expect([
      ['done', 'IN_USE'],
      ['INVALID_INPUT', 'done'],
    ]).toContainEqual(words);
    if (words[0] === 'done') {
      const flag = (await store.stored()).at(-1)?.entity.id ?? '';
      await either(0).accept({ type: 'ArchiveFlag', id: flag });
      await either(0).accept(archiveKey(name));
    }
  }
});

test('a project that others write faster than it can be decided is given up, unwritten', async () => {
  let edits = 0;
  store.beforeAppend = async (_projectId, events) => {
    if (events.some(({ actor }) => actor.id === 'fast')) return;
    await either(1).accept(describeKey('a', `edit ${(edits += 1)}`), { actor: { id: 'fast', kind: 'service' } });
  };
  await either(1).accept(createKey('a'), { actor: { id: 'fast', kind: 'service' } });
  await expect(either(0).submit(createKey('b'))).rejects.toThrow(/written too fast elsewhere: nothing was written, try again/);
  store.beforeAppend = async () => {};
  expect(await wordFor(either(0).submit(createKey('b')))).toBe('done');
  assertWhole(await store.stored());
});

test('what was in the way of a command that is given up is said as far as it is known', async () => {
  await either(0).accept(createKey('a'));
  store.beforeAppend = (projectId) => Promise.reject(new RevisionConflict(projectId, 1, 2));
  const refused = either(0).submit(createKey('b'));
  await expect(refused).rejects.toThrow(
    /refuses appends to project shop as out of date, and shows nothing newer in it: nothing was written/,
  );
  await expect(refused).rejects.not.toThrow(/elsewhere/);
  store.beforeAppend = () => Promise.reject(new AppendTooLarge(1_000_000));
  await expect(either(0).submit(createKey('b'))).rejects.toThrow(/names ever smaller limits/);
  store.beforeAppend = async () => {};
  expect(await wordFor(either(0).submit(createKey('b')))).toBe('done');
  assertWhole(await store.stored());
});
