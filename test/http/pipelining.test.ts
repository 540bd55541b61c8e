import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { MOST_WAITING } from '../../src/http/connections';
import { until } from '../fixtures/eventually';
import { slow } from './executable-schema';
import { analyst, serveFeed } from './feed-server';
import { startServer, tokenFor, type Running } from './running-server';

const sockets: Socket[] = [];
let running: Running | undefined;
beforeEach(() => Object.assign(slow, { started: 0, finished: 0, milliseconds: 100 }));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await running?.server.stop();
});

/** A connection whose requests are sent at once, before any is answered. */
function open({ url }: Running) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { socket, said: () => text, send: (...requests: string[]) => socket.write(requests.join('')) };
}

function post(token: string, query: string): string {
  const body = JSON.stringify({ query });
  const headers = [
    'Host: x',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return ['POST /graphql HTTP/1.1', ...headers, '', body].join('\r\n');
}

const get = (path: string, token = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;

test('each is begun when the one before it has been answered', async () => {
  running = await startServer();
  const { send, said } = open(running);
  const wait = post(running.token, 'mutation { wait }');
  send(wait, wait, get('/health/live'), post(running.token, '{ hello }'));
  await until(() => slow.started === 2);
  expect(slow.finished).toBe(1);
  await until(() => said().includes('"hello"'));
  const statuses = said().match(/HTTP\/1\.1 \d+/g);
  expect(statuses).toEqual(Array.from({ length: 4 }, () => 'HTTP/1.1 200'));
  expect(said().indexOf('"wait":true')).toBeLessThan(said().indexOf('"hello":"you"'));
});

test('those that wait when their connection is lost are never begun, and a stop does not wait for them', async () => {
  running = await startServer({ stopSeconds: 60 });
  const { send, socket } = open(running);
  const wait = post(running.token, 'mutation { wait }');
  send(wait, wait, wait);
  await until(() => slow.started === 1);
  socket.destroy();
  await running.server.stop();
  expect(slow).toMatchObject({ started: 1, finished: 1 });
});

test('a stream that waits behind another takes no place in the feed, also once both are gone', async () => {
  const { harness, ...served } = await serveFeed();
  running = served;
  const { send, socket, said } = open(running);
  const token = await tokenFor(analyst);
  send(get('/projects/shop/changes', token), get('/projects/shop/changes', token));
  await until(() => said().includes('200 OK'));
  expect(harness.feed.size).toBe(1);
  socket.destroy();
  await until(() => harness.feed.size === 0);
});

test('a connection on which too many wait is closed, and no other', async () => {
  running = await startServer();
  slow.milliseconds = 1_000;
  const [greedy, modest] = [open(running), open(running)];
  const requests = (count: number) => Array.from({ length: count }, () => get('/health/live'));
  const wait = post(running.token, 'mutation { wait }');
  greedy.send(wait, ...requests(MOST_WAITING + 1));
  modest.send(wait, ...requests(MOST_WAITING));
  await once(greedy.socket, 'close');
  expect(greedy.said()).toBe('');
  await until(() => (modest.said().match(/HTTP\/1\.1 200/g) ?? []).length === MOST_WAITING + 1);
});
