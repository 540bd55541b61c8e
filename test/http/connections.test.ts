import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';
import { startServer, type Running } from './running-server';

const TIMES = { headersMs: 400, requestMs: 800, checkMs: 100, unreadBodyMs: 300 };

let running: Running;
const sockets: Socket[] = [];
beforeAll(async () => (running = await startServer({ connectionTimes: TIMES })));
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => running.server.stop());

/** A connection, with what it has been answered so far. */
function open(): { readonly socket: Socket; said(): string; readonly closed: Promise<unknown> } {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  sockets.push(socket);
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  socket.on('error', () => {});
  // Not `once`, which rejects where the server resets what was being sent: to be cut off is what is waited for.
  const closed = new Promise((resolve) => socket.on('close', resolve));
  return { socket, said: () => said, closed };
}

const post = (token: string | undefined, length: number): string =>
  [
    'POST /graphql HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    '',
    '',
  ].join('\r\n');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Sends a byte now and then until the connection is closed. */
async function drip(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write(' ');
    await sleep(50);
  }
}

const ANSWER = (status: string, code: string, message: RegExp) =>
  expect.stringMatching(new RegExp(`^HTTP/1.1 ${status}\\r\\n[^]*"message":"${message.source}[^]*"code":"${code}"`));

describe('a client that takes its time is cut off', () => {
  test('with a body that comes a byte at a time', async () => {
    const { socket, said, closed } = open();
    socket.write(post(running.token, 50_000));
    await Promise.all([closed, drip(socket)]);
    expect(said()).toEqual(ANSWER('408 Request Timeout', 'BAD_REQUEST', /The request did not come in time/));
    expect(running.log.join('')).not.toContain('"level":50');
  });

  test('also after it has been answered', async () => {
    const { socket, said, closed } = open();
    socket.write(post('nonsense', 50_000));
    const { ms } = await timed(Promise.all([closed, drip(socket)]));
    expect(said()).toEqual(ANSWER('401 Unauthorized', 'UNAUTHENTICATED', /The token is malformed/));
    expect(ms).toBeLessThan(5_000);
  });

  test.each([
    ['headers', 'POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['nothing at all', ''],
  ])('with %s', async (_what, start) => {
    const { socket, closed } = open();
    if (start !== '') {
      socket.write(start);
      void drip(socket);
    }
    await closed;
  });

  test('a body too large is not read to its end either', async () => {
    const { socket, said, closed } = open();
    socket.write(post(running.token, 10_000_000));
    await Promise.all([closed, drip(socket)]);
    expect(said()).toEqual(ANSWER('413 Payload Too Large', 'LIMIT_EXCEEDED', /The body is too large/));
  });
});

test('a connection whose request came as a whole goes on after a refusal', async () => {
  const { socket, said } = open();
  const body = '{"query":"{ hello }"}';
  socket.write(`${post('nonsense', body.length)}${body}`);
  while (!said().includes('UNAUTHENTICATED')) await sleep(5);
  await sleep(2 * TIMES.unreadBodyMs);
  socket.write(`${post(running.token, body.length)}${body}`);
  while (!said().includes('"hello":"you"')) await sleep(5);
});

describe('what Node refuses has our headers and shape', () => {
  test.each([
    ['no HTTP', 'what?\r\n\r\n', '400 Bad Request', 'BAD_REQUEST', /This is not a request of HTTP/],
    [
      'headers of 100 kB',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'LIMIT_EXCEEDED',
      /The headers are too large/,
    ],
    [
      'two lengths',
      `${post(running?.token, 5).trimEnd()}\r\nContent-Length: 7\r\n\r\n{"a":1}`,
      '400 Bad Request',
      'BAD_REQUEST',
      /This is not a request of HTTP/,
    ],
  ])('%s', async (_what, request, status, code, message) => {
    const { socket, said, closed } = open();
    socket.write(request);
    await closed;
    expect(said()).toEqual(ANSWER(status, code, message));
    for (const header of ['x-content-type-options: nosniff', 'cache-control: no-store', 'x-request-id: ', 'connection: close']) {
      expect(said()).toContain(`\r\n${header}`);
    }
  });
});

test('a connection that is kept open does not keep its last answer', async () => {
  const answered: WeakRef<ServerResponse>[] = [];
  const remember = (_request: unknown, response: ServerResponse): void => void answered.push(new WeakRef(response));
  running.server.app.server.on('request', remember);
  const { socket, said } = open();
  socket.write(`${post(running.token, 26)}{"query":"{ __typename }"}`);
  await until(() => said().includes('__typename'));
  await until(() => {
    collectGarbage();
    return answered[0]!.deref() === undefined;
  });
  expect(socket.destroyed).toBe(false);
  running.server.app.server.off('request', remember);
});
