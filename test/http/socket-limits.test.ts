import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { authenticator } from '../../src/http/authentication';
import { timed } from '../fixtures/elapsed';
import { analyst, serveFeed } from './feed-server';
import { SECRET, tokenFor } from './running-server';

interface Opened {
  readonly socket: WebSocket;
  /** The close code and reason, if it has been closed. */
  closed(): string | undefined;
}

const KEY = Buffer.alloc(16).toString('base64');
const sockets: WebSocket[] = [];
let port: number;
let stop: () => Promise<void> = async () => {};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await stop();
});

async function serve(socketLimit: number, parts: Parameters<typeof serveFeed>[2] = {}) {
  const { server, url } = await serveFeed({}, 2, { socketLimit, ...parts });
  stop = () => server.stop();
  port = Number(new URL(url).port);
  const address = `${url.replace('http', 'ws')}/graphql`;

  /** undefined: the server turned it away. */
  const open = async (): Promise<Opened | undefined> => {
    const socket = new WebSocket(address, 'graphql-transport-ws');
    sockets.push(socket);
    let closed: string | undefined;
    socket.on('close', (code, reason) => (closed = `${code}: ${String(reason)}`));
    const [event] = (await Promise.race([once(socket, 'open').then(() => ['open']), once(socket, 'error')])) as [unknown];
    return event === 'open' ? { socket, closed: () => closed } : undefined;
  };
  /** Whether it is let in, with this token. */
  const identify = async (opened: Opened | undefined, token: string): Promise<boolean> => {
    if (opened === undefined || opened.socket.readyState !== WebSocket.OPEN) return false;
    opened.socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    const [what] = (await Promise.race([
      once(opened.socket, 'message').then(([data]) => [(JSON.parse(String(data)) as { type: string }).type]),
      once(opened.socket, 'close'),
    ])) as [unknown];
    return what === 'connection_ack';
  };
  return { open, identify };
}

test('sockets that have not said who they are keep no one else out', async () => {
  const { open, identify } = await serve(20);
  for (let count = 0; count < 40; count += 1) await open();
  const token = await tokenFor(analyst);
  for (let count = 0; count < 10; count += 1) expect(await identify(await open(), token)).toBe(true);
});

test('the sockets of one token keep no other token out', async () => {
  const { open, identify } = await serve(20, { socketsPerToken: 5 });
  const role = await tokenFor({ subject: 'without-roles', roles: {} });
  const opened = [];
  for (let count = 0; count < 25; count += 1) {
    const one = await open();
    opened.push({ one, let: await identify(one, role) });
  }
  expect(opened.filter((each) => each.let)).toHaveLength(5);
  await sleep(50);
  expect(opened.at(-1)!.one?.closed()).toBe('1013: This token has 5 sockets open, which is the limit (SUBSCRIPTIONS_PER_TOKEN)');
  expect(await identify(await open(), await tokenFor(analyst))).toBe(true);
  // One that is closed makes room for another of the same token.
  opened[0]!.one!.socket.close();
  await once(opened[0]!.one!.socket, 'close');
  await sleep(50);
  expect(await identify(await open(), role)).toBe(true);
});

test('one that goes while it is identified takes no place of its token', async () => {
  const known = authenticator({ kind: 'local', secret: SECRET });
  const authenticate = async (authorization: string | undefined) => {
    await sleep(50);
    return known(authorization);
  };
  const { open, identify } = await serve(20, { socketsPerToken: 1, authenticate });
  const token = await tokenFor(analyst);
  const { socket } = (await open())!;
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await sleep(10);
  socket.terminate();
  await sleep(100);
  expect(await identify(await open(), token)).toBe(true);
});

test('one that does not say who it is, and does not answer the close, is cut off soon after', async () => {
  await serve(20, { socketTimes: { init: 100 } });
  const socket = connect(port, '127.0.0.1');
  const handshake = ['GET /graphql HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  socket.write([...handshake, `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Protocol: graphql-transport-ws', '', ''].join('\r\n'));
  socket.resume();
  expect((await timed(once(socket, 'close'))).ms).toBeLessThan(3_000);
});
