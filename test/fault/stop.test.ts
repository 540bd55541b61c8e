import { setTimeout as sleep } from 'node:timers/promises';
import { assertTrue, eventsOnDisk } from './disk';
import { ServerProcess } from './server-process';
import { Siege } from './siege';

let siege: Siege;
beforeAll(async () => (siege = await Siege.begin({ insists: false })), 30_000);
afterAll(() => siege.end());

test('a second server on the same ledger is refused with what to do, and the first does not notice', async () => {
  const second = await ServerProcess.launch(siege.dataDir);
  if (second instanceof ServerProcess) {
    await second.kill();
    throw new Error('a second server writes the same ledger');
  }
  expect(second.code).toBe(1);
  expect(second.log).toMatch(/another process writes the ledger in .*Stop it, open the ledger read-only, or use another data directory/);
  expect(siege.crowd.commands.flatMap(({ troubles }) => troubles)).toEqual([]);
}, 30_000);

test('SIGTERM while 64 clients write: whatever was written has been answered, nothing is lost, and the exit code is 0', async () => {
  await sleep(300);
  const exit = await siege.process.stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  await siege.lift();
  const events = (await eventsOnDisk(siege.dataDir)).get('shop') ?? [];
  assertTrue(events, siege.crowd.commands);
  const written = new Set(events.map(({ commandId }) => commandId));
  const unanswered = siege.crowd.commands.filter(({ answer }) => answer === undefined);
  expect(unanswered.length).toBeGreaterThan(0);
  expect(unanswered.filter(({ commandId }) => written.has(commandId))).toEqual([]);
  expect(siege.crowd.commands.filter(({ answer }) => answer === 'done').length).toBeGreaterThan(50);
}, 30_000);
