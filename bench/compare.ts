import { execFileSync } from 'node:child_process';
import { figuresOf, type Metric } from './printed-figures';

/** Runs the benchmarks of two checkouts in turns, since a machine's speed drifts, and compares the medians of what they print. */
const TURNS = Number(process.env['COMPARE_TURNS'] ?? 5);
/** Short runs: what counts is that old and new take turns. */
const SHORT = { BENCH_SECONDS: '3', BENCH_RUNS: '1', BENCH_REBUILD_EVENTS: '200000' };

function run(checkout: string, bench: string): ReadonlyMap<string, Metric> {
  const printed = execFileSync('npm', ['run', '--silent', `bench:${bench}`], {
    cwd: checkout,
    env: { ...SHORT, ...process.env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
  return figuresOf(printed);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function compare(before: string, after: string, bench: string): void {
  const turns = Array.from({ length: TURNS }, (_, turn) => {
    // Each goes first as often as the other.
    const first = turn % 2 === 0 ? before : after;
    const one = run(first, bench);
    const other = run(first === before ? after : before, bench);
    return first === before ? { old: one, new: other } : { old: other, new: one };
  });
  console.log(`bench:${bench}, medians of ${TURNS} turns`);
  for (const [label, { better }] of turns[0]?.new ?? []) {
    const [was, is] = (['old', 'new'] as const).map((side) => median(turns.flatMap((turn) => turn[side].get(label)?.value ?? []))) as [
      number,
      number,
    ];
    const ratio = better === 'higher' ? is / was : was / is;
    const said = Number.isNaN(was) ? 'not in the older one' : `${was} -> ${is}`;
    console.log(`  ${label.padEnd(72)} ${said.padStart(24)}   ratio ${ratio.toFixed(2)}`);
  }
}

const [before = '', after = '', ...benches] = process.argv.slice(2);
for (const bench of benches.flatMap((names) => names.split(' '))) compare(before, after, bench);
