import { getNamedType, isObjectType } from 'graphql';
import { globalId, localId } from '../fixtures/ids';
import { setUp } from '../fixtures/set-up';
import { schema, Stack, type By } from '../fixtures/stack';

let stack: Stack;
let segment: string;
let flag: string;
beforeAll(async () => {
  stack = await Stack.start();
  await stack.ask('mutation { createProject(input: { projectId: "bank", name: "Bank" }) { __typename } }');
  await setUp(stack).keys(['size']);
  segment = await setUp(stack).segment('Visitors');
  const document =
    'mutation ($s: ID!) { it: createFlag(input: { projectId: "shop", name: "Big", key: "size", rows: [{ segmentId: $s, value: 1 }] }) { ... on Flag { id } } }';
  flag = (await stack.ask<{ it: { id: string } }, object>(document, { s: segment })).it.id;
});
afterAll(() => stack.stop());

/** What cannot be meant, with the path in the input of a mutation and the words of the answer. */
const WRONG_IN_A_MUTATION: readonly (readonly [what: string, input: () => object, path: string, problem: string])[] = [
  ['the id of another kind', () => ({ id: segment }), 'id', 'must be the `id` of a flag: it is that of a segment'],
  ['the id of a project', () => ({ projectId: 'shop', id: 'shop' }), 'id', 'must be the `id` of a flag: it is that of a project'],
  ['the id of the setting', () => ({ id: 'shop/exclusivity' }), 'id', 'must be the `id` of a flag: it is that of an exclusivity'],
  ['a local id', () => ({ id: localId(flag) }), 'id', "not a project's or a local id such as"],
  ['a local id beside its project', () => ({ projectId: 'shop', id: localId(flag) }), 'id', "not a project's or a local id such as"],
  ['an id of another project', () => ({ projectId: 'shop', id: 'bank/flag/x' }), 'id', 'must be of the project "shop": it is of "bank"'],
  ['the id of a past point', () => ({ id: `${flag}@2` }), 'id', 'must not end with "@2": that is the thing as it was then'],
  ['no id at all', () => ({ id: '' }), 'id', 'must be an `id` as this API gave it, not ""'],
  ['an id of a kind that there is not', () => ({ id: 'shop/widget/x' }), 'id', 'must be an `id` as this API gave it'],
  ['an id with more parts', () => ({ id: `${flag}/rows` }), 'id', 'must be an `id` as this API gave it'],
  ['an id of a revision that is no number', () => ({ id: `${flag}@-1` }), 'id', 'must be an `id` as this API gave it'],
  ['a setting with a local id', () => ({ id: 'shop/exclusivity/x' }), 'id', 'must be an `id` as this API gave it'],
  ['a long text', () => ({ id: 'x/'.repeat(100_000) }), 'id', 'must be an `id` as this API gave it'],
  [
    'another project than that of the segment',
    () => ({ id: flag, rows: [{ segmentId: 'bank/segment/x', value: 1 }] }),
    'rows[0].segmentId',
    'must be of the project "shop"',
  ],
  [
    'a key for a segment',
    () => ({ id: flag, rows: [{ value: 1 }, { segmentId: 'shop/key/size', value: 1 }] }),
    'rows[1].segmentId',
    'must be the `id` of a segment: it is that of a key',
  ],
  [
    'a segment of the past',
    () => ({ id: flag, rows: [{ segmentId: `${segment}@1`, value: 1 }] }),
    'rows[0].segmentId',
    'must not end with "@1"',
  ],
];

test.each(WRONG_IN_A_MUTATION)('a mutation refuses %s, and says where', async (_what, input, path, problem) => {
  const read = jest.spyOn(stack.store, 'read');
  const before = (await stack.events()).length;
  read.mockClear();
  const document =
    'mutation ($input: EditFlagInput!) { it: editFlag(input: $input) { __typename ... on InvalidInput { problems { path message } } } }';
  const { it } = await stack.ask<{ it: object }, object>(document, { input: input() });
  expect(read).not.toHaveBeenCalled();
  expect(it).toEqual({ __typename: 'InvalidInput', problems: [{ path, message: expect.stringContaining(problem) as string }] });
  read.mockRestore();
  expect(await stack.events()).toHaveLength(before);
});

const WRONG_IN_A_QUERY: readonly (readonly [what: string, selection: () => string, message: string])[] = [
  ['an id of another kind', () => `flag(id: "${segment}") { id }`, '`id` must be the `id` of a flag: it is that of a segment.'],
  [
    'an id of another project',
    () => `flag(projectId: "bank", id: "${flag}") { id }`,
    '`id` must be of the project "bank": it is of "shop".',
  ],
  ['an id of the past', () => `flag(id: "${flag}@2") { id }`, 'must not end with "@2"'],
  ['a project of the past', () => 'project(id: "shop@2") { id }', 'must not end with "@2"'],
  ['a flag for a project', () => `project(id: "${flag}") { id }`, '`id` must be the `id` of a project: it is that of a flag.'],
  [
    'an id of another project below a project',
    () => 'project(id: "bank") { flag(id: "shop/flag/x") { id } }',
    'must be of the project "bank"',
  ],
  [
    'an id of another point below `asOf`',
    () => `project(id: "shop", asOf: { revision: 3 }) { flag(id: "${flag}@2") { id } }`,
    'must not end with "@2"',
  ],
  ['a key by nothing', () => 'key { id }', '`id` must be given, or `projectId`'],
  ['a key by its name alone', () => 'key(name: "size") { id }', '`id` must be given, or `projectId`'],
  ['a key by its project alone', () => 'key(projectId: "shop") { id }', '`id` must be given, or `projectId` and `name`.'],
  ['a key by two names', () => 'key(id: "shop/key/size", name: "width") { id }', '`name` must be the name of the key that `id` is of'],
  [
    'a history about another project',
    () => 'history(projectId: "shop", entity: { id: "bank/key/x" }) { totalCount }',
    '`entity.id` must be of the project "shop"',
  ],
  [
    'a history about one thing of two kinds',
    () => `history(projectId: "shop", entity: { kind: KEY, id: "${flag}" }) { totalCount }`,
    '`entity.id` must be the `id` of a key: it is that of a flag',
  ],
  ['a history about nothing', () => 'history(projectId: "shop", entity: {}) { totalCount }', '`entity` must have a `kind` or an `id`'],
  ['a node that is none', () => 'node(id: "shop/widget/x") { id }', '`id` must be an `id` as this API gave it'],
  ['a node of a revision that there is not', () => 'node(id: "shop/key/size@9999") { id }', 'has no revision 9999'],
];

