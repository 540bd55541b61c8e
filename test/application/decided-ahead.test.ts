import { until } from '../fixtures/eventually';
import { archiveKey, assertWhole, createKey, describeKey, Instance, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

let store: ScriptedStore;
let instance: Instance;
let decided: number;
let release: () => void;
beforeEach(async () => {
  store = new ScriptedStore();
  instance = new Instance(store, { clock: () => ((decided += 1), 1) });
  await instance.createProject();
  store.appends.length = 0;
  decided = 0;
  release = () => {};
});

/** Holds every append until it is released. */
function hold(): void {
  store.beforeAppend = () => new Promise((resolve) => (release = resolve));
}

/** Resolves when the append of a first command is under way. */
async function started(): Promise<{ readonly first: Promise<string> }> {
  hold();
  const first = wordFor(instance.submit(createKey('a')));
  await until(() => store.appends.length === 1);
  return { first };
}

test('while an append is under way, what comes is decided on the state behind it, and appended when it stands', async () => {
  const { first } = await started();
  const words = [describeKey('a', 'x'), createKey('a'), archiveKey('b'), archiveKey('a')].map((command) =>
    wordFor(instance.submit(command)),
  );
  expect(decided).toBe(3);
  expect(store.appends).toHaveLength(1);
  release();
  expect(await first).toBe('done');
  await until(() => store.appends.length === 2);
  expect(decided).toBe(3);
  release();
  expect(await Promise.all(words)).toEqual(['done', 'ALREADY_EXISTS', 'NOT_FOUND', 'done']);
  assertWhole(await store.stored());
});

test('the next append is on its way before the callers of the last one are answered', async () => {
  const { first } = await started();
  const second = wordFor(instance.submit(describeKey('a', 'x')));
  const appendsWhenAnswered = first.then(() => store.appends.length);
  release();
  expect(await appendsWhenAnswered).toBe(2);
  release();
  expect(await second).toBe('done');
});

test('each is answered only when its own append stands', async () => {
  const reported: string[] = [];
  const { first } = await started();
  void first.then(() => reported.push('a'));
  const second = instance.submit(describeKey('a', 'x')).then(() => reported.push('x'));
  release();
  await until(() => store.appends.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reported).toEqual(['a']);
  release();
  await second;
  expect(reported).toEqual(['a', 'x']);
});

test('what stood on an append that the store refused is decided anew', async () => {
  store.faults = ['unavailable'];
  const { first } = await started();
  const behind = [describeKey('a', 'x'), createKey('b')].map((command) => wordFor(instance.submit(command)));
  release();
  expect(await first).toBe('StoreUnavailable');
  await until(() => store.appends.length === 2);
  release();
  expect(await Promise.all(behind)).toEqual(['NOT_FOUND', 'done']);
  expect((await store.stored()).map(({ entity }) => entity.id)).toEqual(['shop', 'b']);
  assertWhole(await store.stored());
});

test('what stood on an append that others were faster than is decided anew, also where they wrote as many events', async () => {
  const other = new Instance(store);
  const { first } = await started();
  const behind = wordFor(instance.submit(createKey('b')));
  const held = release;
  store.beforeAppend = async () => {};
  await other.accept(createKey('b'));
  held();
  expect([await first, await behind]).toEqual(['done', 'ALREADY_EXISTS']);
  expect((await store.stored()).map(({ entity }) => entity.id)).toEqual(['shop', 'b', 'a']);
  assertWhole(await store.stored());
});

test.each(['lost after writing', 'lost before writing'] as const)('what stands behind an append that is %s waits for it', async (fault) => {
  store.faults = [fault];
  const { first } = await started();
  const behind = wordFor(instance.submit(describeKey('a', 'x')));
  store.beforeAppend = async () => {};
  release();
  expect([await first, await behind]).toEqual(['done', 'done']);
  expect((await store.stored()).map(({ type }) => type)).toEqual(['ProjectCreated', 'KeyCreated', 'KeyDescribed']);
  assertWhole(await store.stored());
});

test('of commands decided ahead, what stood on one that was given up is decided without it', async () => {
  const patient = new Instance(store, { commandTimeoutMs: 60 });
  hold();
  const first = wordFor(patient.submit(createKey('a')));
  await until(() => store.appends.length === 1);
  const givenUp = wordFor(patient.submit(createKey('b')));
  await new Promise((resolve) => setTimeout(resolve, 40));
  const behind = wordFor(patient.submit(archiveKey('b')));
  expect(await givenUp).toBe('StoreUnavailable');
  store.beforeAppend = async () => {};
  release();
  expect(await first).toBe('OutcomeUnknown');
  expect(await behind).toBe('NOT_FOUND');
  expect((await store.stored()).map(({ entity }) => entity.id)).toEqual(['shop', 'a']);
});

test('a refusal that is decided ahead is answered only after the tail has been read', async () => {
  const { first } = await started();
  const refused = wordFor(instance.submit(createKey('a')));
  const reads = () => store.reads.get('shop') ?? 0;
  const before = reads();
  release();
  expect([await first, await refused]).toEqual(['done', 'ALREADY_EXISTS']);
  expect(reads()).toBe(before + 1);
});
