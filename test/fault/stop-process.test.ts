import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../fixtures/free-port';
import { ServerProcess } from './server-process';

const ROOT = join(__dirname, '../..');

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'ledger-stop-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('something that is left open does not keep the process after its stop', async () => {
  const server = await ServerProcess.start(dataDir, { preload: join(__dirname, 'lingering-child.ts') });
  const exit = await server.stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.log).toContain('something is still open');
});

test('an ordinary stop leaves nothing open', async () => {
  const server = await ServerProcess.start(dataDir);
  const exit = await server.stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.log).not.toContain('still open');
});

test('SIGTERM to `npm start` ends the server, not only npm', async () => {
  const port = await freePort();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  for await (const text of child.stdout.setEncoding('utf8')) if (String(text).includes('is ready')) break;
  child.kill('SIGTERM');
  await ended;
  // The port is free as soon as the server is gone.
  for (let attempt = 0; !(await isFree(port)); attempt++) {
    if (attempt === 100) throw new Error('the server still has its port');
    await sleep(100);
  }
});

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false));
  });
  server.listen(port, '127.0.0.1');
  const free = await listening;
  if (free) server.close();
  return free;
}
