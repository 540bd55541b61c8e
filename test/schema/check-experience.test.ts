import { Stack } from '../fixtures/stack';

interface Check {
  readonly text: string | null;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly conditions: readonly { readonly path: string; readonly text: string }[];
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

const FIELDS = '{ text problems { path message } conditions { path text } warnings { path message } }';
const ROWS = `query ($key: String!, $rows: [FlagRowInput!]!, $flagId: ID) { check: checkFlagRows(projectId: "shop", key: $key, rows: $rows, flagId: $flagId) ${FIELDS} }`;
const DESIGN = `query ($design: DesignInput!, $experimentId: ID) { check: checkDesign(projectId: "shop", design: $design, experimentId: $experimentId) ${FIELDS} }`;

let stack: Stack;
let ids: { readonly segment: string; readonly flag: string; readonly goal: string };
const control = { name: 'control', control: true, weight: 50 };
const blue = { name: 'blue', weight: 50, values: [{ key: 'color', value: 'blue' }] };

async function create(type: string, input: object): Promise<string> {
  const name = type.charAt(0).toUpperCase() + type.slice(1);
  const answer = await stack.ask<{ made: { id: string } }>(
    `mutation ($input: Create${name}Input!) { made: create${name}(input: $input) { ... on ${name} { id } } }`,
    { input: { projectId: 'shop', ...input } },
  );
  return answer.made.id;
}

beforeAll(async () => {
  stack = await Stack.start();
  for (const name of ['color', 'size']) await create('key', { name, type: 'STRING', defaultValue: 'red' });
  const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'NO' } };
  const segment = await create('segment', { name: 'Norway', rule });
  const flag = await create('flag', { name: 'Sizes', key: 'size', rows: [{ value: 'XL' }] });
  const goal = await create('goal', { name: 'Buy', event: 'Purchase' });
  ids = { segment, flag, goal };
});
afterAll(() => stack.stop());

const rows = async (key: string, given: readonly object[], flagId?: string) =>
  (await stack.ask<{ check: Check }>(ROWS, { key, rows: given, flagId })).check;
const design = async (given: object, experimentId?: string) =>
  (await stack.ask<{ check: Check }>(DESIGN, { design: { keys: ['color'], variants: [control, blue], ...given }, experimentId })).check;
const paths = (check: Check) => [check.problems.map(({ path }) => path), check.warnings.map(({ path }) => path)];

test('rows of a flag are said in words, each by itself, with what is hardly meant', async () => {
  const check = await rows('color', [{ segmentId: ids.segment, percentage: 12.5, value: 'blue' }, { value: 'green' }, { value: 'red' }]);
  expect(check).toEqual({
    text: '12.5 % of segment *Norway*: "blue"; 100 % of everyone: "green"; 100 % of everyone: "red"',
    problems: [],
    conditions: [
      { path: 'rows[0]', text: '12.5 % of segment *Norway*: "blue"' },
      { path: 'rows[1]', text: '100 % of everyone: "green"' },
      { path: 'rows[2]', text: '100 % of everyone: "red"' },
    ],
    warnings: [
      { path: 'rows[2]', message: 'No user comes so far: row 2 takes all of them.' },
      { path: 'rows[2].value', message: 'It is the default of the key.' },
    ],
  });
});

test('what is wrong with rows is where the mutation would say it', async () => {
  const wrong = [{ value: 1 }, { segmentId: 'shop/segment/none', value: 'x', percentage: 100.01 }, { row: 'r9', value: 'x' }];
  const check = await rows('color', wrong);
  const { createFlag } = await stack.ask<{ createFlag: Pick<Check, 'problems'> }>(
    `mutation ($rows: [FlagRowInput!]) { createFlag(input: { projectId: "shop", name: "F", key: "color", rows: $rows }) { ... on InvalidInput { problems { path message } } } }`,
    { rows: wrong },
  );
  expect(check).toMatchObject({ text: null, conditions: [], warnings: [], problems: createFlag.problems });
  expect(paths(check)[0]).toEqual(expect.arrayContaining(['rows[0].value', 'rows[1].segmentId', 'rows[1].percentage']));
  expect(paths(await rows('none', [{ value: 'x' }]))[0]).toEqual(['key']);
  // K7, and no matter to the flag itself.
  expect((await rows('size', [{ value: 'x' }])).problems).toMatchObject([
    { path: 'key', message: expect.stringContaining('"Sizes"') as string },
  ]);
  expect((await rows('size', [{ row: 'r1', value: 'x' }], ids.flag)).problems).toEqual([]);
});

test('a design is said in words, with what would be in its way', async () => {
  const goals = [{ goalId: ids.goal, role: 'SECONDARY' }];
  const check = await design({ audienceId: ids.segment, traffic: 20, goals });
  expect(check.text).toBe('20 % of segment *Norway*; 50 % *control*, control; 50 % *blue*: *color* "blue"; *Buy*, secondary');
  expect(check.warnings).toEqual([{ path: 'goals', message: 'None of them is PRIMARY, so none decides.' }]);
  expect(paths(await design({ keys: ['color', 'size'] }))).toEqual([[], ['goals', 'keys[1]']]);
  const id = await create('experiment', { name: 'Runs', keys: ['color'], variants: [control, blue], goalIds: [ids.goal] });
  await stack.ask('mutation ($id: ID!) { startExperiment(input: { id: $id }) { __typename } }', { id });
  const primary = [{ goalId: ids.goal, role: 'PRIMARY' }];
  const inTheWay = [{ path: 'keys', message: 'Users of 1 running experiment cannot be in it: "Runs".' }];
  expect((await design({ goals: primary })).warnings).toEqual(inTheWay);
  expect((await design({ goals: primary }, id)).warnings).toEqual([]);
});

test('what is wrong with a design is where it is in the input', async () => {
  const variants = [control, { ...blue, weight: 40, values: [{ key: 'other', value: 1 }] }];
  expect(paths(await design({ audienceId: 'shop/segment/none', traffic: 101, variants }))).toEqual([
    expect.arrayContaining(['audienceId', 'traffic', 'variants[1].values[0].key']),
    [],
  ]);
  expect(paths(await design({ variants: [control] }))[0]).toEqual(['variants']);
  await stack.ask('mutation { enableExclusivity(input: { projectId: "shop" }) { __typename } }');
  expect(paths(await design({ exclusive: false }))[0]).toEqual(['exclusive']);
});

test('rows and designs are said in parts too, so that what they name can be linked', async () => {
  const document = `query ($rows: [FlagRowInput!]!) {
    checkFlagRows(projectId: "shop", key: "color", rows: $rows) { textParts { text } conditions { parts { kind text entity { nodeId } } } }
  }`;
  const { checkFlagRows } = await stack.ask<{ checkFlagRows: { textParts: { text: string }[]; conditions: { parts: object[] }[] } }>(
    document,
    {
      rows: [{ segmentId: ids.segment, percentage: 12.5, value: 'blue' }, { value: 'green' }],
    },
  );
  expect(checkFlagRows.conditions[0]!.parts).toContainEqual({ kind: 'ENTITY', text: 'Norway', entity: { nodeId: ids.segment } });
  expect(checkFlagRows.textParts.map(({ text }) => text).join('')).toBe('12.5 % of segment Norway: "blue"; 100 % of everyone: "green"');
});
