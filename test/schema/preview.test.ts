import { isInputObjectType, isObjectType, getNamedType, getNullableType, isUnionType } from 'graphql';
import { schema, Stack, type By } from '../fixtures/stack';
import { minimalRequest } from './minimal-request';

interface Shown {
  readonly __typename: string;
  readonly code?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
  readonly wouldRefuse?: {
    readonly code: string;
    readonly message: string;
    readonly problems?: readonly { readonly path: string }[];
  } | null;
  readonly usedBy?: readonly { readonly kind: string; readonly name: string }[];
  readonly changes?: readonly {
    readonly kind: string;
    readonly entityId: string | null;
    readonly name: string;
    readonly sentence: string;
    readonly changes: readonly object[];
  }[];
}

const PREVIEW = `__typename
  ... on InvalidInput { code problems { path message } }
  ... on Preview {
    wouldRefuse { code message ... on InvalidInput { problems { path } } }
    usedBy { kind name }
    acknowledgementsNeeded { noReach { name nodeId } baselineOf { name nodeId } }
    changes { kind entityId name sentence changes { path before after } }
  }`;

let stack: Stack;
beforeAll(async () => (stack = await Stack.start({ projectLimit: 1 })));
afterAll(() => stack.stop());

async function ask(mutation: string, input: object, by?: By): Promise<Shown> {
  const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type;
  const document = `mutation ($input: ${String(type)}) { ${mutation}(input: $input) { ${PREVIEW} } }`;
  return (await stack.ask<Record<string, Shown>>(document, { input: { projectId: 'shop', ...input } }, by))[mutation]!;
}

const preview = (mutation: string, input: object, by?: By) => ask(mutation, { ...input, preview: true }, by);
const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'NO' } };

/** Every command, and each answers with the type of previews. */
const commands = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args, type }) => {
  const input = getNullableType(args[0]?.type);
  const union = getNamedType(type);
  return isInputObjectType(input) && isUnionType(union) && union.getTypes().some(({ name }) => name === 'Accepted');
});

beforeAll(async () => {
  await ask('createKey', { name: 'price', type: 'NUMBER', defaultValue: 1 });
  await ask('createSegment', { name: 'Norway', rule });
});

test('every command can be previewed: it answers a type of its own, takes the rights of the command, and leaves nothing', async () => {
  expect(commands.length).toBeGreaterThan(40);
  for (const field of commands) {
    const { document, variables } = minimalRequest('mutation', field, 'shop');
    const before = await stack.events();
    const previewed = { ...variables, input: { ...(variables['input'] as object), preview: true } };
    const { data, errors } = await stack.run<Record<string, Shown>>(document, previewed);
    expect([field.name, errors, data?.[field.name]?.__typename]).toEqual([field.name, undefined, 'Preview']);
    const refused = await stack.run(document, previewed, { roles: { shop: ['member'] } });
    expect([field.name, refused.errors?.[0]?.extensions?.code]).toEqual([field.name, 'FORBIDDEN']);
    expect((await stack.events()).length).toBe(before.length);
  }
});

test('it shows the changes that history will show once the command is carried out, and what uses the thing', async () => {
  const { id } = (await stack.ask<{ segments: { nodes: { id: string }[] } }>('{ segments(projectId: "shop") { nodes { id } } }')).segments
    .nodes[0]!;
  await ask('createFlag', { name: 'Sale', key: 'price', rows: [{ segmentId: id, value: 2 }] });
  const edit = { id, name: 'Nordics', rule: { property: { name: 'geo.country', operator: 'EQUALS', value: 'SE' } }, reason: 'wider' };
  const shown = await preview('editSegment', edit);
  expect(shown).toMatchObject({ wouldRefuse: null, usedBy: [{ kind: 'FLAG', name: 'Sale' }] });
  expect(shown.changes?.map(({ changes }) => changes)).toEqual([
    [{ path: 'name', before: 'Norway', after: 'Nordics' }],
    [{ path: 'rule.property.value', before: 'NO', after: 'SE' }],
  ]);
  await ask('editSegment', edit);
  const written = '{ history(projectId: "shop", first: 2, order: NEWEST_FIRST) { nodes { sentence changes { path before after } } } }';
  const { history } = await stack.ask<{ history: { nodes: { sentence: string; changes: object[] }[] } }>(written);
  expect(history.nodes.toReversed()).toEqual(shown.changes?.map(({ sentence, changes }) => ({ sentence, changes })));
});

