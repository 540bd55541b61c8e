import { REMEMBERED_REVISIONS } from '../../src/domain/remembered-commands';
import { archiveKey, createKey, describeKey, Instance, restoreKey, wordFor } from './instance';
import { ScriptedStore } from './scripted-store';

const BY = { commandId: 'c1' };
const BOB = { id: 'bob', kind: 'user' } as const;

let store: ScriptedStore;
let instance: Instance;
beforeEach(async () => {
  store = new ScriptedStore();
  instance = new Instance(store, { queueLimit: 20_000 });
  await instance.createProject();
});

test('A1 the same id with the same input gives the first result, on any instance, in one group or later, and writes nothing', async () => {
  const [first, second] = await Promise.all([instance.accept(createKey('a'), BY), instance.accept(createKey('a'), BY)]);
  const later = await new Instance(store).accept(createKey('a'), BY);
  expect(first?.events).toHaveLength(1);
  for (const again of [second, later]) expect(again).toEqual({ ...first, events: [] });
  expect(await store.stored()).toHaveLength(2);
});

test('A1 two instances are given the same command at once: one event', async () => {
  const other = new Instance(store);
  const outcomes = await Promise.all([instance.accept(createKey('a'), BY), other.accept(createKey('a'), BY)]);
  expect(outcomes.map(({ events }) => events.length).sort()).toEqual([0, 1]);
  expect(outcomes[0]?.cursor).toEqual(outcomes[1]?.cursor);
  expect(await store.stored()).toHaveLength(2);
});

test('A1 another input, or reason, under the same id is refused', async () => {
  await instance.accept(createKey('a'), BY);
  for (const by of [BY, { ...BY, reason: 'because' }]) {
    expect((await instance.refuse(describeKey('a', 'x'), by)).code).toBe('COMMAND_ID_REUSED');
  }
  expect((await instance.refuse(createKey('a'), { ...BY, reason: 'because' })).code).toBe('COMMAND_ID_REUSED');
});

test('A1 ids are remembered by actor and by project', async () => {
  await instance.createProject('other');
  await instance.accept(createKey('a'), BY);
  const bobs = await instance.accept(describeKey('a', 'x'), { ...BY, actor: BOB });
  const elsewhere = await instance.accept(createKey('b'), { ...BY, projectId: 'other' });
  expect([bobs, elsewhere].map(({ events }) => events.length)).toEqual([1, 1]);
});

test('A1, A8 refusals, no-ops and failures leave no trace: the id is as good as new', async () => {
  expect((await instance.refuse(describeKey('a', 'x'), BY)).code).toBe('NOT_FOUND');
  await instance.accept(createKey('a'));
  expect((await instance.accept(restoreKey('a'), BY)).events).toEqual([]);
  store.faults = ['unavailable'];
  expect(await wordFor(instance.submit(archiveKey('a'), BY))).toBe('StoreUnavailable');
  expect((await instance.accept(describeKey('a', 'x'), BY)).events).toHaveLength(1);
  expect((await store.stored()).filter(({ commandId }) => commandId === 'c1')).toHaveLength(1);
});

test('A1 an id is remembered for 10,000 revisions, also by an instance that has just loaded the stream', async () => {
  await instance.accept(createKey('a'), BY);
  const edit = (from: number, count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => instance.accept(describeKey('a', `edit ${from + index}`))));
  await edit(0, REMEMBERED_REVISIONS - 1);
  for (const each of [instance, new Instance(store)]) {
    expect(await each.accept(createKey('a'), BY)).toMatchObject({ events: [], cursor: { revision: 1 } });
  }
  await edit(REMEMBERED_REVISIONS, 1);
  for (const each of [instance, new Instance(store)]) expect((await each.refuse(createKey('a'), BY)).code).toBe('ALREADY_EXISTS');
});

test('A5 every event has who, why, which command, and what caused it', async () => {
  const given = { ...BY, actor: BOB, reason: 'launch', correlationId: 'r-7', causationId: 'event-9' };
  await instance.accept({ type: 'EditProject', id: 'shop', name: 'Store', description: 'x' }, given);
  const events = (await store.stored()).slice(1);
  expect(events).toHaveLength(2);
  for (const event of events)
    expect(event).toMatchObject({ ...BY, actor: BOB, reason: 'launch', correlationId: 'r-7', causationId: 'event-9' });
  const { events: plain } = await instance.accept(createKey('a'));
  expect(plain[0]).not.toHaveProperty('reason');
  expect(plain[0]?.causationId).toBe(plain[0]?.commandId);
  expect(plain[0]?.commandId).toMatch(/^[0-9a-f-]{36}$/);
});

test('A6 a wrong reason or command id is reported after what is missing or stale, and together with what else is wrong', async () => {
  const bad = { commandId: 'é', reason: 'x'.repeat(501) };
  expect((await instance.refuse(describeKey('a', 'x'), bad)).code).toBe('NOT_FOUND');
  await instance.accept(createKey('a'));
  expect((await instance.refuse({ type: 'EditKey', name: 'a', description: 'x', expectedVersion: 9 }, bad)).code).toBe('STALE');
  const refusal = await instance.refuse({ type: 'EditKey', name: 'a', defaultValue: 'three' }, bad);
  expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: ['commandId', 'reason', 'defaultValue'].map((path) => ({ path })) });
  expect((await instance.refuse(restoreKey('a'), bad)).code).toBe('INVALID_INPUT');
});

test.each([
  ['Infinity', Infinity, 'must be a finite number'],
  ['NaN in a list', [NaN], 'must be a finite number'],
  ['a list in 100,000 lists', Array.from({ length: 100_000 }).reduce((inner) => [inner], 0), 'inside one another'],
])('a value that is no JSON, or too much of it, is refused, not an error: %s', async (_what, defaultValue, message) => {
  const command = { type: 'CreateKey', name: 'a', valueType: 'JSON', defaultValue } as ReturnType<typeof createKey>;
  const refusal = await instance.refuse(command, BY);
  expect(refusal).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(message) });
  await instance.accept(createKey('a'), BY);
  expect((await instance.refuse(command, BY)).code).toBe('COMMAND_ID_REUSED');
});
