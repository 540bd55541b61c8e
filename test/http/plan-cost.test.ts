import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-plan-cost-'));
  const settings = readSettings({ DATA_DIR: directory, EVENT_STORE: 'memory:', PORT: '0', QUERY_COST: '2000' });
  running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function ask(
  query: string,
  variables: object = {},
): Promise<{ data?: unknown; errors?: { message: string; extensions: { code: string } }[] }> {
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.firstToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as never;
}

const input = (keys: number) => ({
  projectId: 'shop',
  setup: { version: 2, keys: Array.from({ length: keys }, (_, index) => ({ name: `k${index}`, type: 'NUMBER', default: 1 })) },
});
const PLAN = 'planSetup(input: $input) { ... on Plan { changes } }';
const QUERY = `query ($input: PlanSetupInput!) { ${PLAN} }`;

test('a document plans a set-up once, whatever it calls it and in whatever fragment', async () => {
  for (const again of [`again: ${PLAN}`, '...again } fragment again on Query { again: planSetup(input: $input) { __typename }']) {
    const { errors } = await ask(`query ($input: PlanSetupInput!) { ${PLAN} ${again} }`, { input: input(1) });
    expect(errors).toEqual([
      { message: expect.stringContaining('planSetup may be asked once in a document'), extensions: { code: 'LIMIT_EXCEEDED' } },
    ]);
  }
});

test('a plan costs more, the more the set-up lists, also when the same document was asked with less before', async () => {
  expect(await ask(QUERY, { input: input(100) })).toEqual({ data: { planSetup: { changes: 100 } } });
  const { errors } = await ask(QUERY, { input: input(2_000) });
  expect(errors).toEqual([
    { message: expect.stringMatching(/^The query costs 2\d\d\d; at most 2000/), extensions: { code: 'LIMIT_EXCEEDED' } },
  ]);
});
