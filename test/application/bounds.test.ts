import { seal, type Envelope } from '../../src/domain/event';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import { createUpcaster, UpgradeRequired } from '../../src/event-store/upcast';
import { until } from '../fixtures/eventually';
import { ALICE } from '../fixtures/ledger';
import { archiveKey, assertWhole, createKey, describeKey, Instance, restoreKey, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

let store: ScriptedStore;
let instance: Instance;
beforeEach(async () => {
  store = new ScriptedStore();
  instance = new Instance(store);
  await instance.createProject();
  await instance.accept(createKey('a'));
});

/** Another version of the server appends an event that this one may not know. */
async function appendForeign(type: string, schemaVersion = 1): Promise<Envelope> {
  const last = (await store.stored()).at(-1) as Envelope;
  const provenance = { actor: ALICE, commandId: 'x', commandHash: 'x', correlationId: 'x', causationId: 'x' };
  const sealing = { ...provenance, projectId: 'shop', schemaVersion, version: 1, now: Date.now() };
  const event = seal({ type, entity: { kind: 'key', id: 'moon', name: 'moon' }, data: {} }, sealing, last);
  await store.inner.append('shop', last.revision, [event]);
  return event;
}

describe('what this version does not know', () => {
  test.each([
    ['type', 'KeyPainted', 1],
    ['schema version', 'KeyArchived', 2],
  ])('an event %s that is newer stops its project, and no other, at every kind of outcome', async (_what, type, schemaVersion) => {
    await appendForeign(type, schemaVersion);
    const before = await store.stored();
    for (const each of [instance, new Instance(store)]) {
      for (const command of [createKey('b'), createKey('a'), restoreKey('a'), archiveKey('nothing')]) {
        await expect(each.submit(command)).rejects.toBeInstanceOf(UpgradeRequired);
      }
      await expect(each.submit(createKey('b'))).rejects.toMatchObject({ projectId: 'shop', type, schemaVersion, revision: 2 });
    }
    expect(await store.stored()).toEqual(before);
    await instance.createProject('other');
    expect(await wordFor(instance.submit(createKey('b'), { projectId: 'other' }))).toBe('done');
  });

  test('retired types are passed over, and the chain goes on behind them', async () => {
    const retired = await appendForeign('KeyPainted');
    const upcast = createUpcaster(schemaVersions, upcasts, new Set(['KeyPainted']));
    const { events } = await new Instance(store, { upcast }).accept(archiveKey('a'));
    expect(events[0]).toMatchObject({ revision: 3, version: 2, previousHash: retired.hash });
  });
});

test('more commands than may wait are refused at once, and those that wait are answered', async () => {
  const full = new Instance(store, { queueLimit: 3 });
  let release = (): void => {};
  store.beforeAppend = () => new Promise((resolve) => (release = resolve));
  store.appends.length = 0;
  const first = wordFor(full.submit(createKey('b')));
  await until(() => store.appends.length > 0);
  const words = Array.from({ length: 5 }, (_, index) => wordFor(full.submit(createKey(`k${index}`))));
  expect(await Promise.all(words.slice(3))).toEqual(['Overloaded', 'Overloaded']);
  store.beforeAppend = async () => {};
  release();
  expect(await Promise.all([first, ...words.slice(0, 3)])).toEqual(['done', 'done', 'done', 'done']);
});

describe('the memory of projects', () => {
  test('what lately was written is not read again; what was pushed out is loaded, and decided just the same', async () => {
    const small = new Instance(store, { projectsKept: 2 });
    const reads = () => store.reads.get('shop') ?? 0;
    const by = { commandId: 'c1' };
    const first = await small.accept(describeKey('a', 'x'), by);
    const loaded = reads();
    await small.accept(describeKey('a', 'y'));
    expect(reads()).toBe(loaded);
    for (const id of ['one', 'two']) await small.createProject(id);
    expect((await small.refuse(createKey('a'))).code).toBe('ALREADY_EXISTS');
    expect(reads()).toBe(loaded + 2);
    expect(await small.accept(describeKey('a', 'x'), by)).toEqual({ ...first, events: [] });
    expect((await small.accept(archiveKey('a'))).events[0]).toMatchObject({ version: 4, revision: 4 });
    assertWhole(await store.stored());
  });

  test('projects that are not there take no room in it', async () => {
    const small = new Instance(store, { projectsKept: 2 });
    await small.accept(describeKey('a', 'x'));
    for (const projectId of ['no-1', 'no-2', 'no-3']) expect((await small.refuse(createKey('a'), { projectId })).code).toBe('NOT_FOUND');
    const reads = store.reads.get('shop');
    await small.accept(describeKey('a', 'y'));
    expect(store.reads.get('shop')).toBe(reads);
  });

  test('a ledger that was restored from an older copy is read anew', async () => {
    const kept = (await store.stored()).slice(0, 1);
    const copy = new ScriptedStore();
    await copy.append('shop', -1, kept);
    store.append = (projectId, expected, events) => copy.append(projectId, expected, events);
    store.read = (projectId, from) => copy.read(projectId, from);
    await instance.accept(createKey('b'));
    const events = await copy.stored();
    expect(events.map(({ entity }) => entity.id)).toEqual(['shop', 'b']);
    assertWhole(events);
  });

  test.each([
    ['is shorter', 0],
    ['has grown past what was lost', 3],
  ])('what is refused, or changes nothing, is judged by the ledger that is there, also when it was restored and %s', async (_, grown) => {
    await instance.accept(createKey('lost'));
    const copy = new ScriptedStore();
    await copy.append('shop', -1, (await store.stored()).slice(0, 1));
    const elsewhere = new Instance(copy);
    for (let count = 0; count < grown; count += 1) await elsewhere.accept(createKey(`new_${count}`));
    store.append = (projectId, expected, events) => copy.append(projectId, expected, events);
    store.read = (projectId, from) => copy.read(projectId, from);
    expect((await instance.refuse(describeKey('lost', 'x'))).code).toBe('NOT_FOUND');
    expect((await instance.executor.loadProject('shop')).keys.has('lost')).toBe(false);
    await instance.accept(createKey('lost'));
    assertWhole(await copy.stored());
  });
});

test('time never runs backwards in a project, though the clock does', async () => {
  const times = [5_000, 9_000, 1_000, 9_001];
  const jumping = new Instance(store, { clock: () => times.shift() ?? 0 });
  await jumping.createProject('clock');
  for (const text of ['x', 'y', 'z']) await jumping.accept({ type: 'EditProject', id: 'clock', description: text }, { projectId: 'clock' });
  expect((await store.stored('clock')).map(({ occurredAt }) => occurredAt)).toEqual([5_000, 9_000, 9_000, 9_001]);
});

describe('the append limit', () => {
  const LIMIT = 20_000;
  const large = (name: string, length: number) =>
    ({ type: 'CreateKey', name, valueType: 'STRING', defaultValue: 'x'.repeat(length) }) as const;
  beforeEach(async () => {
    store = new ScriptedStore({ appendLimitBytes: LIMIT });
    instance = new Instance(store);
    await instance.createProject();
    store.appends.length = 0;
  });

  test('a group is split below it, however often, in order, and each command has its outcome', async () => {
    const commands = Array.from({ length: 69 }, (_, index) => large(`k${index}`, 5_000));
    const words = await Promise.all([...commands, createKey('k0')].map((command) => wordFor(instance.submit(command))));
    expect(words).toEqual([...commands.map(() => 'done'), 'ALREADY_EXISTS']);
    expect(store.appends.map((ids) => ids.length)).toEqual(Array.from({ length: 23 }, () => 3));
    const events = await store.stored();
    expect(events.slice(1).map(({ entity }) => entity.id)).toEqual(commands.map(({ name }) => name));
    assertWhole(events);
  });

  test('if the second part fails, the first has been answered that it is done', async () => {
    store.faults = [undefined, 'unavailable'];
    const words = ['a', 'b', 'c', 'd'].map((name) => wordFor(instance.submit(large(name, 8_000))));
    expect(await Promise.all(words)).toEqual(['done', 'done', 'StoreUnavailable', 'StoreUnavailable']);
    expect((await store.stored()).slice(1).map(({ entity }) => entity.id)).toEqual(['a', 'b']);
  });

  test('one command above it is refused before anything is written, and its group goes on', async () => {
    const [refusal, done] = await Promise.all([instance.refuse(large('a', LIMIT)), instance.accept(createKey('b'))]);
    expect(refusal).toMatchObject({ code: 'LIMIT_REACHED', limit: LIMIT, message: expect.stringMatching(/in smaller steps/) });
    expect(done?.cursor.revision).toBe(1);
    expect(await store.stored()).toHaveLength(2);
  });

  test('a command that fits to the byte is taken', async () => {
    const probe = await instance.accept(large('a', 1_000));
    const overhead = Buffer.byteLength(JSON.stringify(probe.events[0])) - 1_000;
    const fits = await instance.accept(large('b', LIMIT - overhead));
    expect(Buffer.byteLength(JSON.stringify(fits.events[0]))).toBe(LIMIT);
    expect((await instance.refuse(large('c', LIMIT - overhead + 1))).code).toBe('LIMIT_REACHED');
  });
});
