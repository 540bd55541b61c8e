import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buildLogger } from '../../src/http/logger';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;
let token: string;
let eventsBefore: number;
const log: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-bad-input-'));
  const lines = new Writable({ write: (chunk, _encoding, done) => (log.push(String(chunk)), done()) });
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: buildLogger('trace', lines) });
  await running.ready;
  token = running.firstToken as string;
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
  await ask('mutation { createKey(input: { projectId: "shop", name: "used", type: STRING, defaultValue: "" }) { __typename } }');
  await ask(`mutation { createSegment(input: { projectId: "shop", name: "All", rule: ${LEAF} }) { __typename } }`);
  eventsBefore = await countEvents();
});

afterAll(async () => {
  const events = await countEvents();
  await running.stop();
  await rm(directory, { recursive: true, force: true });
  // Whatever was tried above, none of it is in the ledger, and the log tells nothing that would help a thief.
  expect(events).toBe(eventsBefore);
  expect(log.join('')).not.toContain(token);
  expect(log.join('')).not.toContain('"level":50');
});

const LEAF = '{ property: { name: "x", operator: EXISTS } }';
const nest = (depth: number): object => (depth === 1 ? { property: { name: 'x', operator: 'EXISTS' } } : { not: nest(depth - 1) });

interface Answer {
  readonly data?: Record<string, { readonly code?: string; readonly message?: string } | null> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function post(body: string, authorization = `Bearer ${token}`): Promise<{ readonly status: number; readonly answer: Answer }> {
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const ask = (query: string, variables: object = {}): Promise<{ readonly status: number; readonly answer: Answer }> =>
  post(JSON.stringify({ query, variables }));

/** The code and message of whatever stopped it: a refusal, or an error. */
async function stopped(query: string, variables: object = {}): Promise<string> {
  const { answer } = await ask(query, variables);
  const [error] = answer.errors ?? [];
  if (error) return `${error.extensions.code}: ${error.message}`;
  const [result] = Object.values(answer.data ?? {});
  return `${result?.code}: ${result?.message}`;
}

async function countEvents(): Promise<number> {
  const store = new SqliteEventStore(directory, { readOnly: true });
  let events = 0;
  for await (const _ of store.readAll()) events += 1;
  await store.close();
  return events;
}

const REFUSAL = '... on Refusal { code message }';
const createKey = (input: object) =>
  stopped(`mutation ($input: CreateKeyInput!) { createKey(input: $input) { ${REFUSAL} } }`, {
    input: { projectId: 'shop', type: 'JSON', ...input },
  });
const createSegment = (rule: unknown) =>
  stopped(`mutation ($rule: RuleInput!) { createSegment(input: { projectId: "shop", name: "S", rule: $rule }) { ${REFUSAL} } }`, { rule });
const property = (condition: object) => createSegment({ property: { name: 'x', ...condition } });

describe('each bad input has an answer of its own, which says what is allowed', () => {
  test.each([
    ['a key name that no code could have', () => createKey({ name: 'dark mode', defaultValue: 1 }), /INVALID_INPUT: name: .*letter/],
    ['a key named __proto__', () => createKey({ name: '__proto__', defaultValue: 1 }), /INVALID_INPUT: name: .*__proto__/],
    [
      'a name with control characters',
      () => stopped(`mutation { createGoal(input: { projectId: "shop", name: "a\\u0007b", event: "e" }) { ${REFUSAL} } }`),
      /INVALID_INPUT: name: .*control/,
    ],
    [
      'a name that is empty',
      () => stopped(`mutation { createGoal(input: { projectId: "shop", name: "  ", event: "e" }) { ${REFUSAL} } }`),
      /INVALID_INPUT: name: .*1 to 120/,
    ],
    ['a value of another type', () => createKey({ name: 'k', type: 'NUMBER', defaultValue: '3' }), /INVALID_INPUT: defaultValue: .*number/],
    [
      'NaN',
      () => stopped(`mutation { createKey(input: { projectId: "shop", name: "k", type: NUMBER, defaultValue: NaN }) { ${REFUSAL} } }`),
      /(GRAPHQL_VALIDATION_FAILED|INVALID_INPUT|BAD_USER_INPUT): .*/,
    ],
    ['Infinity', () => createKey({ name: 'k', type: 'NUMBER', defaultValue: 'Infinity' }), /INVALID_INPUT: defaultValue: .*number/],
    [
      'a number beyond all numbers',
      () => stopped(`mutation { createKey(input: { projectId: "shop", name: "k", type: NUMBER, defaultValue: 1e999 }) { ${REFUSAL} } }`),
      /INVALID_INPUT: defaultValue: .*finite/,
    ],
    ['a value above 32 KiB', () => createKey({ name: 'k', defaultValue: 'x'.repeat(40_000) }), /INVALID_INPUT: defaultValue: .*32/],
    ['a lone surrogate', () => createKey({ name: 'k', defaultValue: { text: '\ud800' } }), /INVALID_INPUT: defaultValue.*surrogate/],
    ['a rule nested 9 deep', () => createSegment(nest(9)), /INVALID_INPUT: rule.*8/],
    [
      'a pattern built to blow up',
      () => property({ operator: 'MATCHES', value: '((a{1,100}){1,100}){1,100}' }),
      /INVALID_INPUT: rule\.property\.value: .*/,
    ],
    [
      'a pattern that RE2 does not know',
      () => property({ operator: 'MATCHES', value: '(a)\\1' }),
      /INVALID_INPUT: rule\.property\.value: .*/,
    ],
    [
      '__proto__ as a property',
      () => createSegment({ property: { name: '__proto__', operator: 'EXISTS' } }),
      /INVALID_INPUT: rule\.property\.name: .*__proto__/,
    ],
    [
      'a day that does not exist',
      () => property({ operator: 'LESS', value: '2026-02-30' }),
      /INVALID_INPUT: rule\.property\.value: .*date/,
    ],
    ['an unknown operator', () => property({ operator: 'LIKE', value: 'x' }), /BAD_USER_INPUT: .*Operator/],
    ['two members of a rule at once', () => createSegment({ ...nest(1), ...nest(2) }), /BAD_USER_INPUT: .*[Ee]xactly one/],
    [
      'an unknown project',
      () => createKey({ projectId: 'nowhere', name: 'k', defaultValue: 1 }),
      /NOT_FOUND: There is no project "nowhere"/,
    ],
    [
      'a list of an unknown project',
      () => stopped('{ keys(projectId: "nowhere") { totalCount } }'),
      /NOT_FOUND: There is no project "nowhere"/,
    ],
    ['an unknown field', () => stopped('{ keyz(projectId: "shop") { totalCount } }'), /GRAPHQL_VALIDATION_FAILED: .*keyz/],
    [
      'a page of 1,000',
      () => stopped('{ keys(projectId: "shop", first: 1000) { totalCount } }'),
      /BAD_REQUEST: `first` must be from 0 to 500, not 1000/,
    ],
    [
      'an edge cursor of nothing',
      () => stopped('{ keys(projectId: "shop", after: "abc") { totalCount } }'),
      /BAD_REQUEST: `after` is no edge cursor/,
    ],
    [
      'a history cursor cut short',
      () => stopped('{ keys(projectId: "shop", atLeast: "c2hvcDo") { totalCount } }'),
      /(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED): .*cursor/,
    ],
    ['a document 1,000 levels deep', () => stopped(`{ ${'a { '.repeat(1_000)} a ${'} '.repeat(1_000)} }`), /LIMIT_EXCEEDED: .*\d+/],
    [
      '1,000 aliases',
      () => stopped(`{ ${Array.from({ length: 1_000 }, (_, n) => `a${n}: __typename`).join(' ')} }`),
      /LIMIT_EXCEEDED: .*\d+/,
    ],
  ])('%s', async (_what, attempt, answer) => {
    expect(await attempt()).toMatch(answer);
  });

  test('an edge cursor of another list', async () => {
    const list = (collection: string, after = '') => ask(`{ list: ${collection}(projectId: "shop"${after}) { pageInfo { endCursor } } }`);
    const keys = (await list('keys')).answer.data?.['list'] as unknown as { pageInfo: { endCursor: string } };
    const { answer } = await list('segments', `, after: "${keys.pageInfo.endCursor}"`);
    expect(answer.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_REQUEST' },
      message: expect.stringMatching(/of another list/) as string,
    });
  });

  test('a value of 10 MB', async () => {
    const { status, answer } = await post(
      JSON.stringify({ query: 'query ($x: JSON) { __typename }', variables: { x: 'x'.repeat(10_000_000) } }),
    );
    expect({ status, code: answer.errors?.[0]?.extensions.code }).toEqual({ status: 413, code: 'LIMIT_EXCEEDED' });
    expect(answer.errors?.[0]?.message).toMatch(/1048576|1 MiB|1,048,576/);
  });

  test('a body that is no JSON', async () => {
    const { status, answer } = await post('{"query": ');
    expect({ status, code: answer.errors?.[0]?.extensions.code }).toEqual({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.errors?.[0]?.message).toMatch(/JSON/);
  });

  test.each([
    ['no token', '', /No token/],
    ['a token that is none', 'Bearer hunter2', /malformed/],
    ['a token of another server', `Bearer ${'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4IiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl'}`, /signature/i],
  ])('%s', async (_what, authorization, message) => {
    const { status, answer } = await post('{"query":"{ __typename }"}', authorization);
    expect({ status, code: answer.errors?.[0]?.extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.errors?.[0]?.message).toMatch(message);
    expect(log.join('')).not.toContain('hunter2');
  });
});
