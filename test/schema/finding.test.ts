import { ROLES } from '../../src/application/caller';
import { Stack, type By } from '../fixtures/stack';

let stack: Stack;
beforeAll(async () => (stack = await Stack.start({ limits: { keys: 9, runningExperiments: 3 } })));
afterAll(() => stack.stop());

const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'NO' } };

async function create(kind: string, input: object, by?: By): Promise<string> {
  const document = `mutation ($input: Create${kind}Input!) { made: create${kind}(input: $input) { ... on ${kind} { ${kind === 'Key' ? 'name' : 'id'} } ... on Refusal { message } } }`;
  const { made } = await stack.ask<{ made: { id?: string; name?: string } }>(document, { input: { projectId: 'shop', ...input } }, by);
  return made.id ?? made.name ?? JSON.stringify(made);
}

const start = (id: string) =>
  stack.ask(
    'mutation ($id: ID!) { startExperiment(input: { projectId: "shop", id: $id, acknowledge: { noReach: true } }) { __typename } }',
    { id },
  );

let segment: string;
let goal: string;
beforeAll(async () => {
  const types = { banner: 'STRING', layout: 'STRING', price: 'NUMBER', rate: 'NUMBER', spare: 'JSON' } as const;
  for (const [name, type] of Object.entries(types)) {
    await create('Key', { name, type, defaultValue: type === 'STRING' ? 'x' : 1 }, name === 'rate' ? { actor: 'bob' } : {});
  }
  segment = await create('Segment', { name: 'Norway', rule, description: 'Price tests there' });
  await create('Segment', { name: 'Unused', rule });
  goal = await create('Goal', { name: 'Price seen', event: 'seen' });
  await create('Flag', { name: 'Price', key: 'price', rows: [{ segmentId: segment, value: 2 }] });
  await create('Config', { name: 'Front', keys: ['banner', 'price'] });
  const variants = (key: string, value: unknown) => [
    { name: 'control', control: true, weight: 50, values: [] },
    { name: 'b', control: false, weight: 50, values: [{ key, value }] },
  ];
  const test = (name: string, key: string, value: unknown, more = {}) =>
    create('Experiment', { name, keys: [key], goalIds: [goal], variants: variants(key, value), audienceId: null, ...more });
  for (const id of [await test('One', 'price', 3), await test('Two', 'price', 4), await test('Other', 'layout', 'y')]) await start(id);
  await test('Draft', 'layout', 'z', { exclusive: true });
});

async function names(list: string, args: string, by?: By): Promise<string[]> {
  const answer = await stack.ask<Record<string, { nodes: { name: string }[] }>>(
    `{ ${list}(projectId: "shop", ${args}) { nodes { name } } }`,
    {},
    by,
  );
  return answer[list]!.nodes.map(({ name }) => name);
}

test('lists are filtered by type, creator, exact name, what is used, and what is not', async () => {
  expect(await names('keys', 'type: NUMBER')).toEqual(['price', 'rate']);
  expect(await names('keys', 'createdBy: "*/user/bob"')).toEqual(['rate']);
  expect(await names('keys', 'name: "PRICE"')).toEqual(['price']);
  expect(await names('segments', 'name: "Nor"')).toEqual([]);
  expect(await names('keys', 'unused: true')).toEqual(['rate', 'spare']);
  expect(await names('keys', 'unused: false, type: NUMBER')).toEqual(['price']);
  expect(await names('segments', 'unused: true')).toEqual(['Unused']);
  expect(await names('flags', 'uses: "shop/key/price"')).toEqual(['Price']);
  expect(await names('flags', 'uses: "shop/key/banner"')).toEqual([]);
  expect(await names('configs', 'uses: "shop/key/banner"')).toEqual(['Front']);
  expect(await names('experiments', `uses: "${goal}", status: [DRAFT]`)).toEqual(['Draft']);
  expect(await names('flags', `uses: "${segment}", search: "pri"`)).toEqual(['Price']);
});

test('below a project, and below a project as it was, the same filters answer from there', async () => {
  const below = async (args: string) => {
    const document = `{ project(id: "shop"${args}) { keys(unused: true, sort: USED_BY) { nodes { name usedByCount } totalCount } } }`;
    return (await stack.ask<{ project: { keys: object } }>(document)).project.keys;
  };
  const unused = (...all: string[]) => ({ nodes: all.map((name) => ({ name, usedByCount: 0 })), totalCount: all.length });
  expect(await below('')).toEqual(unused('rate', 'spare'));
  expect(await below(', asOf: { revision: 3 }')).toEqual(unused('banner', 'layout', 'price'));
});

