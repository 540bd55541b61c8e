import { Stack } from '../fixtures/stack';

/* X6 and X7 as clients meet them; test/domain/acknowledge.test.ts has every command. */

const REFUSED = '__typename ... on Refusal { code message ... on BaselineOfRunning { keys experiments { kind name status } } }';
/** Of what starts experiments. */
const NO_REACH = '... on Refusal { ... on NoReach { inTheWay { name status } } }';
const SETUP = {
  version: 2,
  keys: [
    { name: 'price', type: 'NUMBER', default: 3 },
    { name: 'title', type: 'NUMBER', default: 3 },
  ],
  flags: [{ name: 'F', key: 'price', status: 'DRAFT', rows: [{ value: 4 }] }],
  experiments: [
    {
      name: 'First',
      status: 'RUNNING',
      keys: ['price', 'title'],
      traffic: 60,
      variants: [
        { name: 'C', control: true, weight: 50 },
        { name: 'N', weight: 50, values: { price: 1, title: 2 } },
      ],
    },
    {
      name: 'Second',
      status: 'DRAFT',
      keys: ['title'],
      variants: [
        { name: 'C', control: true, weight: 50 },
        { name: 'N', weight: 50, values: { title: 2 } },
      ],
    },
  ],
};

let stack: Stack;
const ask = <R>(document: string, input?: object): Promise<R> =>
  stack.ask(document as never, (input === undefined ? {} : { input: { projectId: 'shop', ...input } }) as never) as Promise<R>;
