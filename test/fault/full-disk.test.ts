import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './client';
import { Siege } from './siege';

let siege: Siege;
beforeAll(async () => (siege = await Siege.begin({ preload: join(__dirname, 'full-disk-child.ts') })), 30_000);
afterAll(() => siege.end());

const troubles = () => siege.crowd.commands.flatMap((command) => command.troubles);
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('a full disk: writing says so and writes nothing, reading goes on, and with room again so does everything', async () => {
  await until(() => siege.crowd.commands.filter(({ answer }) => answer === 'done').length > 50);
  siege.process.signal('SIGUSR2');
  await until(() => troubles().length > 100);
  const { errors, data } = (await ask(siege.address, '{ keys(projectId: "shop") { totalCount } }')) ?? {};
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ keys: { totalCount: expect.any(Number) } });
  const ready = () => fetch(`${siege.address.url}/health/ready`);
  const red = await ready();
  expect([red.status, await red.text()]).toEqual([503, expect.stringMatching(/append fails since .*: see the log/)]);
  siege.process.signal('SIGUSR2');
  const answered = siege.crowd.commands.length;
  await until(() => siege.crowd.commands.length > answered + 100);
  expect((await ready()).status).toBe(200);
  await siege.lift();
  expect(new Set(troubles())).toEqual(new Set(['EVENT_STORE_UNAVAILABLE']));
  const { done } = await siege.assertTruth();
  expect(done).toBeGreaterThan(50);
  const { log } = await siege.process.stop();
  expect(log).toContain('the disk is full: make room, and writing goes on');
}, 60_000);
