import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess, type Exit } from '../fault/server-process';

let directory: string;
let first: ServerProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-second-start-'));
  first = await ServerProcess.start(join(directory, 'data'));
});
afterAll(async () => {
  await first.stop();
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['in the same directory', 'data', false, 'another process writes the ledger'],
  ['on the same port', 'other', true, 'Another process has the port: stop it, or set PORT'],
])('a second start %s says what to do, and prints no stack', async (_, data, samePort, advice) => {
  const { code, log } = (await ServerProcess.launch(join(directory, data), {
    environment: { PORT: samePort ? new URL(first.url).port : '0' },
  })) as Exit;
  expect(code).toBe(1);
  expect(log).toContain(advice);
  expect(log).toMatch(/\nThe server could not start: /);
  expect(log).not.toMatch(/\bat .*\.ts:\d+/);
});
