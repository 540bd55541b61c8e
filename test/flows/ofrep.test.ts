import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { issueToken } from '../../src/http/tokens';
import type { Role } from '../../src/application/caller';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { expectOfrep } from '../fixtures/ofrep-answers';

const SETUP = `
version: 2
keys:
  - { name: dark_mode, type: NUMBER, default: 3 }
  - { name: new_cart, type: BOOLEAN, default: false }
  - { name: banner, type: STRING, default: none }
segments:
  - name: Phones in New York
    rule:
      all:
        - property: { name: device.os, operator: EQUALS, value: iOS }
        - property: { name: geo.city, operator: EQUALS, value: New York }
flags:
  - { name: New cart, key: new_cart, status: LIVE, rows: [{ segment: Phones in New York, percentage: 100, value: true }] }
experiments:
  - name: Darker
    exclusive: true
    traffic: 100
    keys: [dark_mode]
    status: RUNNING
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: Darker, weight: 50, values: { dark_mode: 7 } }
  - name: Banner
    traffic: 100
    keys: [banner]
    status: RUNNING
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: Loud, weight: 50, values: { banner: loud } }
`;

let directory: string;
let running: Running;
let admin: string;
let app: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-ofrep-'));
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
  admin = running.firstToken as string;
  app = await tokenOf({ shop: ['app'] });
  await apply(SETUP, '--create-project');
});

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function apply(text: string, ...options: readonly string[]): Promise<void> {
  return applyTo('shop', text, ...options);
}

async function applyTo(projectId: string, text: string, ...options: readonly string[]): Promise<void> {
  const file = join(directory, 'shop.yaml');
  await writeFile(file, text);
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: admin, LEDGER_URL: running.url });
  expect(await type('apply', file, '--project', projectId, '--acknowledge', ...options)).toMatchObject({ code: 0 });
}

async function tokenOf(roles: Readonly<Record<string, readonly Role[]>>): Promise<string> {
  return issueToken(await readFile(join(directory, 'secret')), { subject: 'app', kind: 'service', roles, ttlMs: 600_000 });
}

interface Flag {
  readonly key: string;
  readonly value: unknown;
  readonly reason: string;
  readonly variant?: string;
  readonly metadata: { readonly source: string; readonly revision: number };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}, token = app) {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (path.includes('/ofrep/') && response.status !== 401) expectOfrep(path, response.status, text);
  return { status: response.status, etag: response.headers.get('etag') ?? '', json: (text === '' ? undefined : JSON.parse(text)) as never };
}

const BULK = '/ofrep/v1/evaluate/flags';
const one = async (key: string, context: object) => (await post(`${BULK}/${key}`, { context })).json as Flag;
const all = async (context: object): Promise<Record<string, unknown>> => {
  const { flags } = (await post(BULK, { context })).json as { flags: readonly Flag[] };
  return Object.fromEntries(flags.map(({ key, value }) => [key, value]));
};

test('a value is served by what the user is, and the answer says what gives it', async () => {
  const phone = { targetingKey: 'ann', device: { os: 'iOS' }, geo: { city: 'New York' } };
  expect(await one('new_cart', phone)).toMatchObject({
    key: 'new_cart',
    value: true,
    reason: 'TARGETING_MATCH',
    metadata: { source: 'flag' },
  });
  expect(await one('new_cart', { targetingKey: 'ann' })).toMatchObject({ value: false, reason: 'STATIC', metadata: { source: 'default' } });
});

test('X4: a user is in one of two tests that exclude each other, whichever key is asked for first, and stays', async () => {
  const firstAsked = { dark_mode: new Set<unknown>(), banner: new Set<unknown>() };
  for (let number = 0; number < 40; number += 1) {
    const targetingKey = `user-${number}`;
    const { value } = await one(number % 2 === 0 ? 'banner' : 'dark_mode', { targetingKey });
    firstAsked[number % 2 === 0 ? 'banner' : 'dark_mode'].add(value);
    expect((await all({ targetingKey }))['banner']).toBe('none');
    expect(await all({ targetingKey })).toEqual(await all({ targetingKey }));
  }
  // The exclusive test started first and takes everybody, so the other one takes no user.
  expect(firstAsked).toEqual({ dark_mode: new Set([3, 7]), banner: new Set(['none']) });
});

