import 'reflect-metadata';
import fc from 'fast-check';
import { nodesOf, type RuleNode } from '../../schema/rule-nodes';
import { normalizeRule } from '../../src/domain/rule-check';
import { ruleText } from '../../src/domain/rule-words';
import { arbitraryRule } from '../domain/arbitrary-rule';
import { localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { Stack } from '../fixtures/stack';
import {
  ArchiveFlagDocument,
  ArchiveSegmentDocument,
  CloneSegmentDocument,
  CreateFlagDocument,
  CreateKeyDocument,
  CreateSegmentDocument,
  EditSegmentDocument,
  RestoreSegmentDocument,
  SegmentDocument,
  SegmentUsagesDocument,
  type CreateSegmentInput,
  type RuleInput,
} from '../generated/operations';

const projectId = 'shop';
const IN_NEW_YORK: RuleInput = {
  all: [
    { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } },
    { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } },
    { did: { event: 'Purchase', count: { atLeast: 3 }, window: { lastDays: 30 } } },
  ],
};

let stack: Stack;
beforeEach(async () => (stack = await Stack.start({ limits: { segments: 3 } })));
afterEach(() => stack.stop());

const input = (given: Partial<CreateSegmentInput> = {}) => ({ name: 'New Yorkers', rule: IN_NEW_YORK, ...given });
const created = (given?: Partial<CreateSegmentInput>) => accept(stack, CreateSegmentDocument, input(given));
const notCreated = (given?: Partial<CreateSegmentInput>) => refuse(stack, CreateSegmentDocument, input(given));
const invalid = (path: string, message: RegExp) => ({
  __typename: 'InvalidInput',
  code: 'INVALID_INPUT',
  problems: [{ path, message: expect.stringMatching(message) }],
});

test('a segment is what was said, with its rule in plain words', async () => {
  const segment = await created({ description: 'Who buys' });
  expect(segment).toMatchObject({
    projectId,
    name: 'New Yorkers',
    description: 'Who buys',
    archived: false,
    version: 1,
    createdBy: { subject: 'alice' },
  });
  expect(segment.rule).toEqual(IN_NEW_YORK);
  expect(segment.ruleText).toBe('country is US and city is New York and did *Purchase* at least 3 times in the last 30 days');
  const shown = await stack.ask(SegmentDocument, { projectId, id: segment.id, atLeast: segment.cursor });
  expect(shown.segment).toEqual({ ...segment, __typename: undefined });
});

const NODES = `query ($id: ID!) { segment(id: $id) { ruleNodes { path parent kind text
  property { name operator value values from to text }
  event { name count { atLeast atMost exactly includeZero } window { lastDays from to ever } filters { name operator value values from to } } } } }`;

test('a rule is read node by node, typed, each node after the one that it is below', async () => {
  const { id } = await created({ rule: { any: [IN_NEW_YORK, { not: { property: { name: 'plan', operator: 'EXISTS' } } }] } });
  const { segment } = await stack.ask<{ segment: { ruleNodes: RuleNode[] } }>(NODES, { id });
  expect(segment.ruleNodes.map(({ path, parent, kind }) => [path, parent, kind])).toEqual([
    ['rule', null, 'ANY'],
    ['rule.any[0]', 0, 'ALL'],
    ['rule.any[0].all[0]', 1, 'PROPERTY'],
    ['rule.any[0].all[1]', 1, 'PROPERTY'],
    ['rule.any[0].all[2]', 1, 'DID'],
    ['rule.any[1]', 0, 'NOT'],
    ['rule.any[1].not', 5, 'PROPERTY'],
  ]);
  expect(segment.ruleNodes[2]).toMatchObject({
    text: 'country is US',
    property: { name: 'geo.country', operator: 'EQUALS', value: 'US', values: null, from: null, to: null, text: 'country is US' },
    event: null,
  });
  const none = { atMost: null, exactly: null, includeZero: null };
  expect(segment.ruleNodes[4]?.event).toEqual({
    name: 'Purchase',
    count: { atLeast: 3, ...none },
    window: { lastDays: 30, from: null, to: null, ever: null },
    filters: [],
  });
});

/** The rule that nodes are. */
function ruleFrom(nodes: readonly RuleNode[], at = 0): unknown {
  const { kind, property, event } = nodes[at]!;
  const below = nodes.flatMap(({ parent }, index) => (parent === at ? [ruleFrom(nodes, index)] : []));
  if (kind === 'not') return { not: below[0] };
  if (event === null) return { [kind]: property ?? below };
  const { name, window, filters, ...count } = event as typeof event & { readonly window: object };
  return {
    [kind]: { event: name, ...count, window: 'from' in window ? { between: window } : window, ...(filters.length > 0 && { filters }) },
  };
}

test('the nodes of any rule say all of it', () => {
  fc.assert(fc.property(arbitraryRule, (rule) => expect(ruleFrom(nodesOf(normalizeRule(rule)))).toEqual(normalizeRule(rule))));
});

