import { connect } from 'node:net';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';
import { slow } from './executable-schema';
import { startServer } from './running-server';

beforeEach(() => Object.assign(slow, { started: 0, finished: 0, milliseconds: 150 }));

test('a mutation that was let in is answered before the server is gone', async () => {
  const { server, ask } = await startServer();
  const answers = Promise.all([ask('mutation { wait }'), ask('mutation { wait }')]);
  await until(() => slow.started === 2);
  const stopped = server.stop();
  for (const response of await answers) expect(await response.json()).toEqual({ data: { wait: true } });
  await stopped;
  await expect(ask('{ hello }')).rejects.toThrow();
});

test('a mutation whose client has left is finished before what it needs is taken away', async () => {
  const { server, url, token } = await startServer();
  const leave = new AbortController();
  const sent = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"mutation { wait }"}',
    signal: leave.signal,
  });
  await until(() => slow.started === 1);
  leave.abort();
  await expect(sent).rejects.toThrow();
  await server.stop();
  expect(slow.finished).toBe(1);
});

test('a request that comes while the server stops is refused in the form of GraphQL, and its connection is closed', async () => {
  slow.milliseconds = 500;
  const { server, url, ask } = await startServer();
  const answered = ask('mutation { wait }');
  await until(() => slow.started === 1);
  const stopped = server.stop();
  const late = await ask('mutation { wait }');
  expect(late.status).toBe(503);
  expect(late.headers.get('retry-after')).toBe('1');
  expect(late.headers.get('connection')).toBe('close');
  expect(await late.json()).toEqual({
    errors: [{ message: expect.stringContaining('Nothing was written') as string, extensions: { code: 'GOING_AWAY' } }],
  });
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(await (await answered).json()).toEqual({ data: { wait: true } });
  await stopped;
  expect(slow.started).toBe(1);
});

test('a stop waits as long as it may', async () => {
  // Longer than the framework gives a hook.
  slow.milliseconds = 11_000;
  const { server, ask } = await startServer({ stopSeconds: 20 });
  const answered = ask('mutation { wait }');
  await until(() => slow.started === 1);
  await server.stop();
  expect(await (await answered).json()).toEqual({ data: { wait: true } });
});

test('connections that only wait do not hold up the stop', async () => {
  const { server, url, ask } = await startServer();
  await (await ask('{ hello }')).text();
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  expect((await timed(server.stop())).ms).toBeLessThan(1_000);
  idle.destroy();
});

test('a request that never ends holds it up only so long', async () => {
  slow.milliseconds = 1_500;
  const { server, ask, log } = await startServer({ stopSeconds: 0.1 });
  const answer = ask('mutation { wait }').catch(() => 'cut off');
  await until(() => slow.started === 1);
  await server.stop();
  expect(await answer).toBe('cut off');
  expect(log.join('')).toContain('requests are still running');
});

test('an EventSource that comes while the server stops is not turned away for good', async () => {
  slow.milliseconds = 1_000;
  const { server, url, token, ask } = await startServer();
  const answer = ask('mutation { wait }');
  await until(() => slow.started === 1);
  // A connection from before: no new one is taken while it stops.
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const request = `GET /projects/shop/changes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`;
  const stopped = server.stop();
  socket.write(request);
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(said).toContain('event: end\ndata: {"code":"GOING_AWAY"');
  expect(await (await answer).json()).toEqual({ data: { wait: true } });
  await stopped;
});