test('X8: a held-out user gets no value of a test that has begun since, nor of its roll-out until the holdout ends', async () => {
  const setup = (status: string, more: string) =>
    `version: 2
keys: [{ name: size, type: NUMBER, default: 3 }]
experiments:
  - { name: Big, traffic: 100, keys: [size], status: ${status}, variants: [
      { name: Control, control: true, weight: 0 }, { name: Big, weight: 100, values: { size: 9 } }] }
${more}`;
  const held = '/projects/held/ofrep/v1/evaluate/flags';
  await applyTo('held', setup('DRAFT', 'holdout: { name: Autumn, share: 20 }'), '--create-project');
  await applyTo('held', setup('RUNNING', ''));
  const token = await tokenOf({ held: ['app'] });
  const size = async (targetingKey: string) => {
    const { value } = (await post(`${held}/size`, { context: { targetingKey } }, {}, token)).json as Flag;
    const { flags } = (await post(held, { context: { targetingKey } }, {}, token)).json as { flags: readonly Flag[] };
    expect(flags.map((flag) => flag.value)).toEqual([value]);
    return value;
  };
  // One user of each kind: the holdout is a fifth of all.
  const users = new Map<unknown, string>();
  for (let at = 0; users.size < 2; at += 1) users.set(await size(`user-${at}`), `user-${at}`);
  const sizes = () => Promise.all([size(users.get(3)!), size(users.get(9)!)]);
  const rolledOut = (more: string) => setup('ROLLED_OUT, rolledOut: Big', more);
  await applyTo('held', rolledOut(''));
  expect(await sizes()).toEqual([3, 9]);
  await applyTo('held', rolledOut('holdout: null'), '--prune');
  expect(await sizes()).toEqual([9, 9]);
});

test('V5: an answer is not sent again while nothing has changed, and is when the context or the set-up has', async () => {
  const body = { context: { targetingKey: 'bob', plan: 'free' } };
  const { etag, status } = await post(BULK, body);
  expect(status).toBe(200);
  expect(await post(BULK, body, { 'if-none-match': etag })).toMatchObject({ status: 304, etag });
  const other = await post(BULK, { context: { targetingKey: 'bob', plan: 'gold' } }, { 'if-none-match': etag });
  expect(other.status).toBe(200);
  await apply(SETUP.replace('default: none', 'default: quiet'));
  const after = await post(BULK, body, { 'if-none-match': etag });
  expect(after.status).toBe(200);
  expect(JSON.stringify(after.json)).toContain('"quiet"');
});

test('V3: without a user id no test takes the request, and the answer says so', async () => {
  expect(await one('dark_mode', {})).toMatchObject({
    value: 3,
    metadata: { source: 'default', detail: expect.stringContaining('no user id') as string },
  });
  expect(await post(`${BULK}/dark_mode?requireTargetingKey=true`, { context: {} })).toMatchObject({
    status: 400,
    json: { key: 'dark_mode', errorCode: 'TARGETING_KEY_MISSING' },
  });
});

const many = (prefix: string, count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 1]));
const deep = JSON.stringify(Array.from({ length: 12 }).reduce((inner) => ({ a: inner }), 1 as unknown));

