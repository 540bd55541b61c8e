import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../src/event-store/sqlite';
import { openSecret } from '../src/http/tokens';
import { replayed, stories } from './stories';

/**
 * What the start of a verb costs from a checkout: CPU time of user and system, in ms, beside that of Node with nothing to do. Each works on a small
 * SQLite ledger; those that ask a server find none. Aim: below 600 ms.
 */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const ROOT = join(__dirname, '..');
/** Loaded first: writes the CPU time of the whole process to descriptor 3 when it ends. */
const REPORT =
  "if (require('worker_threads').isMainThread) process.on('exit', () => { const { user, system } = process.cpuUsage(); require('fs').writeSync(3, `${user + system}`); });";

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'verb-start-'));
  try {
    const store = new SqliteEventStore(directory);
    await store.append('a1', -1, replayed(stories.edits(100), 'a1'));
    await store.close();
    await openSecret(directory);
    const report = join(directory, 'report.cjs');
    const setup = join(directory, 'setup.yaml');
    writeFileSync(report, REPORT);
    writeFileSync(setup, 'version: 1\nkeys:\n  - { name: size, type: NUMBER, default: 1 }\n');
    const cpuMs = (args: readonly string[]): number => {
      const environment = { ...process.env, NODE_OPTIONS: `--require ${report}`, DATA_DIR: directory, PORT: '1' };
      const { output } = spawnSync(process.execPath, args, { env: environment, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
      return Number(output[3]?.toString()) / 1_000;
    };
    const verbs = [
      '--help',
      'heads',
      'verify',
      'export --events',
      'token --role admin --project a1',
      'tail --project a1',
      `plan ${setup} --project a1`,
    ];
    const rows: [string, readonly string[]][] = [
      ['node -e 0', ['-e', '0']],
      ...verbs.map((verb): [string, string[]] => [verb.replace(setup, 'FILE'), [join(ROOT, 'bin/experience-ledger'), ...verb.split(' ')]]),
    ];
    // The first run compiles.
    for (const [, args] of rows) cpuMs(args);
    for (const [name, args] of rows) {
      const runs = Array.from({ length: RUNS }, () => cpuMs(args)).sort((a, b) => a - b);
      console.log(
        `${name.padEnd(36)}${Math.round(runs[runs.length >> 1] as number)
          .toString()
          .padStart(6)} ms`,
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