test('what would be created has no id yet, what would be refused says so, and what changes nothing shows no change', async () => {
  const created = await preview('createKey', { name: 'banner', type: 'STRING', defaultValue: 'x' });
  expect(created.changes).toMatchObject([{ kind: 'KEY', entityId: null, name: 'banner' }]);
  expect(await preview('archiveKey', { name: 'price' })).toMatchObject({
    wouldRefuse: { code: 'IN_USE', message: expect.stringContaining('flag "Sale"') },
    usedBy: [{ kind: 'FLAG', name: 'Sale' }],
    changes: [],
  });
  expect(await preview('editKey', { name: 'price', defaultValue: 1 })).toMatchObject({ wouldRefuse: null, changes: [] });
  expect(await preview('editKey', { name: 'price', expectedVersion: 7 })).toMatchObject({ wouldRefuse: { code: 'STALE' } });
  const bad = await preview('createFlag', { name: 'F', key: 'price', rows: [{ segmentId: 'shop/segment/none', value: 'x' }] });
  expect(bad.wouldRefuse?.problems?.map(({ path }) => path)).toEqual(['rows[0].segmentId', 'rows[0].value']);
  expect(await preview('createProject', { projectId: 'two', name: 'Two' })).toMatchObject({ wouldRefuse: { code: 'LIMIT_REACHED' } });
  expect(await preview('createKey', { name: 'x', type: 'NUMBER', defaultValue: 1, reason: 'y'.repeat(501) })).toMatchObject({
    wouldRefuse: { problems: [{ path: 'reason' }] },
  });
  const { keys } = await stack.ask<{ keys: { totalCount: number } }>('{ keys(projectId: "shop", archived: INCLUDE) { totalCount } }');
  expect(keys.totalCount).toBe(1);
});

test('what must be acknowledged is named with what the command would do, and acknowledged it is refused no more', async () => {
  const variants = [
    { name: 'control', control: true, weight: 50, values: [] },
    { name: 'b', control: false, weight: 50, values: [{ key: 'price', value: 2 }] },
  ];
  const made = 'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { ... on Experiment { id } } }';
  const input = { projectId: 'shop', name: 'Test', keys: ['price'], variants };
  const { createExperiment } = await stack.ask<{ createExperiment: { id: string } }>(made, { input });
  await ask('startExperiment', { id: createExperiment.id });
  const edit = { name: 'price', defaultValue: 5 };
  expect(await preview('editKey', edit)).toMatchObject({
    wouldRefuse: { code: 'BASELINE_OF_RUNNING' },
    acknowledgementsNeeded: { noReach: [], baselineOf: [{ name: 'Test', nodeId: createExperiment.id }] },
    changes: [{ changes: [{ path: 'defaultValue', before: 1, after: 5 }] }],
  });
  const seen = { acknowledge: { baselineOf: [createExperiment.id] } };
  expect(await preview('editKey', { ...edit, ...seen })).toMatchObject({
    wouldRefuse: null,
    acknowledgementsNeeded: { baselineOf: [{ name: 'Test' }] },
    changes: [{ name: 'price' }],
  });
  expect(await preview('editKey', { name: 'price', description: 'new' })).toMatchObject({
    wouldRefuse: null,
    acknowledgementsNeeded: { noReach: [], baselineOf: [] },
  });
});

test('with a command id it is refused, since nothing is left that a repetition could be answered with', async () => {
  for (const mutation of ['createKey', 'createProject']) {
    expect(await preview(mutation, { ...(mutation === 'createKey' ? { type: 'NUMBER' } : {}), name: 'n', commandId: 'mine' })).toEqual({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      problems: [{ path: 'commandId', message: 'It must be left out with `preview`: give it to the command itself.' }],
    });
  }
});

test('it is answered while the project waits for its event store to take an append', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const append = stack.store.append.bind(stack.store);
  const spy = jest.spyOn(stack.store, 'append').mockImplementation(async (...args) => {
    await held;
    return append(...args);
  });
  const waiting = ask('createKey', { name: 'waiting', type: 'NUMBER', defaultValue: 1 });
  expect(await preview('createKey', { name: 'other', type: 'NUMBER', defaultValue: 1 })).toMatchObject({ wouldRefuse: null });
  release();
  expect((await waiting).__typename).toBe('Key');
  spy.mockRestore();
});

test('of the type of previews no field is an entity: a cache would take it for the present', () => {
  for (const name of ['Preview', 'PreviewedChange']) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`there is no ${name}`);
    expect(Object.keys(type.getFields())).not.toContain('id');
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (isObjectType(named)) expect(named.getInterfaces().map((one) => one.name)).toEqual([]);
    }
  }
});
