import { eventually } from '../fixtures/eventually';
import { assertTrue, eventsOnDisk } from './disk';
import { ServerProcess } from './server-process';
import { LoadedServer } from './loaded-server';

let loaded: LoadedServer;
beforeAll(async () => (loaded = await LoadedServer.begin({ retries: false })), 30_000);
afterAll(() => loaded.end());

test('a second server on the same ledger is refused with what to do, and the first does not notice', async () => {
  const second = await ServerProcess.launch(loaded.dataDir);
  if (second instanceof ServerProcess) {
    await second.kill();
    throw new Error('a second server writes the same ledger');
  }
  expect(second.code).toBe(1);
  expect(second.log).toMatch(/another process writes the ledger in .*Stop it, open the ledger read-only, or use another data directory/);
  expect(loaded.writers.commands.flatMap(({ errors: troubles }) => troubles)).toEqual([]);
});

test('SIGTERM while 64 clients write: whatever was written has been answered, nothing is lost, and the exit code is 0', async () => {
  await eventually('enough was written', () => loaded.writers.done > 10);
  const exit = await loaded.process.stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  await loaded.stopWriting();
  const events = (await eventsOnDisk(loaded.dataDir)).get('shop') ?? [];
  assertTrue(events, loaded.writers.commands);
  const written = new Set(events.map(({ commandId }) => commandId));
  const unanswered = loaded.writers.commands.filter(({ answer }) => answer === undefined);
  expect(unanswered.length).toBeGreaterThan(0);
  expect(unanswered.filter(({ commandId }) => written.has(commandId))).toEqual([]);
});