const command = async (name: string, type: string, input: object): Promise<Record<string, unknown>> =>
  (
    await ask<Record<string, Record<string, unknown>>>(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${REFUSED} ${name.includes('Flag') ? '' : NO_REACH} } }`,
      input,
    )
  )[name]!;

let ids: Record<string, string> = {};
beforeAll(async () => {
  stack = await Stack.start();
  expect(await command('applySetup', 'ApplySetupInput', { setup: SETUP })).toEqual({ __typename: 'SetupApplied' });
  const list = '{ experiments(projectId: "shop") { nodes { id name } } flags(projectId: "shop") { nodes { id name } } }';
  const { experiments, flags } = await ask<Record<'experiments' | 'flags', { nodes: { id: string; name: string }[] }>>(list);
  ids = Object.fromEntries([...experiments.nodes, ...flags.nodes].map(({ name, id }) => [name, id]));
});
afterAll(() => stack.stop());

test('X7 a flag is published under a running experiment only if that is acknowledged', async () => {
  const input = { id: ids['F'] };
  expect(await command('publishFlag', 'FlagInput', input)).toEqual({
    __typename: 'BaselineOfRunning',
    code: 'BASELINE_OF_RUNNING',
    message:
      'This changes what the key "price" gives to the control of experiment "First" (running). End it first, or acknowledge each by `baselineOf`.',
    keys: ['price'],
    experiments: [{ kind: 'EXPERIMENT', name: 'First', status: 'RUNNING' }],
  });
  expect(await command('publishFlag', 'FlagInput', { ...input, acknowledge: { baselineOf: [ids['Second']] } })).toMatchObject({
    code: 'BASELINE_OF_RUNNING',
  });
  expect(await command('publishFlag', 'FlagInput', { ...input, acknowledge: { baselineOf: [ids['First']] } })).toEqual({
    __typename: 'Flag',
  });
  expect((await stack.events()).at(-1)?.data).toMatchObject({ baselineOfRunning: { keys: ['price'] } });
});

test('X7 a plan lists what it needs', async () => {
  const document = `query ($input: PlanSetupInput!) { planSetup(input: $input) { ... on Plan { changes obstacles { code }
    acknowledgementsNeeded { noReach { name } baselineOf { name status } } } } }`;
  const setup = { version: 2, keys: [{ name: 'price', type: 'NUMBER', default: 5 }] };
  expect(await ask(document, { setup })).toEqual({
    planSetup: {
      changes: 1,
      obstacles: [],
      acknowledgementsNeeded: { noReach: [], baselineOf: [{ name: 'First', status: 'RUNNING' }] },
    },
  });
  expect(await command('applySetup', 'ApplySetupInput', { setup })).toMatchObject({ __typename: 'BaselineOfRunning' });
  expect(await command('applySetup', 'ApplySetupInput', { setup, acknowledge: { baselineOf: [ids['First']] } })).toEqual({
    __typename: 'SetupApplied',
  });
});

test('X6 reach says at most how much an experiment can take, and a start that can take no user is refused', async () => {
  const reach = (name: string, traffic = '') => ask(`{ reach(id: "${ids[name]}"${traffic}) { basis atMost inTheWay { name } } }`);
  expect(await reach('Second')).toEqual({ reach: { basis: 'SETUP', atMost: 40, inTheWay: [{ name: 'First' }] } });
  expect(await reach('Second', ', traffic: 0.01')).toMatchObject({ reach: { atMost: 0.01 } });
  expect(await reach('First')).toEqual({ reach: { basis: 'SETUP', atMost: 60, inTheWay: [] } });
  expect(await ask('{ reach(id: "shop/experiment/missing") { atMost } }')).toEqual({ reach: null });
  expect(await stack.run(`{ reach(id: "${ids['First']}", traffic: 100.01) { atMost } }`)).toMatchObject({ errors: [{}] });
  expect(await command('changeExperimentTraffic', 'ChangeExperimentTrafficInput', { id: ids['First'], traffic: 100 })).toEqual({
    __typename: 'Experiment',
  });
  const start = { id: ids['Second'] };
  expect(await command('startExperiment', 'ExperimentInput', start)).toMatchObject({
    __typename: 'NoReach',
    code: 'NO_REACH',
    inTheWay: [{ name: 'First', status: 'RUNNING' }],
  });
  expect(await command('startExperiment', 'ExperimentInput', { ...start, acknowledge: { noReach: true } })).toEqual({
    __typename: 'Experiment',
  });
});

test('a command says what else it changed: experiments whose baseline it moved, and all that it wrote', async () => {
  const AFFECTED = '... on Entity { affected { kind name } }';
  const key = `mutation ($input: EditKeyInput!) { editKey(input: $input) { __typename ${AFFECTED} } }`;
  const edit = async (input: object) => (await ask<{ editKey: object }>(key, input)).editKey;
  expect(await edit({ name: 'price', description: 'In euros' })).toEqual({ __typename: 'Key', affected: [] });
  const acknowledged = { name: 'price', defaultValue: 9, acknowledge: { baselineOf: [ids['First']] } };
  const first = { kind: 'EXPERIMENT', name: 'First' };
  expect(await edit(acknowledged)).toEqual({ __typename: 'Key', affected: [first] });
  // It follows from the last event, so that a later question has the same answer.
  const { affected } = (await ask<{ key: { affected: object } }>('{ key(projectId: "shop", name: "price") { affected { kind name } } }'))
    .key;
  expect(affected).toEqual([first]);

  const others = { version: 2, segments: [{ name: 'S', rule: { property: { name: 'geo.city', operator: 'EQUALS', value: 'Miami' } } }] };
  const rows = Array.from({ length: 30 }, (_, at) => ({ name: `k${at}`, type: 'NUMBER', default: 1 }));
  const flags = [{ name: 'Of S', key: 'k0', status: 'DRAFT', rows: [{ segment: 'S', value: 2 }] }];
  const { applySetup } = await ask<{ applySetup: { affected: { kind: string; name: string; nodeId: string }[] } }>(
    'mutation ($input: ApplySetupInput!) { applySetup(input: $input) { ... on SetupApplied { affected { kind name nodeId } } } }',
    { setup: { ...others, keys: rows, flags } },
  );
  expect(applySetup.affected.map(({ name }) => name).toSorted()).toEqual([...rows.map(({ name }) => name), 'Of S', 'S'].toSorted());
  const items = applySetup.affected.filter(({ kind }) => kind !== 'KEY').map(({ nodeId: id }) => ({ id }));
  const archived = await ask<{ archiveMany: { affected: object[] } }>(
    'mutation ($input: ArchiveManyInput!) { archiveMany(input: $input) { ... on ArchivedMany { affected { kind name } } } }',
    { items },
  );
  expect(archived.archiveMany.affected).toEqual([
    { kind: 'FLAG', name: 'Of S' },
    { kind: 'SEGMENT', name: 'S' },
  ]);
});
