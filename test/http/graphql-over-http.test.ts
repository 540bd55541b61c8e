import { serverAudits } from 'graphql-http';
import { startServer, type Running } from './running-server';

let running: Running;
beforeAll(async () => (running = await startServer()));
afterAll(() => running.server.stop());

const authorized: typeof fetch = (input, init) =>
  fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${running.token}` } });

const audits = serverAudits({ url: () => `${running.url}/graphql`, fetchFn: authorized });

test('the audit suite of the specification is the whole one', () => {
  expect(audits.length).toBeGreaterThan(60);
});

test.each(audits.map(({ id, name, fn }) => [`${id} ${name}`, fn] as const))('%s', async (_name, audit) => {
  expect(await audit()).toMatchObject({ status: 'ok' });
});

test('a mutation by GET is refused with 405', async () => {
  const response = await authorized(`${running.url}/graphql?query=${encodeURIComponent('mutation { wait }')}`);
  expect(response.status).toBe(405);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
