import { KnownContexts } from '../../src/serving/caches';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../src/application/caller';
import { OutgoingBytes, TOO_MANY, UNDER_WAY_BYTES } from '../../src/http/answer-budget';
import { buildLogger } from '../../src/http/logger';
import { Metrics } from '../../src/http/metrics';
import { ofrepRoute } from '../../src/http/ofrep-routes';
import { RateLimiter, TooManyRequests } from '../../src/http/rate-limits';
import { buildServer, type HttpServer } from '../../src/http/server';
import { until } from '../fixtures/eventually';

const caller = (role: 'app' | 'app-server', expiresAt = 1): Caller => ({
  actor: { id: 'app', kind: 'service' },
  grants: new Map([['shop', new Set([role])]]),
  expiresAt,
});

const FLAGS = '/ofrep/v1/evaluate/flags';
const BODY = '{"context":{"targetingKey":"ann"}}';
const LIMIT_BYTES = 1_024;
const PAGE = 'https://shop.example';

/** How many evaluations are under way, and what ends them. */
let waiting: (() => void)[];
let isHeld: boolean;
let flags: string | Buffer;
let addresses: string[];
let server: HttpServer;
let url: string;
const metrics = new Metrics();
const outgoing = new OutgoingBytes();

beforeAll(async () => {
  const one = async (_project: string, key: string): Promise<string> => {
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
    return JSON.stringify({ key });
  };
  const all = async () => ({ etag: '"1"', flags, revision: 1, tag: '1-a' });
  server = await buildServer({
    routes: [
      {
        add: (app) => void app.get('/other', async () => 'other'),
        direct: ofrepRoute({
          evaluator: { one, all },
          contexts: new KnownContexts(),
          tickets: { issue: () => 'ticket' },
          outgoing,
          rateLimiter: { take: (_caller, address) => void addresses.push(address()) },
        }),
      },
    ],
    authenticate: () => caller('app'),
    metrics,
    logger: buildLogger('silent'),
    bodyLimitBytes: LIMIT_BYTES,
    corsOrigins: [PAGE],
    trustedProxies: 1,
    stopSeconds: 20,
    connectionTimes: { unreadBodyMs: 50 },
  });
  url = await server.listen('127.0.0.1', 0);
});

beforeEach(() => {
  [waiting, isHeld, addresses, flags] = [[], false, [], '[]'];
});

afterAll(() => server.stop());

const post = (path: string, body: string | undefined = BODY, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

test.each([
  ['a key in percent-encoding', `${FLAGS}/a%20b`, {}, 200, '{"key":"a b"}'],
  ['a query', `/projects/shop${FLAGS}/a?expose=b`, {}, 200, '{"key":"a"}'],
  ['a name that is not encoded', `${FLAGS}/%zz`, {}, 200, '"%zz"'],
  ['a path below', `${FLAGS}/a/b`, {}, 404, 'BAD_REQUEST'],
  ['a type with parameters', `${FLAGS}/a`, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } }, 200, '{"key":"a"}'],
  ['another type', `${FLAGS}/a`, { headers: { 'content-type': 'text/plain' } }, 415, 'PARSE_ERROR'],
  ['no body', `${FLAGS}/a`, { body: '' }, 400, 'PARSE_ERROR'],
  ['a body that is too long', `${FLAGS}/a`, { body: ' '.repeat(LIMIT_BYTES + 1) }, 413, 'at most 1024 bytes (BODY_LIMIT)'],
] as const)('%s', async (_name, path, { body, headers }: { body?: string; headers?: Record<string, string> }, status, text) => {
  const answered = await post(path, body, headers);
  expect({ status: answered.status, text: await answered.text() }).toEqual({ status, text: expect.stringContaining(text) });
});

test('a body in chunks is bounded by what has come, and the connection is closed', async () => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`POST ${FLAGS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const closed = once(socket, 'close');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(`${(LIMIT_BYTES + 1).toString(16)}\r\n${' '.repeat(LIMIT_BYTES + 1)}\r\n`);
  await closed;
  expect(text).toMatch(/^HTTP\/1.1 413 .*"errorCode":"PARSE_ERROR"/s);
});

test('an address in absolute form, and no body at all', async () => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`POST http://x${FLAGS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1.1 400 .*The body has no context/s);
});

