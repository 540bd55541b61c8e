import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamDeleted } from '../../src/event-store/event-store';
import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { tamper } from '../fixtures/tamper';
import { Stack } from '../fixtures/stack';

let directory: string;
let running: Running;
let token: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-broken-history-'));
  // One state in memory, so that each project's stream is read again after another has been written.
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', PROJECTS_KEPT: '1' });
  running = await start(settings, { logger: buildLogger('silent') });
  await running.ready;
  token = running.firstToken as string;
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Answer {
  readonly data?: Record<string, { readonly __typename: string } | null> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function ask(query: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${running.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return (await response.json()) as Answer;
}

const createProject = (id: string) => ask(`mutation { createProject(input: { projectId: "${id}", name: "${id}" }) { __typename } }`);
const createKey = (id: string, name: string) =>
  ask(`mutation { createKey(input: { projectId: "${id}", name: "${name}", type: STRING, defaultValue: "" }) { __typename } }`);

test('a project whose beginning is not stored is refused as HISTORY_BROKEN and named by readiness; the others go on', async () => {
  await createProject('hurt');
  await createKey('hurt', 'a');
  await createProject('well');
  tamper(directory, (db) => db.exec(`DELETE FROM events WHERE project_id = 'hurt' AND revision = 0`));

  for (const attempt of [createKey('hurt', 'b'), createProject('hurt')]) {
    const { errors } = await attempt;
    expect(errors).toMatchObject([{ message: expect.stringContaining('Nothing was written') as string }]);
    expect(errors?.[0]?.extensions.code).toBe('HISTORY_BROKEN');
  }
  expect((await createKey('well', 'b')).data?.['createKey']).toMatchObject({ __typename: 'Key' });

  const health = await fetch(`${running.url}/health/ready`, { headers: { authorization: `Bearer ${token}` } });
  expect(health.status).toBe(503);
  const { checks } = (await health.json()) as { checks: readonly { name: string; ok: boolean; particulars?: object }[] };
  expect(checks.find(({ name }) => name === 'histories')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('1 project has') as string,
    particulars: { broken: [{ projectId: 'hurt', revision: 0 }] },
  });
  const metrics = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(await metrics.text()).toMatch(/^ledger_broken_histories 1$/m);
});

test('a project does not begin anew where its stream was deleted', async () => {
  const stack = await Stack.start();
  jest.spyOn(stack.store, 'read').mockImplementation((projectId) => {
    throw new StreamDeleted(projectId);
  });
  expect(await stack.fail('mutation { createProject(input: { projectId: "again", name: "Again" }) { __typename } }')).toEqual({
    code: 'STREAM_DELETED',
    message: expect.stringMatching(/"again" was used before.*Choose another id/) as string,
  });
  await stack.stop();
});
