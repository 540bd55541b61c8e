import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../fixtures/eventually';
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
});

test('a connection lost under many large appends fails them one by one, not the process', async () => {
  server.faults.delay = 20;
  const losing = setInterval(() => server.disconnect(), 150);
  const output = await run('many').finally(() => clearInterval(losing));
  const counts = JSON.parse(output.split('\n')[0] as string) as Record<string, number>;
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(200);
  expect(counts['OutcomeUnknown']).toBeGreaterThan(0);
  expect(server.log.events.length).toBeGreaterThanOrEqual(counts['appended'] ?? 0);
});

describe('a process that has closed its store after a write to a server that hangs exits, and leaves no call of it at the server', () => {
  test.each([
    ['from the first call on', false],
    ['in the middle of its writes', true],
  ])('%s', async (_, answersFirst) => {
    if (!answersFirst) server.faults.freeze();
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'kurrentdb-child.ts'), 'hang', server.url, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      output += String(text);
      if (output.includes('written')) server.faults.freeze();
      // What was given up goes on from here: it must begin nothing that stays.
      if (output.includes('closed')) server.faults.thaw();
    }
    expect(output).toBe(`${answersFirst ? 'written\n' : ''}OutcomeUnknown\nclosed\n`);
    expect(await exited).toEqual([0, null]);
    // The server hears of it a moment after this test does.
    await eventually('the server has no connection', () => server.connections === 0);
  });
});
