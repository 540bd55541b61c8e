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
segments:
  - name: Buyers
    rule: { did: { event: Purchase, count: { atLeast: 3 }, window: { lastDays: 30 } } }
flags:
  - { name: Offer, key: offer, status: LIVE, rows: [{ segment: Buyers, percentage: 100, value: gold }] }
`;

let directory: string;
let running: Running;
let app: string;
let auditor: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-user-events-'));
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
  app = await tokenOf('app');
  auditor = await tokenOf('auditor');
  const file = join(directory, 'shop.yaml');
  await writeFile(file, SETUP);
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: running.firstToken as string, LEDGER_URL: running.url });
  expect(await type('apply', file, '--project', 'shop', '--create-project')).toMatchObject({ code: 0 });
}, 30_000);

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

const tokenOf = async (role: Role): Promise<string> =>
  issueToken(await readFile(join(directory, 'secret')), { subject: role, kind: 'service', roles: { shop: [role] }, ttlMs: 600_000 });

async function post(path: string, body: unknown, token = app) {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as never };
}

const send = (...events: readonly unknown[]) => post('/events', { events });
const purchase = (user: string, id: string) => ({ user, event: 'Purchase', id });
const offerOf = async (targetingKey: string): Promise<string> =>
  ((await post('/ofrep/v1/evaluate/flags/offer', { context: { targetingKey } })).json as { value: string }).value;

test('V6, U1: a segment on behaviour becomes true as events arrive, also by those from before it was counted', async () => {
  expect(await send(purchase('ann', '1'), purchase('ann', '2'), purchase('bob', '1'))).toEqual({
    status: 202,
    json: { accepted: 3, repeated: 0, rejected: [] },
  });
  expect(await send(purchase('ann', '2'), purchase('bob', '2'))).toMatchObject({ json: { accepted: 1, repeated: 1 } });
  await send(purchase('ann', '3'));
  for (let tries = 0; tries < 600 && (await offerOf('ann')) !== 'gold'; tries += 1) await sleep(100);
  expect(await offerOf('ann')).toBe('gold');
  expect(await offerOf('bob')).toBe('none');
  await send(purchase('bob', '3'));
  expect(await offerOf('bob')).toBe('gold');
}, 90_000);

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const YEAR_MS = 365 * 86_400_000;

test('what is wrong with one event is said by its index, and the others are taken', async () => {
  const { status, json } = await send(
    purchase('eve', '1'),
    7,
    { user: 7, event: 'Purchase' },
    { user: 'eve' },
    { user: 'eve', event: 'Purchase', at: inMs(-YEAR_MS) },
    { user: 'x'.repeat(501), event: 'Purchase' },
    { user: 'eve', event: 'Purchase', properties: { n: 1e300 * 1e10 } },
    { user: 'eve', event: 'Purchase', colour: 'red' },
    { user: 'eve', event: 'Purchase', id: '1', properties: { other: true } },
    { user: 'Зоя 🦊 日本', event: 'Покупка', at: inMs(YEAR_MS), properties: { toString: 1 } },
    { user: 'eve', event: 'Purchase', properties: [] },
    { user: 'eve', event: 'Purchase', at: 'yesterday' },
    { user: 'eve', event: '' },
  );
  expect(status).toBe(202);
  const { accepted, rejected } = json as { accepted: number; rejected: readonly { index: number; message: string }[] };
  expect(rejected.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 7, 8, 10, 11, 12]);
  expect(accepted).toBe(3);
  expect(rejected.find(({ index }) => index === 4)?.message).toContain('LATE_DAYS');
});

test.each([
  ['no JSON', '{"events"', 400],
  ['__proto__', '{"events":[{"user":"a","event":"b","properties":{"__proto__":1}}]}', 400],
  ['no list', { events: {} }, 400],
  ['1,001 events', { events: Array.from({ length: 1_001 }, () => ({})) }, 400],
  ['a sentAt that is no time', { events: [], sentAt: 'now' }, 400],
  ['more than 1 MiB', { events: [{ user: 'a', event: 'b', properties: { text: 'x'.repeat(1_100_000) } }] }, 413],
])('a batch is refused: %s', async (_what, body, status) => {
  expect(await post('/events', body)).toMatchObject({ status, json: { errors: [{ message: expect.any(String) as string }] } });
});

test('an event without id is counted once where it says when it was, and a wrong clock is set right', async () => {
  const event = { user: 'kim', event: 'View', at: inMs(-1_000) };
  expect(await send(event)).toMatchObject({ json: { accepted: 1, repeated: 0 } });
  expect(await send(event)).toMatchObject({ json: { accepted: 0, repeated: 1 } });
  expect(await send({ user: 'kim', event: 'View' }, { user: 'kim', event: 'View' })).toMatchObject({ json: { accepted: 2 } });
  const late = { events: [{ user: 'kim', event: 'View', at: inMs(-YEAR_MS) }], sentAt: inMs(-YEAR_MS) };
  expect(await post('/events', late)).toMatchObject({ json: { accepted: 1, rejected: [] } });
});

test('U4: who may not send is refused, and no user id stands in a file', async () => {
  expect((await post('/projects/shop/events', { events: [] }, auditor)).status).toBe(403);
  expect((await post('/projects/none/events', { events: [] }, running.firstToken)).status).toBe(404);
  expect((await post('/events', { events: [] }, running.firstToken)).status).toBe(400);
  await send(purchase('a-user-id-to-look-for', '1'));
  expect((await readFile(join(directory, 'users', 'users.db'))).includes(Buffer.from('a-user-id-to-look-for'))).toBe(false);
});

test('events are sent from a file, rejected by line, and resumed by line', async () => {
  const file = join(directory, 'events.ndjson');
  const lines = Array.from({ length: 1_500 }, (_, at) => JSON.stringify({ user: `u${at % 40}`, event: 'View', id: `file-${at}` }));
  const odd = ['', '{', '[]', '{"user":"u1","event":"View"}', '{"user":7,"event":"View","id":"x"}'];
  await writeFile(file, [...lines, ...odd].join('\n'));
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: running.firstToken as string, LEDGER_URL: running.url });
  const first = await type('events', file, '--project', 'shop', '--json');
  expect([first.code, JSON.parse(first.out)]).toEqual([4, { accepted: 1_500, repeated: 0, rejected: 4 }]);
  expect(first.err.match(/line \d+/g)?.sort()).toEqual(['line 1501', 'line 1502', 'line 1503', 'line 1504']);
  const again = await type('events', file, '--project', 'shop', '--from', '1400', '--json');
  expect(JSON.parse(again.out)).toEqual({ accepted: 0, repeated: 100, rejected: 4 });
  expect(await type('events', join(directory, 'none'), '--project', 'shop')).toMatchObject({
    code: 1,
    err: expect.stringContaining('--from 0') as string,
  });
  expect(await type('events', file, '--project', 'none')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no project') as string,
  });
});