test.each([PAGE, 'https://other.example', undefined])(
  'the headers of every answer are those of other routes, also for a page of %s',
  async (origin) => {
    const headers: Record<string, string> = { 'x-request-id': 'mine', ...(origin !== undefined && { origin }) };
    const [direct, other] = [await post(`${FLAGS}/a`, BODY, headers), await fetch(`${url}/other`, { headers })];
    const shared = (answer: Response) =>
      Object.fromEntries([...answer.headers].filter(([name]) => !['content-type', 'content-length', 'date'].includes(name)));
    expect(shared(direct)).toEqual(shared(other));
    const preflight = await fetch(`${url}${FLAGS}`, {
      method: 'OPTIONS',
      headers: { ...headers, origin: PAGE, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    const cached = await post(FLAGS, BODY, headers);
    expect([cached.headers.get('cache-control'), cached.headers.get('etag')]).toEqual(['no-cache, private', '"1"']);
  },
);

test('a client is counted by the address that the trusted proxy gives, and measured by its route', async () => {
  await post(`${FLAGS}/a`, BODY, { 'x-forwarded-for': '192.0.2.9, 192.0.2.7' });
  expect(addresses).toEqual(['192.0.2.7']);
  expect(await metrics.registry.metrics()).toContain(`route="${FLAGS}/:key",status="200"`);
});

/** More than the system takes from one side before the other reads. */
const LARGE = JSON.stringify(['x'.repeat(20 * 2 ** 20)]);
test.each([
  ['made for the request', LARGE],
  ['kept for several', Buffer.from(LARGE)],
])('large answers share 64 MiB until they have been read: %s', async (_, large) => {
  flags = large;
  const hasRoom = (): boolean => {
    const isRoom = outgoing.take(large.length);
    if (isRoom) outgoing.give(large.length);
    return isRoom;
  };
  const most = Math.floor(UNDER_WAY_BYTES / LARGE.length);
  const sockets = Array.from({ length: most }, () => connect(Number(new URL(url).port), '127.0.0.1').pause());
  const request = [
    'POST',
    FLAGS,
    'HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length:',
    `${BODY.length}\r\n\r\n${BODY}`,
  ];
  for (const socket of sockets) socket.write(request.join(' '));
  await until(() => !hasRoom());
  const refused = await post(FLAGS);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toEqual({ errorCode: 'GENERAL', errorDetails: TOO_MANY });
  expect((await post(`${FLAGS}/a`)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(hasRoom);
  expect(await (await post(FLAGS)).json()).toMatchObject({ flags: JSON.parse(LARGE) as object });
});

test('a client that is gone before its answer leaves nothing behind, and a stop waits for the others', async () => {
  isHeld = true;
  const given = new AbortController();
  const gone = fetch(`${url}${FLAGS}/a`, {
    method: 'POST',
    body: BODY,
    headers: { 'content-type': 'application/json' },
    signal: given.signal,
  });
  const kept = post(`${FLAGS}/b`);
  while (waiting.length < 2) await sleep(5);
  given.abort();
  await expect(gone).rejects.toThrow();
  const stopped = server.stop();
  const late = await post(`${FLAGS}/c`);
  expect([late.status, late.headers.get('connection'), await late.text()]).toEqual([503, 'close', expect.stringContaining('GOING_AWAY')]);
  for (const end of waiting) end();
  const answered = await kept;
  expect([answered.status, await answered.text()]).toEqual([200, '{"key":"b"}']);
  await stopped;
});

test('requests are counted by token, of pages also by address, and again after a minute', () => {
  let nowMs = 0;
  const limiter = new RateLimiter({ perClient: 1, perToken: 2 }, () => nowMs);
  const take = (who: Caller, address = 'a') => limiter.take(who, () => address);
  take(caller('app'));
  expect(() => take(caller('app'))).toThrow(new TooManyRequests(60, 1, 'from this address'));
  nowMs = 59_001;
  expect(() => take(caller('app'), 'b')).toThrow('more than 2 requests a minute with this token: try again in 1 s');
  for (let count = 0; count < 2; count += 1) take(caller('app-server', 2));
  expect(() => take(caller('app-server', 2), 'b')).toThrow('with this token');
  nowMs = 60_000;
  take(caller('app'));
});