test('`sort: USED_BY` orders by how many use a thing, with pages from either end, and `usedByCount` says how many', async () => {
  interface Page {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string; readonly usedByCount: number } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
  }
  const page = async (args: string) => {
    const fields = 'edges { cursor node { name usedByCount } } pageInfo { hasNextPage hasPreviousPage } totalCount';
    return (await stack.ask<{ keys: Page }>(`{ keys(projectId: "shop", sort: USED_BY, direction: DESCENDING, ${args}) { ${fields} } }`))
      .keys;
  };
  const whole = await page('first: 10');
  expect(whole.edges.map(({ node }) => [node.name, node.usedByCount])).toEqual([
    ['price', 4],
    ['layout', 2],
    ['banner', 1],
    ['spare', 0],
    ['rate', 0],
  ]);
  for (const { node } of whole.edges) {
    const { key } = await stack.ask<{ key: { usedBy: object[] } }>(`{ key(projectId: "shop", name: "${node.name}") { usedBy { name } } }`);
    expect(key.usedBy).toHaveLength(node.usedByCount);
  }
  const second = await page(`first: 2, after: "${whole.edges[1]!.cursor}"`);
  expect(second).toMatchObject({ edges: whole.edges.slice(2, 4), pageInfo: { hasNextPage: true, hasPreviousPage: true } });
  const last = await page(`last: 2, before: "${whole.edges[4]!.cursor}"`);
  expect(last.edges).toEqual(whole.edges.slice(2, 4));
});

test('a search goes over all kinds: the exact name first, and what is archived last of its like', async () => {
  interface Hit {
    readonly kind: string;
    readonly name: string;
  }
  const search = async (text: string, first = 20) => {
    const document =
      'query ($text: String!, $first: Int!) { search(projectId: "shop", text: $text, first: $first) { hits { kind name archived status } totalCount } }';
    return (await stack.ask<{ search: { hits: Hit[]; totalCount: number } }>(document, { text, first })).search;
  };
  expect((await search('price')).hits.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'KEY price',
    'FLAG Price',
    'GOAL Price seen',
    'SEGMENT Norway',
  ]);
  expect(await search('PRICE', 1)).toMatchObject({ hits: [{ kind: 'KEY', name: 'price', archived: false, status: null }], totalCount: 4 });
  expect((await search('one')).hits).toEqual([{ kind: 'EXPERIMENT', name: 'One', archived: false, status: 'RUNNING' }]);
  expect(await search('🎉'.repeat(200))).toEqual({ hits: [], totalCount: 0 });
});

test('the limits of a project say how many there are and how many there may be', async () => {
  const { project } = await stack.ask<{ project: { limits: { name: string; used: number; limit: number }[] } }>(
    '{ project(id: "shop") { limits { name used limit } } }',
  );
  const of = (name: string) => project.limits.find((each) => each.name === name);
  expect(of('KEYS')).toEqual({ name: 'KEYS', used: 5, limit: 9 });
  expect(of('EXPERIMENTS')).toMatchObject({ used: 4 });
  expect(of('RUNNING_EXPERIMENTS')).toEqual({ name: 'RUNNING_EXPERIMENTS', used: 3, limit: 3 });
  expect(project.limits).toHaveLength(7);
});

test('an experiment says which running ones no user of it can be in', async () => {
  const { experiments } = await stack.ask<{ experiments: { nodes: { name: string; conflicts: { name: string }[] }[] } }>(
    '{ experiments(projectId: "shop") { nodes { name conflicts { name status } } } }',
  );
  const conflicts = experiments.nodes.map(({ name, conflicts: with_ }) => [name, with_.map((other) => other.name)]);
  expect(conflicts).toEqual([
    ['Draft', ['One', 'Other', 'Two']],
    ['One', ['Two']],
    ['Other', []],
    ['Two', ['One']],
  ]);
});

test('names are for all who follow changes, in each project that an id is of, and in their order', async () => {
  const document = 'query ($ids: [ID!]!) { names(ids: $ids) { kind entityId name } }';
  const ids = ['shop/key/none', 'shop/key/price', 'shop', 'shop/exclusivity', 'shop/key/price'];
  const price = { kind: 'KEY', entityId: 'price', name: 'price' };
  for (const role of ROLES) {
    const { data, errors } = await stack.run(document, { ids }, { roles: { shop: [role] } });
    if (!role.startsWith('app')) {
      const setting = { kind: 'EXCLUSIVITY', entityId: 'exclusivity', name: expect.any(String) };
      expect(data).toEqual({ names: [null, price, { kind: 'PROJECT', entityId: 'shop', name: expect.any(String) }, setting, price] });
    } else {
      expect([role, errors?.[0]?.extensions?.code]).toEqual([role, 'FORBIDDEN']);
    }
  }
  const fail = (asked: string[]) => stack.fail(document, { ids: asked }, { roles: { shop: ['analyst'] } });
  expect(await fail(['shop/key/price', 'other/key/x'])).toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('in "other"'),
  });
  expect(await fail(['shop/key/price@1'])).toEqual({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('`ids[0]` must not end with "@1"'),
  });
  expect(await fail(['shop/key'])).toMatchObject({ message: expect.stringContaining('`ids[0]` must be an `id` as this API gave it') });
  expect(await fail(Array.from({ length: 501 }, () => 'shop'))).toMatchObject({ message: '`ids` must be at most 500, not 501.' });
});
