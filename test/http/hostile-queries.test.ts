import { getIntrospectionQuery } from 'graphql';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';
import { startServer, type Running } from './running-server';

let running: Running;
beforeAll(async () => (running = await startServer()));
afterAll(() => running.server.stop());

interface Answer {
  data?: unknown;
  errors: { message: string; extensions: { code: string } }[];
}
const ask = async (query: string, variables?: object) => (await (await running.ask(query, variables)).json()) as Answer;
const nested = (levels: number) => `{ item { ${'next { '.repeat(levels - 2)} name ${'}'.repeat(levels - 2)} } }`;

test.each([
  [1_000, /more than 300 brackets/],
  [290, /290 levels deep; at most 20/],
])('a query %i levels deep is refused with the limit', async (levels, message) => {
  const { errors, data } = await ask(nested(levels));
  expect(data).toBeUndefined();
  expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' }, message: expect.stringMatching(message) })]);
});

test('a query at the depth limit is answered, one level more is not', async () => {
  expect((await ask(nested(20))).errors).toBeUndefined();
  expect((await ask(nested(21))).errors[0]?.message).toMatch(/21 levels.*at most 20/);
});

test('depth counts through fragments, and cycles among them end', async () => {
  const chain = Array.from({ length: 30 }, (_, index) => `fragment f${index} on Item { next { ...f${index + 1} } }`).join(' ');
  expect((await ask(`{ item { ...f0 } } ${chain} fragment f30 on Item { name }`)).errors[0]?.message).toMatch(/32 levels/);
  const { errors } = await ask('{ item { ...a } } fragment a on Item { next { ...b } } fragment b on Item { next { ...a } }');
  expect(errors[0]?.message).toMatch(/Cannot spread fragment/);
});

const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}${close.repeat(levels)}`;

test.each([
  ['selections', '{a'.repeat(30_000)],
  ['lists', `{ hello(name: ${deep('[', ']', 30_000)}) }`],
  ['lists just within the tokens', `{ hello(name: ${deep('[', ']', 1_990)}) }`],
  ['objects', `{ hello(name: ${deep('{a:', '}', 15_000)}) }`],
  ['types', `query ($a: ${deep('[', ']', 30_000)}) { hello }`],
])('%s nested by the thousand end no stack', async (_what, query) => {
  const { errors } = await ask(query);
  expect(errors).toEqual([{ message: expect.stringMatching(/more than 300 brackets/), extensions: { code: 'LIMIT_EXCEEDED' } }]);
});

test('brackets in strings and comments are not nesting', async () => {
  const text = '[{('.repeat(200);
  for (const query of [`{ hello(name: "\\" ${text}") }`, `{ hello(name: """${text} \\""" ${text}""") }`, `{ hello } # ${text}`]) {
    expect((await ask(query)).errors).toBeUndefined();
  }
});

test('strings that never end are read once', async () => {
  const before = mainThreadCpuMs();
  await ask(`{ hello(name: "${'\\"'.repeat(24_000)}`);
  expect(mainThreadCpuMs() - before).toBeLessThan(500);
});

test('a document of very many tokens is refused with the limit', async () => {
  const { errors } = await ask(`{ ${'hello '.repeat(10_000)} }`);
  expect(errors).toEqual([
    expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' }, message: expect.stringMatching(/more than 4000 tokens/) }),
  ]);
});

test('a query with 1,000 aliases is refused with the limit', async () => {
  const { errors } = await ask(`{ ${Array.from({ length: 1_000 }, (_, index) => `a${index}: hello`).join(' ')} }`);
  expect(errors).toEqual([
    expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' }, message: expect.stringMatching(/1000 aliases.*at most 100/) }),
  ]);
});

test('pages within pages cost what they can hold', async () => {
  const query = 'query ($n: Int) { items(first: $n) { items(first: $n) { name } } }';
  expect((await ask(query, { n: 10 })).errors).toBeUndefined();
  const { errors } = await ask(query, { n: 1_000 });
  expect(errors[0]).toMatchObject({
    extensions: { code: 'LIMIT_EXCEEDED' },
    message: expect.stringMatching(/costs 1001001; at most 20000/),
  });
  expect((await ask(query, { n: 10 })).errors).toBeUndefined();
});

test('a page whose size is not said is not free', async () => {
  const { errors } = await ask('{ items { items { items { name } } } }');
  expect(errors[0]?.extensions.code).toBe('LIMIT_EXCEEDED');
});

test('fragments that double themselves are refused before they are executed', async () => {
  const doubling = Array.from(
    { length: 30 },
    (_, index) => `fragment f${index} on Item { ...f${index + 1} ... on Item { ...f${index + 1} } }`,
  );
  const { errors } = await ask(`{ item { ...f0 } } ${doubling.join(' ')} fragment f30 on Item { name }`);
  expect(errors[0]?.extensions.code).toMatch(/LIMIT_EXCEEDED|GRAPHQL_VALIDATION_FAILED/);
});

test('the cost of one operation of a document is not that of another', async () => {
  const document = 'query Small { hello } query Large { items(first: 50000) { name } }';
  const send = (operationName: string) =>
    fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${running.token}` },
      body: JSON.stringify({ query: document, operationName }),
    }).then((response) => response.json() as Promise<Answer>);
  expect((await send('Small')).data).toEqual({ hello: 'you' });
  expect((await send('Large')).errors[0]?.extensions.code).toBe('LIMIT_EXCEEDED');
});

test('the introspection query of tools is within the limits', async () => {
  const query = getIntrospectionQuery({
    descriptions: true,
    inputValueDeprecation: true,
    directiveIsRepeatable: true,
    oneOf: true,
    schemaDescription: true,
  });
  expect((await ask(query)).errors).toBeUndefined();
});
