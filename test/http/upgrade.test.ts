import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/eventually';
import { startServer, type Running } from './running-server';

let running: Running;
beforeAll(async () => (running = await startServer()));
afterAll(() => running.server.stop());

/** As Java's client and curl ask for HTTP/2 where there is no TLS. */
const WISH = ['Upgrade: h2c', 'HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA'];

function post(body: string, connection: string): string {
  const headers = ['Host: x', `Authorization: Bearer ${running.token}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
  return ['POST /graphql HTTP/1.1', ...headers, `Connection: ${connection}`, ...WISH, '', body].join('\r\n');
}

const queryOf = (name: string, blanks = 0): string =>
  JSON.stringify({ query: 'query ($name: String!) { hello(name: $name) }', variables: { name } }) + ' '.repeat(blanks);

function open() {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1').on('error', () => {});
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { socket, said: () => text };
}

test.each([
  ['in one piece', Infinity],
  ['in pieces', 20_000],
  ['in small pieces', 97],
])('the wish for another protocol is ignored, of a request that comes %s, and the connection goes on', async (_, size) => {
  const { socket, said } = open();
  const blanks = size === 97 ? 0 : 70_000;
  const requests = ['Ann', 'Bob'].map((name) => post(queryOf(name, blanks), 'Upgrade, HTTP2-Settings'));
  for (const [at, request] of requests.entries()) {
    for (let from = 0; from < request.length; from += size) {
      socket.write(request.slice(from, from + size));
      await sleep(1);
      if (size === Infinity) break;
    }
    await until(() => said().split('HTTP/1.1 200 OK').length === at + 2);
  }
  expect(said()).toMatch(/"hello":"Ann".*"hello":"Bob"/s);
  socket.destroy();
});

test('what else the connection is asked for is heard', async () => {
  const { socket, said } = open();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(post(queryOf('Ann'), 'close, Upgrade, HTTP2-Settings'));
  await closed;
  expect(said()).toContain('"hello":"Ann"');
  expect(said()).toMatch(/connection: close/i);
});
