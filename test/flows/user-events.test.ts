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

const event = (over: object): object => ({ user: 'eve', event: 'Purchase', ...over });
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, 1]));

/** Each with what is said of it; null: it is taken. */
const EVENTS: readonly (readonly [what: string, event: unknown, says: string | null])[] = [
  ['one that is right', event({ id: 'one' }), null],
  ['a number', 7, 'an event must be an object, not a number.'],
  ['null', null, 'an event must be an object, not null.'],
  ['no user', { event: 'Purchase' }, 'user must be a text, not nothing.'],
  ['a number for a user', event({ user: 7 }), 'user must be a text, not a number.'],
  ['an empty user id', event({ user: '' }), 'user must not be empty.'],
  ['a user id of 500 characters', event({ user: '🦊'.repeat(500) }), null],
  ['a user id of 501 characters', event({ user: '🦊'.repeat(501) }), 'user must have at most 500 characters.'],
  ['ids of other scripts', event({ user: 'Зоя 🦊 日本', event: 'Покупка', id: 'ا\u0000\n' }), null],
  ['half a character', event({ user: '\ud800' }), 'user must not have half a character (a lone surrogate).'],
  ['no event', { user: 'eve' }, 'event must be a text, not nothing.'],
  ['an empty event', event({ event: '' }), 'event must not be empty.'],
  ['a number for an id', event({ id: 7 }), 'id must be a text, not a number.'],
  ['an id of 201 characters', event({ id: 'x'.repeat(201) }), 'id must have at most 200 characters.'],
  ['an id again with other content', event({ id: 'one', properties: { other: 1 } }), 'the user has another event with this id: '],
  ['the id of another user', event({ user: 'zed', id: 'one', properties: { other: 1 } }), null],
  ['a year late', event({ at: inMs(-YEAR_MS) }), 'at is more than 7 days ago (LATE_DAYS).'],
  ['from the future', event({ id: 'ahead', at: inMs(YEAR_MS) }), null],
  ['a time that is none', event({ at: 'yesterday' }), 'at must be a date that exists, such as '],
  ['null for a time', event({ at: null }), 'at must be a date that exists, such as '],
  ['an unknown member', event({ colour: 'red' }), 'an event may have id, user, event, at, properties, and no member "colour".'],
  ['a list of properties', event({ properties: [] }), 'properties must be an object, not a list.'],
  ['properties that every object has', event({ id: 'own', properties: { constructor: 1, toString: [] } }), null],
  ['half a character in a property', event({ properties: { a: '\ud800' } }), 'properties.a must not have half a character'],
  ['a number that is not exact', event({ properties: { n: 2 ** 60 } }), 'properties.n must be a whole number from '],
  ['properties nested too deep', event({ properties: nested(12) }), 'properties must have at most 8 lists and objects'],
  ['10,000 properties', event({ properties: many }), 'properties must take at most 32 KiB as JSON.'],
];

test('what is wrong with an event is said by its index, and the others are taken', async () => {
  const { status, json } = await send(...EVENTS.map(([, sent]) => sent));
  expect(status).toBe(202);
  const { accepted, rejected } = json as { accepted: number; rejected: readonly { index: number; message: string }[] };
  const said = EVENTS.map(([what], at) => [what, rejected.find(({ index }) => index === at)?.message ?? null]);
  expect(said).toEqual(EVENTS.map(([what, , says]) => [what, says === null ? null : (expect.stringContaining(says) as string)]));
  expect(accepted).toBe(EVENTS.filter(([, , says]) => says === null).length);
});

test.each([
  ['no JSON', '{"events"', 400, 'not JSON'],
  ['nothing', '', 400, 'empty'],
  ['__proto__', '{"events":[{"user":"a","event":"b","properties":{"__proto__":1}}]}', 400, '__proto__'],
  ['a member twice', '{"events":[{"user":"a","user":"b","event":"c"}]}', 400, '"user" twice'],
  ['no list', { events: {} }, 400, 'events must be a list, not an object'],
  ['1,001 events', { events: Array.from({ length: 1_001 }, () => ({})) }, 400, 'at most 1000'],
  ['a sentAt that is no time', { events: [], sentAt: 'now' }, 400, 'sentAt must be a date'],
  ['an unknown member', { events: [], sent: 1 }, 400, 'no member "sent"'],
  ['more than 1 MiB', { events: [event({ properties: { text: 'x'.repeat(1_100_000) } })] }, 413, '1048576 bytes (BODY_LIMIT)'],
])('a batch is refused: %s', async (_what, body, status, says) => {
  expect(await post('/events', body)).toMatchObject({ status, json: { errors: [{ message: expect.stringContaining(says) as string }] } });
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