test('a segment that is not there is null, also in a project that is not there', async () => {
  expect(await stack.ask(SegmentDocument, { projectId, id: 'shop/segment/missing' })).toEqual({ segment: null });
  expect(await stack.ask(SegmentDocument, { projectId: 'no-such-project', id: 'no-such-project/segment/missing' })).toEqual({
    segment: null,
  });
});

test('every valid rule goes in, comes out as it is stored, and goes in again and changes nothing', async () => {
  const { id } = await created();
  await fc.assert(
    fc.asyncProperty(arbitraryRule, async (rule) => {
      const segment = await accept(stack, EditSegmentDocument, { id, rule: rule as RuleInput });
      expect(segment.rule).toEqual(normalizeRule(rule));
      expect(segment.ruleText).toBe(ruleText(rule));
      const again = await accept(stack, EditSegmentDocument, { id, rule: segment.rule as RuleInput });
      expect(again.version).toBe(segment.version);
    }),
    { numRuns: 60 },
  );
});

test('a rule can be written into the document itself', async () => {
  const answer = await stack.ask<{ createSegment: { ruleText: string } }>(`mutation {
    createSegment(input: { projectId: "shop", name: "A", rule: { any: [
      { property: { name: "app.version", operator: VERSION_AT_LEAST, value: "2.10" } }
      { not: { property: { name: "n", operator: IN, values: [1, true, "x"] } } }
      { didNot: { event: "Open", window: { between: { from: "2026-01-01", to: "2026-02-01" } } } }
    ] } }) { ... on Segment { ruleText } }
  }`);
  expect(answer.createSegment.ruleText).toBe(
    'app version is 2.10 or later or not (n is one of 1, true, x) or did not do *Open* between 2026-01-01 and 2026-02-01',
  );
});

const nots = (levels: number): RuleInput => (levels === 1 ? { property: { name: 'a', operator: 'EXISTS' } } : { not: nots(levels - 1) });

test('S2 a rule nested 8 deep is taken, 9 deep refused where it is, and 140 deep refused too', async () => {
  expect((await created({ rule: nots(8) })).version).toBe(1);
  const message = /at most 8 levels deep/;
  expect(await notCreated({ rule: nots(9) })).toMatchObject(invalid('rule.not.not.not.not.not.not.not.not', message));
  expect(await notCreated({ rule: { all: [nots(8)] } })).toMatchObject(invalid('rule.all[0].not.not.not.not.not.not.not', message));
  expect(await notCreated({ rule: nots(140) })).toMatchObject(invalid('rule', message));
});

test.each([
  ['an operator that takes something', { property: { name: 'a', operator: 'EQUALS' } }, 'rule.property.value', /must be given/],
  ['null, which is nothing', { property: { name: 'a', operator: 'EQUALS', value: null } }, 'rule.property.value', /NOT_EXISTS/],
  ['a reserved name', { property: { name: '__proto__', operator: 'EXISTS' } }, 'rule.property.name', /__proto__/],
  ['a pattern that RE2 lacks', { property: { name: 'a', operator: 'MATCHES', value: '(?=a)' } }, 'rule.property.value', /RE2/],
  [
    'a day that there is not',
    { property: { name: 'a', operator: 'LESS', value: '2026-02-30' } },
    'rule.property.value',
    /date that exists/,
  ],
  ['half a character', { property: { name: 'a', operator: 'EQUALS', value: '\ud800' } }, 'rule.property.value', /surrogate/],
  ['no condition at all', { all: [] }, 'rule.all', /at least one/],
  ['two counts', { did: { event: 'e', count: { atLeast: 1, exactly: 2 }, window: { ever: true } } }, 'rule.did.count', /exactly one of/],
  [
    'zero elsewhere',
    { did: { event: 'e', count: { exactly: 2, includeZero: true }, window: { ever: true } } },
    'rule.did.count.includeZero',
    /only atMost/,
  ],
  ['not ever', { did: { event: 'e', window: { ever: false } } }, 'rule.did.window.ever', /must be true/],
  [
    'an empty time',
    { didNot: { event: 'e', window: { between: { from: '2026-01-01', to: '2026-01-01' } } } },
    'rule.didNot.window.between.to',
    /after/,
  ],
])('S2 %s is refused where it is', async (_what, rule, path, message) => {
  expect(await notCreated({ rule: rule as RuleInput })).toMatchObject(invalid(path, message));
});

test.each([
  ['no member', {}, /Exactly one key must be specified for OneOf type "RuleInput"/],
  ['two members', { all: [], not: nots(1) }, /Exactly one key must be specified for OneOf type "RuleInput"/],
  ['a member that is null', { not: null }, /Field "not" must be non-null/],
  ['a member that is not known', { none: [] }, /Field "none" is not defined by type "RuleInput"/],
  ['an operator that there is not', { property: { name: 'a', operator: 'LIKE', value: 'b' } }, /"LIKE" does not exist in "Operator" enum/],
  [
    'two windows',
    { did: { event: 'e', window: { ever: true, lastDays: 3 } } },
    /Exactly one key must be specified for OneOf type "WindowInput"/,
  ],
  ['no window', { did: { event: 'e' } }, /Field "window" of required type "WindowInput!" was not provided/],
])('%s is an error that says what is allowed', async (_what, rule, message) => {
  const { errors = [] } = await stack.run(CreateSegmentDocument, { input: { projectId, ...input({ rule: rule as RuleInput }) } });
  expect(errors.map((error) => error.message)).toContainEqual(expect.stringMatching(message));
  expect(await stack.events()).toHaveLength(1);
});

