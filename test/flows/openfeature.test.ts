import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as Server } from '@openfeature/server-sdk';
import { OpenFeature as Web, ProviderEvents } from '@openfeature/web-sdk';
import { EventSource } from 'eventsource';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';

const SETUP = (title: string) => `
version: 2
keys:
  - { name: dark_mode, type: NUMBER, default: 3 }
  - { name: new_cart, type: BOOLEAN, default: false }
  - { name: title, type: STRING, default: ${title} }
  - { name: layout, type: JSON, default: { columns: 2 } }
segments:
  - { name: Gold, rule: { property: { name: plan, operator: EQUALS, value: gold } } }
flags:
  - { name: New cart, key: new_cart, status: LIVE, rows: [{ segment: Gold, percentage: 100, value: true }] }
`;

let directory: string;
let running: Running;
let headers: [string, string][];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-openfeature-'));
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', EVENT_STORE: 'memory:', RATE_LIMIT_PER_CLIENT: '60' });
  running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  await apply('hello', '--create-project');
  headers = await headersOf('app');
});

afterAll(async () => {
  await Promise.all([Server.close(), Web.close()]);
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function headersOf(role: 'app' | 'app-server', subject = role): Promise<[string, string][]> {
  const request = { subject, kind: 'service', roles: { shop: [role] }, ttlMs: 600_000 } as const;
  return [['authorization', `Bearer ${await issueToken(await readFile(join(directory, 'secret')), request)}`]];
}

async function apply(title: string, ...options: readonly string[]): Promise<void> {
  const file = join(directory, 'shop.yaml');
  await writeFile(file, SETUP(title));
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: running.firstToken as string, LEDGER_URL: running.url });
  expect(await type('apply', file, '--project', 'shop', ...options)).toMatchObject({ code: 0 });
}

test('the provider for servers reads values of every type, by the context of each call', async () => {
  await Server.setProviderAndWait('server', new OFREPProvider({ baseUrl: running.url, headers: await headersOf('app-server') }));
  const client = Server.getClient('server');
  const gold = { targetingKey: 'ann', plan: 'gold' };
  expect(await client.getBooleanDetails('new_cart', false, gold)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
  expect(await client.getBooleanValue('new_cart', false, { targetingKey: 'ann', plan: 'free' })).toBe(false);
  expect(await client.getNumberValue('dark_mode', 0, gold)).toBe(3);
  expect(await client.getStringValue('title', '', gold)).toBe('hello');
  expect(await client.getObjectValue('layout', {}, gold)).toEqual({ columns: 2 });
  expect(await client.getNumberDetails('not_there', 7, gold)).toMatchObject({ value: 7, errorCode: 'FLAG_NOT_FOUND' });
  expect(await client.getBooleanDetails('title', true, gold)).toMatchObject({ value: true, errorCode: 'TYPE_MISMATCH' });
});

test('the provider for pages reads all values at once, anew for another context, and hears of a change', async () => {
  Object.defineProperty(globalThis, 'EventSource', { value: EventSource, configurable: true });
  await Web.setContext({ targetingKey: 'bob', plan: 'free' });
  const provider = new OFREPWebProvider({ baseUrl: running.url, headers, pollInterval: 0, cacheMode: 'disabled' });
  await Web.setProviderAndWait(provider);
  const client = Web.getClient();
  expect([client.getBooleanValue('new_cart', false), client.getStringValue('title', '')]).toEqual([false, 'hello']);
  await Web.setContext({ targetingKey: 'bob', plan: 'gold' });
  expect(client.getBooleanDetails('new_cart', false)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
  const changed = new Promise((resolve) => client.addHandler(ProviderEvents.ConfigurationChanged, resolve));
  await apply('good morning');
  expect(await changed).toMatchObject({ flagsChanged: ['title'] });
  expect(client.getStringValue('title', '')).toBe('good morning');
});

test('too many requests from one address are refused with the time to wait, and a server is not held to the limit of pages', async () => {
  const ask = async (given: [string, string][]) =>
    fetch(`${running.url}/ofrep/v1/evaluate/flags/title`, {
      method: 'POST',
      headers: [...given, ['content-type', 'application/json']],
      body: '{"context":{}}',
    });
  const page = await headersOf('app', 'busy' as 'app');
  const statuses = await Promise.all(Array.from({ length: 70 }, async () => (await ask(page)).status));
  expect(statuses.filter((status) => status === 200)).toHaveLength(60);
  const refused = await ask(page);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ key: 'title', errorCode: 'GENERAL', errorDetails: expect.stringContaining('60') as string });
  const server = await headersOf('app-server', 'busy-server' as 'app-server');
  // Events are of the same account as values.
  const events = await fetch(`${running.url}/events`, {
    method: 'POST',
    headers: [...page, ['content-type', 'application/json']],
    body: '{"events":[]}',
  });
  expect({ status: events.status, retryAfter: Number(events.headers.get('retry-after')) > 0 }).toEqual({ status: 429, retryAfter: true });
  const others = await Promise.all(Array.from({ length: 70 }, async () => (await ask(server)).status));
  expect(new Set(others)).toEqual(new Set([200]));
});

test('a stream takes a ticket of an answer alone, and says at once what changed since', async () => {
  const answer = await fetch(`${running.url}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: [...headers, ['content-type', 'application/json']],
    body: '{"context":{}}',
  });
  const { eventStreams } = (await answer.json()) as { eventStreams: readonly { endpoint: { requestUri: string } }[] };
  const uri = eventStreams[0]!.endpoint.requestUri;
  await apply('good evening');
  const source = new EventSource(`${running.url}${uri}`);
  const message = await new Promise<{ data: string; lastEventId: string }>((resolve) => source.addEventListener('message', resolve));
  source.close();
  const { type, etag } = JSON.parse(message.data) as { type: string; etag: string };
  expect({ type, etag }).toEqual({ type: 'refetchEvaluation', etag: message.lastEventId });
  for (const wrong of [
    `${uri.slice(0, -2)}AA`,
    uri.replace('ticket=shop', 'ticket=other'),
    '/ofrep/v1/stream',
    '/ofrep/v1/stream?ticket=x',
  ]) {
    expect((await fetch(`${running.url}${wrong}`)).status).toBe(204);
  }
});