test.each(WRONG_IN_A_QUERY)('a query refuses %s, and says why', async (_what, selection, message) => {
  expect(await stack.fail(`{ ${selection()} }`)).toEqual({ code: 'BAD_REQUEST', message: expect.stringContaining(message) as string });
});

test('a subscription refuses an id of another project, and one of another kind than the one beside it', async () => {
  for (const [args, message] of [
    ['id: "bank/key/size"', 'must be of the project "shop"'],
    ['entity: FLAG, id: "shop/key/size"', 'must be the `id` of a flag: it is that of a key'],
  ] as const) {
    const result = await stack.subscribe(`subscription { changes(projectId: "shop", ${args}) { __typename } }`);
    expect('errors' in result ? result.errors?.[0]?.message : undefined).toContain(message);
  }
});

test('an id is all that it takes to name a thing, and the same below the point of time that it is of', async () => {
  const { revision } = (await stack.events()).at(-1)!;
  const fields = '{ __typename id ... on Entity { projectId version } }';
  const ids = ['shop', 'shop/exclusivity', 'shop/key/size', segment, flag];
  for (const id of ids) {
    const { node } = await stack.ask<{ node: object }>(`{ node(id: "${id}") ${fields} }`);
    expect(node).toMatchObject({ id, projectId: 'shop' });
    const then = `${id}@${revision}`;
    expect(await stack.ask(`{ node(id: "${then}") ${fields} }`)).toEqual({ node: { ...node, id: then } });
  }
  const below = `{ project(id: "shop", asOf: { revision: ${revision} }) { a: flag(id: "${flag}") { id } b: flag(id: "${flag}@${revision}") { id } } }`;
  expect(await stack.ask(below)).toEqual({ project: { a: { id: `${flag}@${revision}` }, b: { id: `${flag}@${revision}` } } });
  expect(await stack.ask('{ node(id: "shop/flag/none") { id } other: node(id: "none") { id } }')).toEqual({ node: null, other: null });
});

test('the rights are asked in the project of the id, and those of the history for the past', async () => {
  const as = (role: string): By => ({ roles: { shop: [role as 'member'] } });
  const past = `{ node(id: "${flag}@3") { id } }`;
  expect((await stack.fail(past, {}, as('analyst'))).code).toBe('FORBIDDEN');
  expect(await stack.ask(past, {}, as('member'))).toMatchObject({ node: { id: `${flag}@3` } });
  expect((await stack.fail('{ node(id: "shop/key/size") { id } }', {}, as('analyst'))).code).toBe('FORBIDDEN');
  expect(await stack.ask('{ node(id: "shop") { id } }', {}, as('analyst'))).toEqual({ node: { id: 'shop' } });
  expect((await stack.fail('{ key(id: "bank/key/x") { id } }', {}, as('admin'))).code).toBe('FORBIDDEN');
  const edit = 'mutation { editFlag(input: { id: "bank/flag/x", name: "y" }) { __typename } }';
  expect((await stack.fail(edit, {}, as('admin'))).code).toBe('FORBIDDEN');
});

test('only what is unique under its id has one: things of a project, events, actors, sessions and generations of read models', () => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const withId = types.filter((type) => type.getFields()['id'] !== undefined && !type.getInterfaces().some(({ name }) => name === 'Node'));
  expect(withId.map(({ name }) => name).sort()).toEqual(['Actor', 'LedgerEvent', 'ReadModelGeneration', 'Session']);
  for (const type of types) {
    for (const field of Object.values(type.getFields()))
      if (/^(id|nodeId)$/.test(field.name)) expect(getNamedType(field.type).name).toBe('ID');
  }
});

test('what events, refusals and usages name can be asked for', async () => {
  const { segment: used } = await stack.ask<{ segment: { usedBy: { kind: string; entityId: string; nodeId: string }[] } }>(
    `{ segment(id: "${segment}") { usedBy { kind entityId nodeId } } }`,
  );
  expect(used.usedBy).toEqual([{ kind: 'FLAG', entityId: localId(flag), nodeId: flag }]);
  const { history } = await stack.ask<{ history: { nodes: { event: { entity: { nodeId: string } } }[] } }>(
    '{ history(projectId: "shop") { nodes { event { entity { nodeId } } } } }',
  );
  for (const { event } of history.nodes) {
    expect(await stack.ask(`{ node(id: "${event.entity.nodeId}") { id } }`)).toEqual({ node: { id: event.entity.nodeId } });
  }
  expect(history.nodes.map(({ event }) => event.entity.nodeId)).toContain(globalId('key', 'size'));
});
