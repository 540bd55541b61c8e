import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../fault/server-process';
import { eventually } from '../fixtures/eventually';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

let directory: string;
let kurrentdb: KurrentStandIn;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-kurrentdb-stop-'));
  kurrentdb = await KurrentStandIn.start();
});
afterEach(async () => {
  await kurrentdb.dispose();
  await rm(directory, { recursive: true, force: true });
});

test('SIGTERM while the event store does not answer a write ends the process, with what became of the write', async () => {
  const server = await ServerProcess.start(directory, { environment: { EVENT_STORE: kurrentdb.url, STOP_SECONDS: '1' } });
  const send = (query: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
  expect((await send('mutation { createProject(input: { id: "shop", name: "Shop" }) { __typename } }')).status).toBe(200);
  kurrentdb.faults.freeze();
  const write = send('mutation { createKey(input: { projectId: "shop", name: "k", type: BOOLEAN, defaultValue: true }) { __typename } }');
  const answered = write.then(
    async (response) => response.text(),
    (error: Error) => error.message,
  );
  await eventually('the write waits', () => kurrentdb.faults.waiting > 0);
  const exit = await server.stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(await answered).toMatch(/OUTCOME_UNKNOWN|fetch failed/);
  kurrentdb.faults.thaw();
  await eventually('the event store has no connection', () => kurrentdb.connections === 0);
});
