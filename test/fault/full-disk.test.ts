import { join } from 'node:path';
import { until } from '../fixtures/eventually';
import { ask } from './client';
import { LoadedServer } from './loaded-server';

let loaded: LoadedServer;
beforeAll(async () => (loaded = await LoadedServer.begin({ preload: join(__dirname, 'full-disk-child.ts') })), 30_000);
afterAll(() => loaded.end());

const troubles = () => loaded.writers.commands.flatMap((command) => command.errors);
test('a full disk: writing says so and writes nothing, reading goes on, and with room again so does everything', async () => {
  await until(() => loaded.writers.done > 50);
  loaded.process.signal('SIGUSR2');
  await until(() => troubles().length > 100);
  const { errors, data } = (await ask(loaded.address, '{ keys(projectId: "shop") { totalCount } }')) ?? {};
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ keys: { totalCount: expect.any(Number) } });
  const ready = () => fetch(`${loaded.address.url}/health/ready`);
  const red = await ready();
  expect([red.status, await red.text()]).toEqual([503, expect.stringMatching(/append fails since .*: see the log/)]);
  loaded.process.signal('SIGUSR2');
  const answered = loaded.writers.commands.length;
  await until(() => loaded.writers.commands.length > answered + 100);
  expect((await ready()).status).toBe(200);
  await loaded.stopWriting();
  expect(new Set(troubles())).toEqual(new Set(['EVENT_STORE_UNAVAILABLE']));
  const { done } = await loaded.assertTruth();
  expect(done).toBeGreaterThan(10);
  const { log } = await loaded.process.stop();
  expect(log).toContain('the disk is full: make room, and writing goes on');
});
