import { request } from 'node:http';
import { startServer, type Running } from './running-server';

let running: Running;
beforeEach(async () => (running = await startServer()));
afterEach(() => running.server.stop());

const send = (body: string | Buffer | undefined, headers: Record<string, string> = {}) =>
  fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${running.token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });

test('an error no one meant is masked, and found in the log by its request id', async () => {
  const response = await running.ask('{ crash }');
  const { errors } = (await response.json()) as {
    errors: { message: string; path: string[]; extensions: { code: string; requestId: string } }[];
  };
  expect(errors).toEqual([
    {
      message: expect.stringContaining('Something went wrong'),
      locations: expect.anything(),
      path: ['crash'],
      extensions: { code: 'INTERNAL', requestId: response.headers.get('x-request-id') },
    },
  ]);
  const logged = running.log
    .map((line) => JSON.parse(line) as { requestId?: string; err?: { cause?: { message: string; stack: string } } })
    .find(({ err }) => err);
  expect(logged).toMatchObject({
    requestId: errors[0]?.extensions.requestId,
    err: { cause: { message: expect.stringContaining('hunter2'), stack: expect.stringContaining('executable-schema') } },
  });
});

test('a value that cannot be serialized is masked too', async () => {
  const { errors } = (await (await running.ask('{ item { number } }')).json()) as { errors: { extensions: { code: string } }[] };
  expect(errors[0]?.extensions.code).toBe('INTERNAL');
});

test('an error that is meant for the client passes as it is', async () => {
  const response = await running.ask('{ forbidden }');
  expect(await response.json()).toMatchObject({
    data: { forbidden: null },
    errors: [{ message: 'Your token has no role in this project.', extensions: { code: 'FORBIDDEN' } }],
  });
  expect(running.log.join('')).not.toContain('a request failed');
});

test.each([
  ['null for an argument that must not be', 'query ($name: String) { hello(name: $name) }', { name: null }, 'BAD_USER_INPUT'],
  ['a variable of the wrong type', 'query ($n: Int) { items(first: $n) { name } }', { n: 'ten' }, 'BAD_USER_INPUT'],
  ['a field that is not there', '{ nothing }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['no GraphQL', '{', {}, 'GRAPHQL_PARSE_FAILED'],
])("GraphQL's own errors pass: %s", async (_what, query, variables, code) => {
  const { errors } = (await (await running.ask(query, variables)).json()) as { errors: { extensions: { code: string } }[] };
  expect(errors[0]?.extensions.code).toBe(code);
  expect(running.log.join('')).not.toContain('a request failed');
});

test('a long value is not echoed in full', async () => {
  const response = await running.ask('query ($n: Int) { items(first: $n) { name } }', { n: 'x'.repeat(50_000) });
  expect((await response.text()).length).toBeLessThan(2_000);
});

test.each([
  ['no JSON', 'what?', {}, 400, 'BAD_REQUEST', /not JSON/],
  ['half of JSON', '{"query": "{ hel', {}, 400, 'BAD_REQUEST', /not JSON/],
  ['__proto__ as a member', '{"query": "{ hello }", "variables": {"__proto__": {}}}', {}, 400, 'BAD_REQUEST', /a member named __proto__/],
  [
    '__proto__, written otherwise',
    '{"query": "{ hello }", "variables": {"\\u005f_proto__": {}}}',
    {},
    400,
    'BAD_REQUEST',
    /named __proto__/,
  ],
  ['a member twice', '{"query": "{ hello }", "query": "{ crash }"}', {}, 400, 'BAD_REQUEST', /the member "query" twice in one object/],
  [
    'a member twice, deep inside',
    '{"query": "{ hello }", "variables": {"a": [1, {"b" : 1, "\\u0062"\n:2}]}}',
    {},
    400,
    'BAD_REQUEST',
    /"b" twice/,
  ],
  ['an empty body', undefined, {}, 400, 'BAD_REQUEST', /empty/],
  ['an array', '[{"query": "{ hello }"}]', {}, 400, 'BAD_REQUEST', /batching|missing/i],
  ['too large a body', `{"query": "${'x'.repeat(200_000)}"}`, {}, 413, 'LIMIT_EXCEEDED', /at most 100000 bytes/],
  ['another media type', 'query=hello', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'BAD_REQUEST', /application\/json/],
  ['plain text', '{"query": "{ hello }"}', { 'content-type': 'text/plain' }, 415, 'BAD_REQUEST', /application\/json/],
])('a clear answer to %s', async (_what, body, headers, status, code, message) => {
  const response = await send(body, headers);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringMatching(message), extensions: { code } }] });
});

test.each([
  ['a member named constructor', '{"query": "{ hello }", "variables": {"constructor": {"prototype": {}}}}'],
  [
    'the same member in several objects',
    '{"query": "{ hello }", "variables": {"query": [{"a": ":"}, {"a": "{\\"a\\":1"}], "b": {"a": {"a": {}}}}}',
  ],
  ['backslashes before a quote', '{"query": "{ hello }", "variables": {"a\\\\": 1, "a": "\\\\", "b": "\\"a\\":"}}'],
])('no objection to %s', async (_what, body) => {
  expect(await (await send(body)).json()).toEqual({ data: { hello: 'you' } });
});

test('bytes that are no UTF-8 are refused', async () => {
  const response = await send(Buffer.from('{"query": "{ hello(name: "\xe9") }"}', 'latin1'));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('not UTF-8'), extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('a path that leads nowhere, in the form of every other error', async () => {
  const response = await fetch(`${running.url}/nowhere`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('/graphql') }] });
});

test.each(['/projects/%zz/changes', `/projects/${'x'.repeat(300)}/changes`])('also where the path itself is wrong: %.30s', async (path) => {
  const response = await fetch(`${running.url}${path}`);
  expect(response.status).toBe(404);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.json()).toEqual({
    errors: [{ message: expect.stringContaining('/graphql'), extensions: { code: 'BAD_REQUEST' } }],
  });
});

test('a malformed Host header breaks nothing', async () => {
  const { port } = new URL(running.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'a b', 'content-type': 'application/json', authorization: `Bearer ${running.token}` };
    const sent = request({ port, path: '/graphql', method: 'POST', headers }, (response) => resolve(response.resume().statusCode));
    sent.on('error', reject).end('{"query":"{ hello }"}');
  });
  expect(status).toBe(200);
});

test("a caller's request id is taken if it is fit for a log", async () => {
  expect((await running.ask('{ hello }', {}, { 'x-request-id': 'trace-42' })).headers.get('x-request-id')).toBe('trace-42');
  expect((await running.ask('{ hello }', {}, { 'x-request-id': 'a b"' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
