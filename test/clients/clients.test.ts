import { isInterfaceType } from 'graphql';
import { schema, Stack } from '../fixtures/stack';
import { apollo, relay, urql, type CachingClient } from './caches';
import { compileForRelay, nameOf } from './relay-compiler';
import { fill, SCENARIOS } from './scenarios';

/* Clients that people use, with the settings that they come with. */

const nodeType = schema.getType('Node');
if (!isInterfaceType(nodeType)) throw new Error('there is no interface Node');
const TYPES = schema.getPossibleTypes(nodeType).map(({ name }) => name);
const REFETCHABLE = TYPES.map(
  (type) => `fragment clients${type}_it on ${type} @refetchable(queryName: "clients${type}RefetchQuery") { id __typename }`,
);

let stack: Stack;
let compiled: Awaited<ReturnType<typeof compileForRelay>>;
beforeAll(async () => {
  stack = await Stack.start();
  await fill(stack);
  compiled = await compileForRelay([...SCENARIOS.flatMap(({ text, then = [] }) => [text, then].flat()), ...REFETCHABLE]);
});
afterAll(() => stack.stop());

/** urql says in the log of what has no id that it keeps it inside its parent. */
beforeEach(() => void jest.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => jest.restoreAllMocks());

const clients: Readonly<Record<string, () => CachingClient>> = {
  'Apollo Client': () => apollo(stack),
  'urql with graphcache': () => urql(stack),
  Relay: () => relay(stack, (text) => compiled.get(nameOf(text))!),
};

/** The answer without what clients add to documents. */
const plain = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data, (name, value: unknown) => (name.startsWith('__') ? undefined : value)));

describe.each(Object.keys(clients))('%s gives back what the server answered', (name) => {
  test.each(SCENARIOS.map((scenario) => [scenario.what, scenario] as const))('%s', async (_what, scenario) => {
    const client = clients[name]!();
    const answered = plain(await stack.ask(scenario.text, scenario.variables as never));
    expect(plain(await client.ask(scenario))).toEqual(answered);
    if (scenario.kind === 'mutation') return;
    if (scenario.then !== undefined) {
      expect(plain(await client.ask({ kind: 'query', text: scenario.then }))).toEqual(plain(await stack.ask(scenario.then)));
    }
    expect(plain(await client.read(scenario))).toEqual(answered);
  });

  test('all of it in one cache', async () => {
    const client = clients[name]!();
    const queries = SCENARIOS.filter(({ kind }) => kind === 'query');
    for (const scenario of queries) await client.ask(scenario);
    for (const scenario of queries) {
      expect(plain(await client.read(scenario))).toEqual(plain(await stack.ask(scenario.text, scenario.variables as never)));
    }
  });
});

test('the scenarios have a past that differs from the present, and rows that differ under one name', async () => {
  const past = SCENARIOS.find(({ text }) => text.includes('before: project'))!;
  const { now, before } = await stack.ask<Record<'now' | 'before', Readonly<Record<string, unknown>>>>(past.text);
  for (const field of ['id', 'name', 'segments', 'flags', 'key', 'exclusivity']) expect(now[field]).not.toEqual(before[field]);
  const { flags } = await stack.ask<{ flags: { nodes: { rows: { row: string }[] }[] } }>(SCENARIOS[0]!.text);
  const [one, two] = flags.nodes.map(({ rows }) => rows);
  expect(one?.map(({ row }) => row)).toContain(two?.at(-1)?.row);
  expect(one).not.toEqual(two);
});

test('Relay compiles a refetchable fragment on the project and on everything in it', () => {
  expect(TYPES.toSorted()).toEqual(['Config', 'Exclusivity', 'Experiment', 'Flag', 'Goal', 'Holdout', 'Key', 'Project', 'Segment']);
  for (const type of TYPES) expect(compiled.has(`clients${type}_it`)).toBe(true);
});
