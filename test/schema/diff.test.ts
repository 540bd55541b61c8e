import { cursorOf, encodeCursor } from '../../src/domain/cursor';
import type { Envelope } from '../../src/domain/event';
import { localId } from '../fixtures/ids';
import { accept } from '../fixtures/mutation';
import { IN_MIAMI, setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import * as operations from '../generated/operations';

let stack: Stack;
let segment: string;
let flag: string;
let events: readonly Envelope[];
beforeAll(async () => {
  stack = await Stack.start();
  const { keys, segment: createSegment } = setUp(stack);
  await keys(['price', 'size']);
  segment = await createSegment('New York');
  const row = { segmentId: segment, percentage: 10, value: 5 };
  flag = (await accept(stack, operations.CreateFlagDocument, { name: 'Cheap', key: 'price', rows: [row] })).id;
  await accept(stack, operations.EditSegmentDocument, { id: segment, rule: IN_MIAMI, description: 'x' });
  await accept(stack, operations.EditKeyDocument, { name: 'price', defaultValue: 4 });
  await accept(stack, operations.EditKeyDocument, { name: 'price', defaultValue: 3 });
  await accept(stack, operations.EnableExclusivityDocument, {});
  await accept(stack, operations.EditFlagDocument, { id: flag, rows: [{ row: 'r1', ...row, percentage: 20 }] });
  await accept(stack, operations.ArchiveFlagDocument, { id: flag });
  await accept(stack, operations.EditProjectDocument, { name: 'Store' });
  events = await stack.events();
});
afterAll(() => stack.stop());

const diff = async (from: operations.AsOfInput, to: operations.AsOfInput, more: { first?: number; after?: string | null } = {}) => {
  const { diff: found } = await stack.ask(operations.DiffDocument, { projectId: 'shop', from, to, ...more });
  if (!found) throw new Error('there is no such project');
  return found;
};

test('everything that differs, thing by thing and field by field, and nothing that was changed and changed back', async () => {
  const { nodes, totalCount, from, to, toTime } = await diff({ revision: 4 }, { revision: events.length - 1 });
  expect(nodes).toEqual([
    {
      entity: { kind: 'PROJECT', entityId: 'shop', nodeId: 'shop', name: 'Store' },
      change: 'CHANGED',
      versionBefore: 1,
      versionAfter: 2,
      changes: [{ path: 'name', kind: 'CHANGED', before: 'Shop', after: 'Store' }],
    },
    {
      entity: { kind: 'SEGMENT', entityId: localId(segment), nodeId: segment, name: 'New York' },
      change: 'CHANGED',
      versionBefore: 1,
      versionAfter: 3,
      changes: [
        { path: 'description', kind: 'CHANGED', before: '', after: 'x' },
        { path: 'rule.property.value', kind: 'CHANGED', before: 'New York', after: 'Miami' },
      ],
    },
    {
      entity: { kind: 'EXCLUSIVITY', entityId: 'exclusivity', nodeId: 'shop/exclusivity', name: 'Mutually exclusive A/B tests' },
      change: 'CHANGED',
      versionBefore: 0,
      versionAfter: 1,
      changes: [{ path: 'enabled', kind: 'CHANGED', before: false, after: true }],
    },
    {
      entity: { kind: 'FLAG', entityId: localId(flag), nodeId: flag, name: 'Cheap' },
      change: 'ARCHIVED',
      versionBefore: 1,
      versionAfter: 3,
      changes: [
        { path: 'rows[r1].percentage', kind: 'CHANGED', before: 10, after: 20 },
        { path: 'status', kind: 'CHANGED', before: 'DRAFT', after: 'ARCHIVED' },
        { path: 'archivedFrom', kind: 'CHANGED', before: null, after: 'DRAFT' },
      ],
    },
  ]);
  expect([totalCount, from, to]).toEqual([4, encodeCursor(cursorOf(events[4]!)), encodeCursor(cursorOf(events.at(-1)!))]);
  expect(toTime).toBe(new Date(events.at(-1)!.occurredAt).toISOString());
});

test('the other way round is the same with before and after changed', async () => {
  const forth = await diff({ revision: 4 }, { revision: events.length - 1 });
  const back = await diff({ time: '2999-01-01T00:00:00Z' }, { cursor: encodeCursor(cursorOf(events[4]!)) });
  expect(back.nodes.map(({ entity }) => entity.nodeId)).toEqual(forth.nodes.map(({ entity }) => entity.nodeId));
  expect(back.nodes.map(({ change }) => change)).toEqual(['CHANGED', 'CHANGED', 'CHANGED', 'RESTORED']);
  expect(back.nodes[1]?.changes[1]).toEqual({ path: 'rule.property.value', kind: 'CHANGED', before: 'Miami', after: 'New York' });
});

test('what is there at one point only is CREATED, or ABSENT the other way round', async () => {
  const created = await diff({ revision: 0 }, { revision: 1 });
  expect(created.nodes).toEqual([
    {
      entity: { kind: 'KEY', entityId: 'price', nodeId: 'shop/key/price', name: 'price' },
      change: 'CREATED',
      versionBefore: null,
      versionAfter: 1,
      changes: expect.arrayContaining([{ path: 'defaultValue', kind: 'ADDED', before: null, after: 3 }]),
    },
  ]);
  const [absent] = (await diff({ revision: 1 }, { revision: 0 })).nodes;
  expect(absent).toMatchObject({ entity: { name: 'price' }, change: 'ABSENT', versionBefore: 1, versionAfter: null });
});

test('a point and itself do not differ', async () => {
  expect(await diff({ revision: 5 }, { revision: 5 })).toMatchObject({
    totalCount: 0,
    nodes: [],
    pageInfo: { hasNextPage: false, endCursor: null },
  });
});

test('it comes in pages, which go on only between the same points', async () => {
  const whole = await diff({ revision: 0 }, { revision: 11 });
  const met = [];
  for (let after: string | null = null, more = true; more;) {
    const page: typeof whole = await diff({ revision: 0 }, { revision: 11 }, { first: 2, after });
    met.push(...page.nodes);
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  expect(met).toEqual(whole.nodes);
  expect(met).toHaveLength(whole.totalCount);
  const { endCursor } = (await diff({ revision: 0 }, { revision: 11 }, { first: 1 })).pageInfo;
  const fail = (more: object) =>
    stack.fail(operations.DiffDocument, { projectId: 'shop', from: { revision: 0 }, to: { revision: 10 }, ...more });
  expect(await fail({ after: endCursor })).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('between other points') });
  for (const after of ['x', 'W10', '']) expect((await fail({ after })).message).toContain('is no `endCursor` of a diff');
  expect((await fail({ first: 501 })).message).toContain('must be from 0 to 500, not 501');
});

