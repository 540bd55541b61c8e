import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import type { Check } from '../../src/http/health';
import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { createKey, describeKey, Instance } from '../application/instance';
import { eventually } from '../fixtures/eventually';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

const CLIENTS = 200;
const ROUNDS = 5;
const LIMIT_MS = 2_000;
const APPEND_LIMIT_BYTES = 1_048_576;

let dataDir: string;
let server: KurrentStandIn;
let running: Running;
let store: KurrentEventStore;
let writer: Instance;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ledger-busy-'));
  // Of the release that cuts off subscriptions which are slow.
  server = await KurrentStandIn.start(undefined, '23.10.8');
  const settings = readSettings({ DATA_DIR: dataDir, PORT: '0', EVENT_STORE: server.url, READY_LAG_MS: String(LIMIT_MS) });
  running = await start(settings, { logger: buildLogger('silent') });
  await running.ready;
  store = await KurrentEventStore.open(server.url);
  writer = new Instance(store);
  await writer.createProject();
  await writer.accept(createKey('size'));
});
afterAll(async () => {
  await writer.executor.close(1_000);
  await store.close();
  await running.stop();
  await server.dispose();
  await rm(dataDir, { recursive: true });
});

const readiness = async (): Promise<string> => {
  const response = await fetch(`${running.url}/health/ready`);
  return response.status === 200 ? 'ready' : await response.text();
};

/** What readiness says of the read models alone: a call of the store that fails in that moment makes the event store red, and no lag is needed for that. */
async function readModel(): Promise<Check> {
  const response = await fetch(`${running.url}/health/ready`);
  const { checks } = (await response.json()) as { readonly checks: readonly Check[] };
  return checks.find(({ name }) => name === 'read model') as Check;
}

async function metric(name: string): Promise<number> {
  const response = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${running.firstToken}` } });
  const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(await response.text()) ?? [];
  return Number(value);
}

test('while the server cuts off subscriptions that are slow, what 200 clients write is shown within milliseconds, and readiness stays green', async () => {
  let writing = true;
  const seen = new Set<string>();
  const lags: number[] = [];
  const looking = (async () => {
    while (writing) {
      seen.add(await readiness());
      lags.push(await metric('ledger_read_model_lag_seconds'));
    }
  })();
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = (client: number) => `by client ${client} in round ${round}`;
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => writer.accept(describeKey('size', text(client)))));
  }
  await eventually('all is shown', async () => (await metric('ledger_projection_behind_events')) === 0);
  writing = false;
  await looking;
  expect([...seen]).toEqual(['ready']);
  expect(await metric('ledger_subscription_cuts_total')).toBeGreaterThan(0);
  lags.sort((a, b) => a - b);
  expect(lags[Math.floor(lags.length / 2)]).toBeLessThan(0.5);
});

test('a limit of the server below ours is learnt from its first refusal: what is too large is refused as data, the rest is stored', async () => {
  server.log.limit = 20_000;
  const create = async (name: string, length: number): Promise<Record<string, unknown>> => {
    const input = { projectId: 'shop', name, type: 'STRING', defaultValue: 'x'.repeat(length) };
    const query = `mutation ($input: CreateKeyInput!) { made: createKey(input: $input) {
      __typename ... on Refusal { code message } ... on LimitReached { limit }
    } }`;
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${running.firstToken}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await response.json()) as { data?: { made: Record<string, unknown> }; errors?: unknown };
    return data?.made ?? { errors };
  };
  try {
    const refused = { __typename: 'LimitReached', code: 'LIMIT_REACHED', limit: 20_000 };
    expect(await create('large', 30_000)).toMatchObject(refused);
    expect(await create('large', 30_000)).toMatchObject(refused);
    // Those that fit one by one, but not together, are stored by several appends.
    const made = await Promise.all(Array.from({ length: 8 }, (_, at) => create(`medium_${at}`, 8_000)));
    expect(made.map(({ __typename }) => __typename)).toEqual(Array.from(made, () => 'Key'));
  } finally {
    server.log.limit = APPEND_LIMIT_BYTES;
  }
});

test('an interruption of less than READY_LAG_MS leaves the read models green, a longer one makes them red until all is shown', async () => {
  server.disconnect();
  await eventually('it is tried again', async () => (await metric('ledger_projection_retries_total')) > 0);
  expect(await readModel()).toMatchObject({ ok: true });
  await eventually('it goes on', async () => (await metric('ledger_read_model_lag_seconds')) === 0);
  await server.stop();
  await eventually('they are red', async () => !(await readModel()).ok);
  expect(await metric('ledger_read_model_lag_seconds')).toBeGreaterThan(LIMIT_MS / 1_000);
  expect(await readModel()).toMatchObject({ detail: expect.stringMatching(/retrying|catching-up/) });
  await server.start();
  await eventually('all is green', async () => (await readiness()) === 'ready');
});
