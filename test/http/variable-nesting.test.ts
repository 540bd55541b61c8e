import { buildSchema } from 'graphql';
import { startServer, type Running } from './running-server';

/** It has what the product's schema has: an input type that contains itself, and JSON. */
const schema = buildSchema(`
  scalar JSON
  input Rule { all: [Rule!], not: Rule, value: JSON }
  type Query { takes(rule: Rule): Boolean, hello: Boolean }
`);
const TAKES = 'query ($rule: Rule) { takes(rule: $rule) hello }';

let running: Running;
beforeAll(async () => (running = await startServer({ schema, bodyLimitBytes: 4_000_000 })));
afterAll(() => running.server.stop());

const nested = (open: string, levels: number, close: string) => `${open.repeat(levels)}${close.repeat(levels)}`;
const post = (variables: string) =>
  fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${running.token}` },
    body: `{"query":${JSON.stringify(TAKES)},"variables":${variables}}`,
  });
const LIMIT = {
  errors: [
    {
      message: 'The variables have more than 300 lists and objects inside one another, which is the limit.',
      extensions: { code: 'LIMIT_EXCEEDED' },
    },
  ],
};

test.each([
  ['a rule', `{"rule":${nested('{"all":[', 100_000, ']}')}}`],
  ['a rule of nots', `{"rule":${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}}`],
  ['a value', `{"rule":{"value":${nested('[', 100_000, ']')}}}`],
  ['what the operation does not even take', `{"other":${nested('[', 100_000, ']')}}`],
])('%s nested 100,000 deep in the variables ends no stack: it is refused with the limit', async (_what, variables) => {
  const response = await post(variables);
  expect(await response.json()).toEqual(LIMIT);
  expect(running.log.join()).not.toContain('RangeError');
  expect(await (await running.ask('{ hello }')).json()).toEqual({ data: { hello: null } });
});

test('in a GET request too', async () => {
  const search = new URLSearchParams({ query: TAKES, variables: `{"rule":{"value":${nested('[', 1_000, ']')}}}` });
  const response = await fetch(`${running.url}/graphql?${search.toString()}`, { headers: { authorization: `Bearer ${running.token}` } });
  expect(await response.json()).toEqual(LIMIT);
});

test.each([
  [300, { data: { takes: null, hello: null } }],
  [301, LIMIT],
])('the limit is exact: a value %i deep', async (levels, answer) => {
  expect(await (await post(`{"rule":{"value":${nested('[', levels - 1, ']')}}}`)).json()).toEqual(answer);
});

test('wide is not deep', async () => {
  const rule = { all: Array.from({ length: 2_000 }, () => ({ value: [[1], { a: 1 }] })) };
  expect(await (await post(JSON.stringify({ rule }))).json()).toEqual({ data: { takes: null, hello: null } });
});

test.each(['null', '{}', '{"rule":null}'])('%s is no depth at all', async (variables) => {
  expect(await (await post(variables)).json()).toEqual({ data: { takes: null, hello: null } });
});

test('a wide rule is refused for its parts, before each of them is coerced', async () => {
  const response = await post(`{"rule":{"all":[${Array.from({ length: 95_000 }, () => '{}').join(',')}]}}`);
  const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
  expect(errors).toEqual([
    {
      message: 'The variables have more than 25000 lists and objects in all, which is the limit. Send less at once.',
      extensions: { code: 'LIMIT_EXCEEDED' },
    },
  ]);
});
