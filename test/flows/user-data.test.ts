import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Role } from '../../src/application/caller';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';

const SETUP = `
version: 2
keys:
  - { name: offer, type: STRING, default: none }
  - { name: banner, type: STRING, default: quiet }
  - { name: price, type: NUMBER, default: 1 }
segments:
  - { name: Gold, rule: { property: { name: account.plan, operator: EQUALS, value: gold } } }
flags:
  - { name: Offer, key: offer, status: LIVE, rows: [{ segment: Gold, percentage: 100, value: gold }] }
experiments:
  - name: Banner
    traffic: 100
    keys: [banner]
    status: RUNNING
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: Loud, weight: 50, values: { banner: loud } }
  - name: Price for gold
    sticky: false
    audience: Gold
    traffic: 100
    keys: [price]
    status: RUNNING
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: Cheap, weight: 50, values: { price: 0 } }
`;

const ORIGIN = 'https://shop.example';
let directory: string;
let running: Running;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-user-data-'));
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', EVENT_STORE: 'memory:', CORS_ORIGINS: ORIGIN });
  running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  const secret = await readFile(join(directory, 'secret'));
  for (const role of ['app', 'app-server', 'creator', 'auditor'] as const) {
    tokens.set(role, await issueToken(secret, { subject: role, kind: 'service', roles: { shop: [role] }, ttlMs: 600_000 }));
  }
  tokens.set('admin', running.firstToken as string);
  const file = join(directory, 'shop.yaml');
  await writeFile(file, SETUP);
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: running.firstToken as string, LEDGER_URL: running.url });
  expect(await type('apply', file, '--project', 'shop', '--create-project')).toMatchObject({ code: 0 });
}, 30_000);

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function post(path: string, body: unknown, role: Role = 'app-server') {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get(role)}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get('etag'), text, json: safely(text) as never };
}

function safely(text: string): unknown {
  return text.includes('}\n')
    ? text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    : JSON.parse(text);
}

const FLAGS = '/ofrep/v1/evaluate/flags';
const valueOf = async (key: string, context: object): Promise<unknown> =>
  ((await post(`${FLAGS}/${key}`, { context })).json as { value: unknown }).value;
const bulk = (context: object, query = '') => post(`${FLAGS}${query}`, { context });
type Known = { kind: string; experiment?: string; variant?: string; assignments?: { experiment: string; variant: string }[]; at?: string };
const known = async (user: string): Promise<readonly Known[]> => [(await post('/users/known', { user })).json as Known[] | Known].flat();
const exposuresOf = async (user: string) => (await known(user)).filter(({ kind }) => kind === 'exposure');
const assignmentsOf = async (user: string) => (await known(user))[0]?.assignments ?? [];

const ROUTES: readonly (readonly [path: string, body: object, status: number, roles: readonly Role[]])[] = [
  [FLAGS, { context: {} }, 200, ['app', 'app-server', 'admin']],
  [`${FLAGS}/offer`, { context: {} }, 200, ['app', 'app-server', 'admin']],
  ['/events', { events: [] }, 202, ['app', 'app-server', 'admin']],
  ['/exposures', { exposures: [] }, 202, ['app', 'app-server', 'admin']],
  ['/users/properties', { user: 'roles', properties: {} }, 200, ['app-server', 'admin']],
  ['/users/known', { user: 'roles' }, 200, ['app-server', 'admin']],
  ['/users/link', { from: 'roles', to: 'others' }, 200, ['app-server', 'admin']],
  ['/users/forget', { user: 'roles' }, 200, ['app-server', 'admin']],
];

test.each(ROUTES)('%s is for its roles alone, with the project of the token or of the path', async (path, body, status, roles) => {
  for (const role of tokens.keys()) {
    const expected = roles.includes(role) ? status : 403;
    expect({ role, status: (await post(`/projects/shop${path}`, body, role)).status }).toEqual({ role, status: expected });
    // The admin's token is of all projects.
    expect({ role, status: (await post(path, body, role)).status }).toEqual({ role, status: role === 'admin' ? 400 : expected });
  }
  expect((await post(`/projects/none${path}`, body, 'admin')).status).toBe(404);
  expect((await fetch(`${running.url}${path}`, { method: 'POST', body: JSON.stringify(body) })).status).toBe(401);
});