test('a page that grows large ends early, and the next goes on from there', async () => {
  const { keys } = setUp(stack);
  const names = Array.from({ length: 40 }, (_, at) => `large_${at}`);
  await keys(names, 'STRING');
  const last = (await stack.events()).length - 1;
  for (const name of names) await accept(stack, operations.EditKeyDocument, { name, defaultValue: 'x'.repeat(32_000) });
  const end = (await stack.events()).length - 1;
  const page = await diff({ revision: last }, { revision: end });
  expect(page.totalCount).toBe(40);
  expect(page.nodes.length).toBeLessThan(40);
  const rest = await diff({ revision: last }, { revision: end }, { after: page.pageInfo.endCursor });
  expect([...page.nodes, ...rest.nodes].map(({ entity }) => entity.name)).toEqual(names);
});

test('a point that is not there is reported by its name, and a project that is not there is null', async () => {
  const fail = (from: operations.AsOfInput, to: operations.AsOfInput) =>
    stack.fail(operations.DiffDocument, { projectId: 'shop', from, to });
  expect((await fail({ revision: 0 }, { revision: 9_999 })).message).toContain('has no revision 9999');
  expect((await fail({ revision: -1 }, { revision: 0 })).message).toContain('`from.revision` must be 0 or more');
  const foreign = encodeCursor({ ...cursorOf(events[0]!), projectId: 'bank' });
  expect((await fail({ revision: 0 }, { cursor: foreign })).message).toContain('`to.cursor` is a cursor of the project "bank"');
  const nowhere = { projectId: 'nowhere', from: { revision: 0 }, to: { revision: 1 } };
  expect(await stack.fail(operations.DiffDocument, nowhere)).toMatchObject({ code: 'NOT_FOUND' });
});
