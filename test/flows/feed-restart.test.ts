import { EventSource } from 'eventsource';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../fixtures/free-port';
import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-feed-restart-'));
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function serve(port: number): Promise<Running> {
  running = await start(readSettings({ DATA_DIR: directory, PORT: String(port) }), { logger: buildLogger('silent') });
  return running;
}

test('an EventSource survives restarts, and misses nothing', async () => {
  const port = await freePort();
  const { url, firstToken, ready } = await serve(port);
  await ready;
  const headers = { authorization: `Bearer ${firstToken}`, 'content-type': 'application/json' };
  const ask = async (query: string): Promise<void> => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    expect(await response.json()).not.toHaveProperty('errors');
  };
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
  const source = new EventSource(`${url}/projects/shop/changes?fromStart=true`, {
    fetch: (address, init) => fetch(address, { ...init, headers: { ...init.headers, authorization: headers.authorization } }),
  });
  const seen: number[] = [];
  source.onmessage = ({ data }) => seen.push((JSON.parse(data as string) as { revision: number }).revision);
  for (let restart = 1; restart <= 2; restart += 1) {
    while (seen.length < restart) await sleep(5);
    await running.stop();
    const again = await serve(port);
    await again.ready;
    await ask(
      `mutation { createKey(input: { projectId: "shop", name: "key_${restart}", type: BOOLEAN, defaultValue: false }) { __typename } }`,
    );
  }
  while (seen.length < 3) await sleep(5);
  expect(source.readyState).not.toBe(EventSource.CLOSED);
  source.close();
  expect(seen).toEqual([0, 1, 2]);
});