test('a page of another origin may ask and send, and reads what it needs of the answers', async () => {
  for (const [path] of ROUTES) {
    const preflight = await fetch(`${running.url}/projects/shop${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,if-none-match',
      },
    });
    expect({ path, status: preflight.status, origin: preflight.headers.get('access-control-allow-origin') }).toEqual({
      path,
      status: 204,
      origin: ORIGIN,
    });
  }
  const refused = await fetch(`${running.url}/events`, { method: 'POST', headers: { origin: ORIGIN } });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
  expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after');
  const other = await fetch(`${running.url}/events`, { method: 'POST', headers: { origin: 'https://other.example' } });
  expect(other.headers.get('access-control-allow-origin')).not.toBe('https://other.example');
});

test('an exposure is of the experiment that has the user, in the variant that the server knows; asking for all keys is none', async () => {
  await bulk({ targetingKey: 'ann' });
  expect(await exposuresOf('ann')).toEqual([]);
  const [assignment] = await assignmentsOf('ann');
  const shown = { user: 'ann', key: 'banner', at: new Date(Date.now() - 60_000).toISOString() };
  expect(
    await post('/exposures', { exposures: [shown, { user: 'not-seen-yet', key: 'banner' }, { user: 'ann', key: 'offer' }] }, 'app'),
  ).toMatchObject({
    status: 202,
    json: { accepted: 1, unassigned: 2, rejected: [] },
  });
  const first = await exposuresOf('ann');
  expect(first).toMatchObject([{ experiment: assignment!.experiment, variant: assignment!.variant }]);
  // Not before the experiment had the user.
  expect(first[0]!.at! >= shown.at).toBe(true);
  expect(await post('/exposures', { exposures: [{ user: 'ann', key: 'banner' }] }, 'app')).toMatchObject({ json: { accepted: 1 } });
  expect(await exposuresOf('ann')).toEqual(first);
});

test('X5: outside the audience of a test that is not sticky an exposure needs the context that the key was shown for', async () => {
  const gold = { account: { plan: 'gold' } };
  await bulk({ targetingKey: 'kim', ...gold });
  expect((await assignmentsOf('kim')).length).toBe(2);
  const report = (context?: object) => post('/exposures', { exposures: [{ user: 'kim', key: 'price', context }] });
  expect(await report()).toMatchObject({ json: { accepted: 0, unassigned: 1 } });
  expect(await report({ ...gold, $preview: true })).toMatchObject({ json: { accepted: 0, unassigned: 1 } });
  expect(await report({ ...gold, targetingKey: 'other' })).toMatchObject({ json: { accepted: 1, unassigned: 0 } });
});

test('stored properties last, stand behind those of a request, change the ETag, and go when they are set to null', async () => {
  const set = (properties: object) => post('/users/properties', { user: 'bob', properties });
  const { etag } = await bulk({ targetingKey: 'bob' });
  expect(await set({ account: { plan: 'gold' }, beta: true })).toMatchObject({
    status: 200,
    json: { factsVersion: expect.any(Number) as number },
  });
  expect(await valueOf('offer', { targetingKey: 'bob' })).toBe('gold');
  expect(await valueOf('offer', { targetingKey: 'bob', account: { plan: 'free' } })).toBe('none');
  expect((await bulk({ targetingKey: 'bob' })).etag).not.toBe(etag);
  expect((await known('bob'))[0]).toMatchObject({ kind: 'user', properties: { 'account.plan': 'gold', beta: true } });
  await set({ account: { plan: null } });
  expect((await known('bob'))[0]).toMatchObject({ properties: { beta: true } });
  expect(await valueOf('offer', { targetingKey: 'bob' })).toBe('none');
  const many = (from: number) => Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`p${from + at}`, 1]));
  expect((await set(many(0))).status).toBe(200);
  expect(await set(many(600))).toMatchObject({
    status: 400,
    json: { errors: [{ message: expect.stringContaining('1000 properties') as string }] },
  });
});

test('U5: a person who signs in keeps the tests of before, once', async () => {
  await bulk({ targetingKey: 'anonymous-7' });
  expect((await post('/users/link', { from: 'anonymous-7', to: 'eve' })).json).toEqual({ linked: true });
  expect(await assignmentsOf('eve')).toEqual(await assignmentsOf('anonymous-7'));
  expect((await post('/users/link', { from: 'anonymous-7', to: 'eve' })).json).toEqual({ linked: false });
});

test('U4: a user who is forgotten is unknown in every store, and may come back', async () => {
  const events = [{ user: 'tom', event: 'Purchase', id: '1', at: new Date().toISOString() }];
  await post('/users/properties', { user: 'tom', properties: { beta: true } });
  await bulk({ targetingKey: 'tom' }, '?expose=banner');
  await post('/events', { events });
  await valueOf('banner', { targetingKey: 'tom' });
  while ((await exposuresOf('tom')).length === 0) await sleep(10);
  expect((await known('tom')).map(({ kind }) => kind).sort()).toEqual(['event', 'exposure', 'user']);
  expect((await post('/users/forget', { user: 'tom' })).json).toEqual({ forgotten: true });
  expect(await known('tom')).toEqual([{ kind: 'user', properties: {}, assignments: [], overrides: [], counters: [] }]);
  expect((await post('/users/forget', { user: 'tom' })).json).toEqual({ forgotten: false });
  expect((await post('/events', { events })).json).toMatchObject({ accepted: 1 });
  await bulk({ targetingKey: 'tom' });
  await post('/exposures', { exposures: [{ user: 'tom', key: 'banner' }] });
  expect((await known('tom')).map(({ kind }) => kind).sort()).toEqual(['event', 'exposure', 'user']);
});

const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, 1]));
const deep: unknown = Array.from({ length: 12 }).reduce((inner) => ({ a: inner }), 1 as unknown);
const set = (properties: unknown, user: unknown = 'bad') => ({ user, properties });

test.each<readonly [what: string, path: string, body: unknown, status: number, says: string]>([
  ['no body', '/users/known', '', 400, 'empty'],
  ['__proto__', '/users/properties', '{"user":"bad","properties":{"__proto__":{"a":1}}}', 400, '__proto__'],
  ['a member twice', '/users/link', '{"from":"a","from":"b","to":"c"}', 400, 'twice'],
  ['a member that is none', '/users/forget', { user: 'bad', users: [] }, 400, 'no member "users"'],
  ['no user', '/users/forget', {}, 400, 'user must be a text, not nothing'],
  ['a number for a user', '/users/link', { from: 7, to: 'a' }, 400, 'from must be a text, not a number'],
  ['a user id of 501 characters', '/users/link', { from: 'a', to: 'x'.repeat(501) }, 400, 'at most 500 characters'],
  ['half a character', '/users/known', '{"user":"\\ud800"}', 400, 'lone surrogate'],
  ['properties that are a list', '/users/properties', set([]), 400, 'must be an object, not a list'],
  ['10,000 properties', '/users/properties', set(many), 400, '64 KiB'],
  ['properties nested too deep', '/users/properties', set({ deep }), 400, 'at most 8'],
  ['properties of 1 MB', '/users/properties', set({ text: 'x'.repeat(1_000_000) }), 400, '64 KiB'],
  ['a body of more than 1 MiB', '/users/properties', set({ text: 'x'.repeat(1_100_000) }), 413, '1048576 bytes'],
  ['a number that is not exact', '/users/properties', '{"user":"bad","properties":{"n":9007199254740993}}', 400, '9,007,199,254,740,991'],
  ['a targetingKey as a property', '/users/properties', set({ targetingKey: 'x' }), 400, 'targetingKey'],
  ['no list', '/exposures', { exposures: {} }, 400, 'exposures must be a list'],
  ['1,001 exposures', '/exposures', { exposures: Array.from({ length: 1_001 }, () => ({})) }, 400, 'at most 1000'],
  ['a sentAt that is no time', '/exposures', { exposures: [], sentAt: 7 }, 400, 'sentAt must be a date'],
])('bad input is refused with what to do: %s', async (_what, path, body, status, says) => {
  expect(await post(path, body)).toMatchObject({ status, json: { errors: [{ message: expect.stringContaining(says) as string }] } });
});

test('what is wrong with one exposure is said by its index, and ids of any script are taken', async () => {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  await bulk({ targetingKey: 'Зоя 🦊 日本' });
  const shown = { user: 'Зоя 🦊 日本', key: 'banner' };
  const wrong = [7, { key: 'banner' }, { ...shown, key: 'x'.repeat(200) }, { ...shown, at: at(-365 * 86_400_000) }];
  const { json } = await post('/exposures', { exposures: [...wrong, { ...shown, context: [] }, { ...shown, at: at(86_400_000) }] });
  expect(json).toMatchObject({ accepted: 1, unassigned: 0, rejected: [0, 1, 2, 3, 4].map((index) => ({ index })) });
  expect((await exposuresOf(shown.user))[0]!.at! <= at(0)).toBe(true);
});
