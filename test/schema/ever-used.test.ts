import { Stack } from '../fixtures/stack';
import { setUp } from '../fixtures/set-up';

let stack: Stack;
afterEach(() => stack.stop());

const nodes = async (text: string): Promise<{ id: string; name: string }[]> =>
  Object.values(await stack.ask<Record<string, { nodes: { id: string; name: string }[] }>>(text))[0]!.nodes;
const move = (name: string, type: string, input: object) =>
  stack.ask(`mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, { input });

test('what users got from a key on a date is one query, and the key says where it ever was', async () => {
  stack = await Stack.start();
  await setUp(stack).keys(['price', 'title']);
  const segmentId = await setUp(stack).segment('Miami');
  const create = { projectId: 'shop', name: 'Cheap', key: 'price', rows: [{ segmentId, percentage: 50, value: 2 }, { value: 5 }] };
  await move('createFlag', 'CreateFlagInput', create);
  const [flag] = await nodes('{ flags(projectId: "shop") { nodes { id name } } }');
  await move('publishFlag', 'FlagInput', { id: flag!.id });
  const config = { projectId: 'shop', name: 'Texts', keys: ['price', 'title'], rows: [{ values: [{ key: 'price', value: 1 }] }] };
  await move('createConfig', 'CreateConfigInput', config);
  const [texts] = await nodes('{ configs(projectId: "shop") { nodes { id name } } }');
  const then = (await stack.events()).length - 1;

  await move('editConfig', 'EditConfigInput', { id: texts!.id, keys: ['title'], rows: [{ values: [{ key: 'title', value: 1 }] }] });
  await move('archiveFlag', 'FlagInput', { id: flag!.id });
  await move('restoreFlag', 'FlagInput', { id: flag!.id });
  const ROWS = `usedBy { name status entity {
    ... on Flag { rows { segment { name ruleText } percentage value } }
    ... on Config { rows { segment { name } values { key value } } } } }`;
  const at = new Date((await stack.events())[then]!.occurredAt).toISOString();
  const text = `query ($asOf: AsOfInput) { project(id: "shop", asOf: $asOf) { key(name: "price") { defaultValue ${ROWS} everUsedBy { name status spans { fromRevision toRevision } } } } }`;
  const ask = async (asOf: object | null) => (await stack.ask<{ project: { key: object } }>(text, { asOf })).project.key;
  const flagRows = [
    { segment: { name: 'Miami', ruleText: 'city is New York' }, percentage: 50, value: 2 },
    { segment: null, percentage: 100, value: 5 },
  ];
  expect(await ask({ revision: then })).toEqual({
    defaultValue: 3,
    usedBy: [
      { name: 'Cheap', status: 'LIVE', entity: { rows: flagRows } },
      { name: 'Texts', status: 'DRAFT', entity: { rows: [{ segment: null, values: [{ key: 'price', value: 1 }] }] } },
    ],
    everUsedBy: [
      { name: 'Cheap', status: 'LIVE', spans: [{ fromRevision: 4, toRevision: null }] },
      { name: 'Texts', status: 'DRAFT', spans: [{ fromRevision: 6, toRevision: null }] },
    ],
  });
  expect(await ask({ time: at })).toBeDefined();
  const events = await stack.events();
  const revisionOf = (type: string) => events.find((event) => event.type === type)!.revision;
  expect(await ask(null)).toMatchObject({
    usedBy: [{ name: 'Cheap', status: 'PAUSED', entity: { rows: flagRows } }],
    everUsedBy: [
      {
        name: 'Cheap',
        spans: [
          { fromRevision: revisionOf('FlagCreated'), toRevision: revisionOf('FlagArchived') },
          { fromRevision: revisionOf('FlagRestored'), toRevision: null },
        ],
      },
      { name: 'Texts', spans: [{ fromRevision: revisionOf('ConfigCreated'), toRevision: revisionOf('ConfigRedefined') }] },
    ],
  });
  const { segment } = await stack.ask<{ segment: object }>(
    `{ segment(id: "${segmentId}") { usedByCount everUsedBy { kind name entity { __typename } spans { fromAt toAt } } } }`,
  );
  expect(segment).toMatchObject({ usedByCount: 1, everUsedBy: [{ kind: 'FLAG', name: 'Cheap', entity: { __typename: 'Flag' } }] });

  const variants = [
    { name: 'control', control: true, weight: 50, values: [] },
    { name: 'b', control: false, weight: 50, values: [{ key: 'title', value: 2 }] },
  ];
  await move('createExperiment', 'CreateExperimentInput', { projectId: 'shop', name: 'Titles', keys: ['title'], variants, goals: [] });
  const [test] = await nodes('{ experiments(projectId: "shop") { nodes { id name } } }');
  await move('archiveExperiment', 'ExperimentInput', { id: test!.id });
  const title = '{ key(projectId: "shop", name: "title") { usedBy { name } everUsedBy { kind name status spans { toRevision } } } }';
  const { key } = await stack.ask<{ key: object }>(title);
  const ended = { kind: 'EXPERIMENT', name: 'Titles', status: 'ARCHIVED', spans: [{ toRevision: (await stack.events()).length - 1 }] };
  expect(key).toEqual({ usedBy: [{ name: 'Texts' }], everUsedBy: expect.arrayContaining([ended]) as unknown[] });
});