test('S1 a name is taken whatever its case, and AlreadyExists says by which', async () => {
  const { id } = await created();
  const existing = { kind: 'SEGMENT', nodeId: id, name: 'New Yorkers' };
  expect(await notCreated({ name: '  NEW yorkers ' })).toMatchObject({ __typename: 'AlreadyExists', existing });
});

test('a name or description that is not allowed is refused where it is', async () => {
  expect(await notCreated({ name: 'tab\there' })).toMatchObject(invalid('name', /control characters/));
  expect(await notCreated({ description: 'x'.repeat(2_001) })).toMatchObject(invalid('description', /2,000/));
});

test('an edit names what it changes; what is left out stays', async () => {
  const { id } = await created({ description: 'Who buys' });
  const edited = await accept(stack, EditSegmentDocument, { id, name: 'Locals', expectedVersion: 1 });
  expect(edited).toMatchObject({ name: 'Locals', description: 'Who buys', rule: IN_NEW_YORK, version: 2 });
});

test('S4 a clone is a segment of its own, named by count or as given', async () => {
  const { id, rule } = await created({ description: 'Who buys' });
  const first = await accept(stack, CloneSegmentDocument, { id });
  expect(first).toMatchObject({ name: 'New Yorkers (copy)', description: 'Who buys', rule, version: 1, archived: false });
  expect(first.id).not.toBe(id);
  expect(await refuse(stack, CloneSegmentDocument, { id, name: 'new yorkers' })).toMatchObject({ __typename: 'AlreadyExists' });
  expect(await refuse(stack, CloneSegmentDocument, { id, expectedVersion: 7 })).toMatchObject({ __typename: 'Stale', currentVersion: 1 });
  expect(await refuse(stack, CloneSegmentDocument, { id: 'shop/segment/missing' })).toMatchObject({
    __typename: 'NotFound',
    kind: 'SEGMENT',
  });
  expect(await accept(stack, CloneSegmentDocument, { id, name: 'Miami' })).toMatchObject({ name: 'Miami', rule });
  expect(await refuse(stack, CloneSegmentDocument, { id })).toMatchObject({ __typename: 'LimitReached', limit: 3 });
  expect(await notCreated({ name: 'One more' })).toMatchObject({ __typename: 'LimitReached', limit: 3 });
});

test('S5 a segment in use says by whom, and cannot be archived', async () => {
  const { id } = await created();
  await accept(stack, CreateKeyDocument, { name: 'dark_mode', type: 'BOOLEAN', defaultValue: false });
  const rows = [{ segmentId: id, percentage: 100, value: true }];
  const flag = await accept(stack, CreateFlagDocument, { name: 'Dark', key: 'dark_mode', rows });
  const usages = [{ kind: 'FLAG', entityId: localId(flag.id), nodeId: flag.id, name: 'Dark', status: 'DRAFT' }];
  expect((await stack.ask(SegmentUsagesDocument, { projectId, id })).segment?.usedBy).toEqual(usages);
  expect(await refuse(stack, ArchiveSegmentDocument, { id })).toMatchObject({ __typename: 'InUse', usages });
  await accept(stack, ArchiveFlagDocument, { id: flag.id });
  expect((await stack.ask(SegmentUsagesDocument, { projectId, id })).segment?.usedBy).toEqual([]);
  expect(await accept(stack, ArchiveSegmentDocument, { id })).toMatchObject({ archived: true });
});

test('S5 what is archived is not edited, and comes back while its name is free and there is room', async () => {
  const { id } = await created();
  expect(await accept(stack, ArchiveSegmentDocument, { id })).toMatchObject({ archived: true, version: 2 });
  expect(await refuse(stack, EditSegmentDocument, { id, name: 'X' })).toMatchObject({
    __typename: 'IllegalState',
    message: expect.stringMatching(/Restore it/),
  });
  const other = await created({ name: 'new yorkers' });
  expect(await refuse(stack, RestoreSegmentDocument, { id })).toMatchObject({
    __typename: 'AlreadyExists',
    existing: { nodeId: other.id },
  });
  await accept(stack, EditSegmentDocument, { id: other.id, name: 'Others' });
  for (const name of ['B', 'C']) await created({ name });
  expect(await refuse(stack, RestoreSegmentDocument, { id })).toMatchObject({ __typename: 'LimitReached', limit: 3 });
  await accept(stack, ArchiveSegmentDocument, { id: other.id });
  expect(await accept(stack, RestoreSegmentDocument, { id })).toMatchObject({ archived: false, version: 3, name: 'New Yorkers' });
});
