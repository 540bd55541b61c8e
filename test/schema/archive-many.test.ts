import { localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { Stack } from '../fixtures/stack';
import {
  ArchiveManyDocument,
  CreateFlagDocument,
  CreateGoalDocument,
  CreateKeyDocument,
  CreateSegmentDocument,
  KeyDocument,
  RestoreGoalDocument,
  type ArchiveItemInput,
} from '../generated/operations';

const projectId = 'shop';

let stack: Stack;
/** A flag that uses a key and a segment, and a goal that nothing uses. */
let all: Readonly<Record<'key' | 'segment' | 'flag' | 'goal', ArchiveItemInput>>;
beforeEach(async () => {
  stack = await Stack.start();
  await accept(stack, CreateKeyDocument, { name: 'dark_mode', type: 'BOOLEAN', defaultValue: false });
  const rule = { property: { name: 'a', operator: 'EXISTS' as const } };
  const segment = await accept(stack, CreateSegmentDocument, { name: 'Locals', rule });
  const rows = [{ segmentId: segment.id, percentage: 100, value: true }];
  const flag = await accept(stack, CreateFlagDocument, { name: 'Dark', key: 'dark_mode', rows });
  const goal = await accept(stack, CreateGoalDocument, { name: 'Buys', event: 'Purchase' });
  all = {
    key: { id: 'shop/key/dark_mode' },
    segment: { id: segment.id },
    flag: { id: flag.id },
    goal: { id: goal.id },
  };
});
afterEach(() => stack.stop());

const reference = (kind: string, id: string, name: string) => ({ kind, entityId: localId(id), nodeId: id, name });
const types = async (from: number) => (await stack.events()).slice(from).map(({ type }) => type);

test('usages and what they use go together, whatever their order, in one append', async () => {
  const { key, segment, flag, goal } = all;
  const done = await accept(stack, ArchiveManyDocument, { items: [key, goal, segment, flag], reason: 'Clean up' });
  expect(done).toEqual({
    __typename: 'ArchivedMany',
    cursor: expect.any(String),
    items: [
      reference('KEY', key.id, 'dark_mode'),
      reference('GOAL', goal.id, 'Buys'),
      reference('SEGMENT', segment.id, 'Locals'),
      reference('FLAG', flag.id, 'Dark'),
    ],
  });
  expect(await types(5)).toEqual(['FlagArchived', 'GoalArchived', 'SegmentArchived', 'KeyArchived']);
  const shown = await stack.ask(KeyDocument, { projectId, name: 'dark_mode', atLeast: done.cursor });
  expect(shown.key).toMatchObject({ archived: true, cursor: done.cursor });
});

test('all or none: what one of them meets is said of that one, and nothing is archived', async () => {
  const { key, segment, flag, goal } = all;
  const usages = [{ ...reference('FLAG', flag.id, 'Dark'), status: 'DRAFT' }];
  const inUse = await refuse(stack, ArchiveManyDocument, { items: [goal, key, segment] });
  expect(inUse).toMatchObject({ __typename: 'InUse', usages, message: expect.stringMatching(/Nothing was archived.*key "dark_mode"/) });
  const stale = await refuse(stack, ArchiveManyDocument, { items: [flag, { ...goal, expectedVersion: 9 }] });
  expect(stale).toMatchObject({ __typename: 'Stale', currentVersion: 1 });
  const missing = await refuse(stack, ArchiveManyDocument, { items: [flag, { id: 'shop/config/missing' }] });
  expect(missing).toMatchObject({ __typename: 'NotFound', kind: 'CONFIG', entityId: 'missing' });
});

test.each([0, 101])('%i items are refused with the number allowed', async (count) => {
  const items = Array.from({ length: count }, () => all.goal);
  const problems = [{ path: 'items', message: `It must be 1 to 100 items, not ${count}.` }];
  expect(await refuse(stack, ArchiveManyDocument, { items })).toMatchObject({ __typename: 'InvalidInput', problems });
});

test('what cannot be archived is no kind of item', async () => {
  for (const [id, kind] of [
    ['shop', 'a project'],
    ['shop/exclusivity', 'an exclusivity'],
    ['shop/holdout/h1', 'a holdout'],
  ] as const) {
    const problems = [{ path: 'items[1].id', message: `It must be the \`id\` of something that can be archived, which ${kind} cannot.` }];
    expect(await refuse(stack, ArchiveManyDocument, { items: [all.goal, { id }] })).toMatchObject({ problems });
  }
});

test('A1 a repetition answers what the first did, also when one has come back since, and appends nothing', async () => {
  const input = { items: [all.goal, all.flag], commandId: 'c-1' };
  const first = await accept(stack, ArchiveManyDocument, input);
  await accept(stack, RestoreGoalDocument, { id: all.goal.id });
  const events = await stack.events();
  expect(await accept(stack, ArchiveManyDocument, input)).toEqual(first);
  expect(await stack.events()).toEqual(events);
  const other = { items: [all.goal], commandId: 'c-1' };
  expect(await refuse(stack, ArchiveManyDocument, other)).toMatchObject({ __typename: 'CommandIdReused' });
});

test('A3 what is archived already, or named twice, stays so', async () => {
  await accept(stack, ArchiveManyDocument, { items: [all.goal, all.goal] });
  const events = await stack.events();
  expect(await types(5)).toEqual(['GoalArchived']);
  expect(await accept(stack, ArchiveManyDocument, { items: [all.goal] })).toMatchObject({ items: [{ kind: 'GOAL', name: 'Buys' }] });
  expect(await stack.events()).toEqual(events);
});

test('while the read model is behind, it is Accepted, and in a project that is not there it is refused', async () => {
  await stack.projector.stop();
  const { archiveMany } = await stack.ask(ArchiveManyDocument, { input: { projectId, items: [all.goal] } });
  expect(archiveMany).toEqual({ __typename: 'Accepted', cursor: expect.any(String), entity: reference('GOAL', all.goal.id, 'Buys') });
  const missing = await refuse(stack, ArchiveManyDocument, { projectId: 'missing', items: [{ id: 'missing/goal/x' }] });
  expect(missing).toMatchObject({ __typename: 'NotFound', kind: 'PROJECT' });
});

test('A7: a creator archives two flags as he may one, and nothing that is an admin’s', async () => {
  await accept(stack, CreateKeyDocument, { name: 'title', type: 'BOOLEAN', defaultValue: false });
  const other = await accept(stack, CreateFlagDocument, { name: 'Title', key: 'title', rows: [] });
  const by = { roles: { shop: ['creator'] as const } };
  const input = { projectId, items: [all.flag, all.key] };
  const before = (await stack.events()).length;
  expect(await stack.fail(ArchiveManyDocument, { input }, by)).toEqual({
    code: 'FORBIDDEN',
    message: 'To write set-up in "shop" takes the role admin, which this token does not have.',
  });
  expect(await stack.events()).toHaveLength(before);
  await accept(stack, ArchiveManyDocument, { items: [all.flag, { id: other.id }] }, by);
  expect(await types(before)).toEqual(['FlagArchived', 'FlagArchived']);
});
