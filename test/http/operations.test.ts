import { startServer } from './running-server';
import { tokenFor } from './running-server';

test('readiness says what is wrong, with 503', async () => {
  const { server, url } = await startServer({
    readiness: () => [
      { name: 'event store', ok: true, detail: 'open' },
      { name: 'projector', ok: false, detail: 'project parked at revision 7' },
    ],
  });
  const response = await fetch(`${url}/health/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: 'not ready',
    checks: [{ ok: true }, { ok: false, detail: 'project parked at revision 7' }],
  });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  // As some monitors ask.
  const ofHead = async (path: string) => (await fetch(url + path, { method: 'HEAD' })).status;
  expect([await ofHead('/health/live'), await ofHead('/health/ready')]).toEqual([200, 503]);
  await server.stop();
});

test('metrics count requests and operations, for those who may read them', async () => {
  const { server, url, token, ask } = await startServer();
  await ask('{ hello }');
  await ask('{ crash }');
  const read = (bearer: string) => fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${bearer}` } });
  const text = await (await read(token)).text();
  expect(text).toMatch(/http_request_duration_seconds_count\{method="POST",route="\/graphql",status="200"\} 2/);
  expect(text).toMatch(/graphql_operation_duration_seconds_count\{operation="query",outcome="ok"\} 1/);
  expect(text).toMatch(/graphql_operation_duration_seconds_count\{operation="query",outcome="error"\} 1/);
  expect(text).toContain('nodejs_eventloop_lag_seconds');
  expect((await read(await tokenFor({ roles: { 'my-app': ['app'] } }))).status).toBe(403);
  await server.stop();
});

test('other origins may ask only if a setting says so', async () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
  const closed = await startServer();
  expect((await preflight(closed.url, 'https://app.example')).headers.get('access-control-allow-origin')).toBeNull();
  await closed.server.stop();
  const open = await startServer({ corsOrigins: ['https://app.example'] });
  expect((await preflight(open.url, 'https://app.example')).headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect((await preflight(open.url, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  const answer = await open.ask('{ hello }', {}, { origin: 'https://app.example' });
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
  await open.server.stop();
});

test('answers cannot be sniffed, framed or cached', async () => {
  const { server, ask } = await startServer();
  const { headers } = await ask('{ hello }');
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  });
  await server.stop();
});
