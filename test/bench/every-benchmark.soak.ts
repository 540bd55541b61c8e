import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const benchmarks = Object.keys(scripts).filter((name) => name.startsWith('bench:'));

/** As little as each can do: what is measured says nothing, but each request must be answered as the benchmark expects. */
const LEAST = {
  BENCH_SECONDS: '1',
  BENCH_RUNS: '1',
  BENCH_ROUNDS: '1',
  BENCH_REQUESTS: '20',
  BENCH_QUESTIONS: '20',
  BENCH_PROJECTS: '10',
  BENCH_EVENTS: '2000',
  BENCH_OURS: '100',
  BENCH_FOREIGN: '1000',
  BENCH_REBUILD_EVENTS: '2000',
  BENCH_EXPOSURES: '20000',
  BENCH_CONVERSIONS: '1000',
};

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'benchmarks-'))));
afterAll(() => rmSync(directory, { recursive: true }));

// The API that a benchmark asks may have changed since it was last run.
test.each(benchmarks)(
  '%s comes to its end and prints figures',
  async (name) => {
    const env = { ...process.env, ...LEAST, BENCH_DIR: join(directory, 'kept') };
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', name], { cwd: ROOT, env, maxBuffer: 1e8 });
    expect(stdout).toMatch(/\d/);
  },
  10 * 60_000,
);
