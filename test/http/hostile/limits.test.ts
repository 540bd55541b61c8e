import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import pino from 'pino';
import { KEPT_BYTES as KEPT_PAGES_BYTES } from '../../../src/feed/page-cache';
import { COMPRESSED_FROM_BYTES, READ_WITHIN_MS } from '../../../src/http/answer-body';
import { UNDER_WAY_BYTES } from '../../../src/http/answer-budget';
import { CONNECTION_TIMES, MOST_WAITING } from '../../../src/http/connections';
import { KEPT_BYTES } from '../../../src/http/documents';
import { FIRST_BYTES, HIGH_WATER_BYTES, TIMES } from '../../../src/http/graphql-socket';
import { MAX_ID_CHARACTERS, MESSAGE_BYTES } from '../../../src/http/graphql-sockets';
import { HELD_BYTES, SUBSCRIPTION_CHARACTERS, SUBSCRIPTION_TOKENS } from '../../../src/http/held-documents';
import { MOST_UNIDENTIFIED } from '../../../src/http/socket-admission';
import { start, type Running } from '../../../src/main';
import { readSettings } from '../../../src/settings';

/** The rows of a table of docs/limits.md, by its heading. */
function rowsUnder(heading: string): string[][] {
  const page = readFileSync(join(__dirname, '../../../docs/limits.md'), 'utf8');
  const part = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = part.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const list = (count: number, part: (at: number) => string): string => Array.from({ length: count }, (_, at) => part(at)).join(' ');
const nest = (depth: number, inner: string, open: string, close: string): string => `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
const PROPERTY = { property: { name: 'x', operator: 'EXISTS' } };
const PAGE = (args: string) => `{ keys(projectId: "shop", ${args}) { totalCount } }`;
const EDIT =
  'mutation ($value: JSON) { editKey(input: { projectId: "shop", name: "k", defaultValue: $value }) { ... on InvalidInput { code } } }';
const SEGMENT =
  'mutation ($rule: RuleInput!) { createSegment(input: { projectId: "shop", name: "S", rule: $rule }) { ... on InvalidInput { code } } }';

/** What is just over each limit: a document, with variables; or a request of another kind. */
type Probe =
  | readonly [query: string, variables?: object]
  | { readonly path?: string; readonly headers?: Record<string, string>; readonly body?: string };
const PROBES: Readonly<Record<string, Probe>> = {
  'bytes of a body': { body: JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(1_048_576) } }) },
  'bytes of the headers': { headers: { 'x-long': 'x'.repeat(16_384) } },
  'bytes of a document, blanks and comments included': [`{ __typename }${' '.repeat(65_536)}`],
  'brackets within brackets of a document': [`{ key(name: ${nest(300, '', '[', ']')}) }`],
  'tokens of a document': [`{ ${'a '.repeat(4_000)} }`],
  'levels of fields': [`{ __type(name: "Key") { ${nest(20, 'name', 'ofType { ', ' }')} } }`],
  'aliases of a document': [`{ ${list(101, (at) => `a${at}: __typename`)} }`],
  'characters of an alias': [`{ ${'a'.repeat(101)}: __typename }`],
  'fields of a document, fragments counted as often as they are spread': [
    `{ ${list(90, (at) => `a${at}: key(projectId: "shop", name: "k") { ...F }`)} } fragment F on Key { ${list(9, (at) => `...G${at}`)} } ${list(9, (at) => `fragment G${at} on Key { usedBy { ...U${at} } }`)} ${list(9, (at) => `fragment U${at} on Usage { ${list(150, (field) => `f${at}_${field}`)} }`)}`,
  ],
  'fragments that can be reached from each selection set, in all': [
    `{ ...f0 } ${list(120, (at) => `fragment f${at} on Query { __typename ${at < 119 ? `...f${at + 1}` : ''} }`)}`,
  ],
  'pairs of fields with one name in one place': [`{ ${'__schema { __typename } '.repeat(200)} }`],
  'cost of an operation': ['{ projects(first: 100) { nodes { keys(first: 100) { nodes { usedBy { name } } } } } }'],
  'introspection of the whole schema': [
    getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true })
      .replace('__schema {', 'a: __schema { ...Again } __schema {')
      .concat(' fragment Again on __Schema { types { ...FullType } directives { args { ...InputValue } } }'),
  ],
  'lists and objects inside one another in variables': ['{ __typename }', { x: JSON.parse(nest(301, '', '[', ']')) as unknown }],
  'lists and objects in variables': ['{ __typename }', { x: Array.from({ length: 25_000 }, () => []) }],
  // 1.3 MB each.
  'input objects and items of lists in variables, but for JSON': [
    SEGMENT,
    { rule: { any: Array.from({ length: 2_500 }, () => PROPERTY) } },
  ],
  'bytes of an answer, by its long values and 100 for each item of a list': [
    `{ ${list(9, (at) => `a${at}: keys(projectId: "shop", first: 100) { nodes { defaultValue } }`)} }`,
  ],
  'things of a page': [PAGE('first: 501')],
  'characters of a search': [PAGE(`search: "${'x'.repeat(201)}"`)],
  'a member of a JSON object': { body: '{"query": "{ __typename }", "query": "{ __typename }"}' },
  'types of event of a plain feed': { path: `/projects/shop/changes?types=${list(101, (at) => `T${at}`).replaceAll(' ', ',')}` },
  'bytes of a value as JSON': [EDIT, { value: 'x'.repeat(32_768) }],
  'conditions of a rule': [SEGMENT, { rule: { any: Array.from({ length: 201 }, () => PROPERTY) } }],
};

let directory: string;
let running: Running;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-limits-'));
  running = await start(readSettings({ DATA_DIR: directory, EVENT_STORE: 'memory:', PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
  await send(['mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }']);
  const keys = list(
    40,
    (at) => `k${at}: createKey(input: { projectId: "shop", name: "k${at}", type: STRING, defaultValue: $value }) { __typename }`,
  );
  await send([
    `mutation ($value: JSON) { k: createKey(input: { projectId: "shop", name: "k", type: STRING, defaultValue: "" }) { __typename } ${keys} }`,
    { value: 'x'.repeat(32_000) },
  ]);
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function send(probe: Probe): Promise<{ readonly status: number; readonly text: string }> {
  const {
    path,
    headers = {},
    body,
  } = 'length' in probe ? { path: undefined, body: JSON.stringify({ query: probe[0], variables: probe[1] }) } : probe;
  const response = await fetch(`${running.url}${path ?? '/graphql'}`, {
    headers: {
      authorization: `Bearer ${running.firstToken}`,
      ...(path === undefined ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(path === undefined ? { method: 'POST', body: body ?? '{"query":"{ __typename }"}' } : {}),
  });
  return { status: response.status, text: await response.text() };
}

const requests = rowsUnder('Requests');

test('each limit of the page has a probe, and each probe its limit', () => {
  expect(requests.map(([limit]) => limit).sort()).toEqual(Object.keys(PROBES).sort());
});

test.each(requests)('%s: at most %s, else %s', async (limit, _most, says) => {
  const [, code, status] = /^`(\w+)`(?:, status (\d+))?$/.exec(says!) ?? [];
  const answer = await send(PROBES[limit!]!);
  expect(answer.text).toContain(`"code":"${code}"`);
  expect(answer.status).toBe(Number(status ?? 200));
});

test('the limits of connections are those of the code', () => {
  const { headersMs, requestMs, unreadBodyMs } = CONNECTION_TIMES;
  const { subscriptions, subscriptionsPerToken } = readSettings({}).feeds;
  expect(rowsUnder('Connections').map(([limit, most]) => [limit, Number(/^[\d,]+/.exec(most!)?.[0].replaceAll(',', ''))])).toEqual([
    ['milliseconds until the headers have come', headersMs],
    ['milliseconds until the body has come', requestMs],
    ['milliseconds that a body comes after its request was answered', unreadBodyMs],
    ['requests of a connection that wait for the one before them', MOST_WAITING],
    ['milliseconds to read an answer of more than 64 KiB', READ_WITHIN_MS],
    ['bytes of all answers under way, beyond 256 KiB each', UNDER_WAY_BYTES],
    ['bytes of all answers with the values of a whole project, from 256 KiB on', UNDER_WAY_BYTES],
    ['bytes of a socket before it is acknowledged', FIRST_BYTES],
    ['bytes of a message of a socket', MESSAGE_BYTES],
    ['milliseconds until a client has identified itself', TIMES.init],
    ['sockets of one token', subscriptionsPerToken],
    ['sockets in all', subscriptions],
    ['sockets that have not identified themselves', MOST_UNIDENTIFIED],
    ["characters of an operation's id", MAX_ID_CHARACTERS],
    ['tokens of a document that is subscribed with', SUBSCRIPTION_TOKENS],
    ['characters of a document that is subscribed with', SUBSCRIPTION_CHARACTERS],
    ['bytes of all documents that are subscribed with', HELD_BYTES],
    ['bytes that wait in a socket', HIGH_WATER_BYTES],
  ]);
});

test('what is kept of documents, and from where answers are compressed, is as the page says', () => {
  const page = readFileSync(join(__dirname, '../../../docs/limits.md'), 'utf8');
  expect(page).toContain(`pages of change feeds (${KEPT_PAGES_BYTES.toLocaleString('en')} bytes, for 30\nseconds at most)`);
  expect(page).toContain(`parsed documents (${KEPT_BYTES.toLocaleString('en')} bytes)`);
  expect(page).toContain(`A GraphQL answer from ${COMPRESSED_FROM_BYTES.toLocaleString('en')} bytes on is compressed`);
});