test.each([
  ['a key that is not there', `${BULK}/nope`, { context: {} }, 404, 'FLAG_NOT_FOUND', 'no key "nope"'],
  ['a key that is not encoded', `${BULK}/50%`, { context: {} }, 404, 'FLAG_NOT_FOUND', 'no key "50%"'],
  ['a body that is no JSON', `${BULK}/dark_mode`, '{"context"', 400, 'PARSE_ERROR', 'not JSON'],
  ['an empty body', BULK, '', 400, 'PARSE_ERROR', 'empty'],
  ['a member twice', BULK, '{"context":{"a":1,"a":2}}', 400, 'PARSE_ERROR', '"a" twice'],
  ['__proto__', BULK, '{"context":{"__proto__":{"a":1}}}', 400, 'PARSE_ERROR', '__proto__'],
  ['no context', BULK, {}, 400, 'INVALID_CONTEXT', 'has no context'],
  ['a list for a context', BULK, { context: [] }, 400, 'INVALID_CONTEXT', 'the context must be an object, not a list.'],
  ['a number for a user id', BULK, { context: { targetingKey: 7 } }, 400, 'INVALID_CONTEXT', 'targetingKey must be a text, not a number.'],
  ['501 characters', BULK, { context: { targetingKey: '🦊'.repeat(501) } }, 400, 'INVALID_CONTEXT', 'at most 500 characters'],
  [
    'half a character',
    BULK,
    '{"context":{"targetingKey":"\\ud800"}}',
    400,
    'INVALID_CONTEXT',
    'targetingKey must not have half a character',
  ],
  ['a number that is not exact', BULK, '{"context":{"n":9007199254740993}}', 400, 'INVALID_CONTEXT', 'n must be a whole number'],
  ['a number beyond all numbers', BULK, '{"context":{"a":{"n":1e999}}}', 400, 'INVALID_CONTEXT', 'a.n must be a finite number'],
  ['a context nested too deep', BULK, `{"context":${deep}}`, 400, 'INVALID_CONTEXT', 'at most 8 lists and objects'],
  ['10,000 properties', BULK, { context: many('p', 10_000) }, 400, 'INVALID_CONTEXT', 'at most 64 KiB'],
  ['1,001 properties', BULK, { context: many('', 1_001) }, 400, 'INVALID_CONTEXT', 'more than 1000 properties'],
  ['a body of more than BODY_LIMIT', BULK, { context: { text: 'x'.repeat(1_100_000) } }, 413, 'PARSE_ERROR', '1048576 bytes (BODY_LIMIT)'],
  ['a context of 1 MB', BULK, { context: { text: 'x'.repeat(1_000_000) } }, 400, 'INVALID_CONTEXT', 'at most 64 KiB'],
  ['another project', '/projects/other/ofrep/v1/evaluate/flags', { context: {} }, 403, 'GENERAL', 'other'],
] as const)('%s is refused in the words of the protocol', async (_what, path, body, status, errorCode, says) => {
  expect(await post(path, body)).toMatchObject({ status, json: { errorCode, errorDetails: expect.stringContaining(says) as string } });
});

test('a project that is not there, a token of several projects, no token, a role that may not', async () => {
  expect(await post('/projects/none/ofrep/v1/evaluate/flags/banner', { context: {} }, {}, admin)).toMatchObject({
    status: 404,
    json: { key: 'banner', errorCode: 'FLAG_NOT_FOUND', errorDetails: 'There is no project "none".' },
  });
  expect(await post('/projects/none/ofrep/v1/evaluate/flags', { context: {} }, {}, admin)).toMatchObject({
    status: 404,
    json: { errorCode: 'GENERAL' },
  });
  expect(await post(BULK, { context: {} }, {}, admin)).toMatchObject({ status: 400, json: { errorCode: 'GENERAL' } });
  expect((await post(BULK, { context: {} }, { authorization: '' })).status).toBe(401);
  expect((await post(BULK, { context: {} }, {}, await tokenOf({ shop: ['auditor'] }))).status).toBe(403);
  expect((await post(BULK, { context: {} }, {}, await tokenOf({ shop: ['app'], other: ['auditor'] }))).status).toBe(200);
});

test('user ids of any script are served, and stand in no file', async () => {
  const id = 'Зоя 🦊 日本';
  expect(await one('dark_mode', { targetingKey: id })).toMatchObject({ key: 'dark_mode' });
  expect((await readFile(join(directory, 'users', 'users.db'))).includes(Buffer.from(id))).toBe(false);
});

test('the command line says which value a user gets, and why', async () => {
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: admin, LEDGER_URL: running.url });
  const line = ['evaluate', '--project', 'shop', '--user', 'ann', '--key', 'new_cart'];
  expect(await type(...line, '--property', 'device.os=iOS', 'geo.city=New York')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^new_cart = true\n {2}\+ flag "New cart": its segment has the user\n {4}yes all of\n/) as string,
  });
  const { out } = await type(...line, '--property', 'device.os=iOS', 'geo.city=7');
  expect(out).toContain('new_cart = false\n  - flag "New cart": its segment does not have the user\n');
  expect(out).toContain('no  city is New York, but geo.city is a number, not a text\n');
  expect(out).toContain('Darker: ');
  const asJson = JSON.parse((await type(...line, '--json')).out) as { keys: readonly { value: unknown }[] };
  expect(asJson.keys).toMatchObject([{ value: false }]);
  expect(await type('evaluate', '--project', 'nope', '--user', 'ann')).toMatchObject({ code: 1, err: 'There is no project "nope".\n' });
  expect(await type(...line, '--key', 'nope')).toMatchObject({ code: 1, err: expect.stringContaining('There is no key "nope"') as string });
  expect(await type(...line, '--property', 'city')).toMatchObject({ code: 2 });
  expect(await type(...line, '--as-of', 'yesterday')).toMatchObject({ code: 2 });
  expect(await type(...line, '--as-of', '2020-01-01')).toMatchObject({ code: 1 });
});
