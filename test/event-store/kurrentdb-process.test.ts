import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

let server: KurrentStandIn;
beforeEach(async () => {
  server = await KurrentStandIn.start();
});
afterEach(() => server.dispose());

/** What the process prints; rejects unless it ends by itself, with success, in good time. */
async function run(mode: 'many' | 'exit'): Promise<string> {
  const child = join(__dirname, 'kurrentdb-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...LOAD_TYPESCRIPT, child, mode, server.url], { timeout: 25_000 });
  return stdout;
}

test('a process that has closed its store exits, with a subscription open and reads left in the middle', async () => {
  expect(await run('exit')).toBe('used\nclosed\n');
}, 30_000);

test('a connection lost under many large appends fails them one by one, not the process', async () => {
  server.faults.delay = 20;
  const losing = setInterval(() => server.disconnect(), 150);
  const output = await run('many').finally(() => clearInterval(losing));
  const counts = JSON.parse(output.split('\n')[0] as string) as Record<string, number>;
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(200);
  expect(counts['OutcomeUnknown']).toBeGreaterThan(0);
  expect(server.log.events.length).toBeGreaterThanOrEqual(counts['appended'] ?? 0);
}, 30_000);
