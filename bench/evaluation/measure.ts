/** One thing that is measured: `run` does it so many times, and gives something that depends on all of them. */
export interface Measured {
  readonly name: string;
  readonly run: (times: number) => unknown;
}

/** Rounds of each; the figures are those of the fastest one, which the rest of the machine has disturbed least. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const ROUND_MS = Number(process.env['BENCH_ROUND_MS'] ?? 100);

/**
 * CPU time of each in nanoseconds for one time. They take turns, so what else the machine does slows all of them: trust the ratios. How
 * many times make a round is found out first, which also compiles the code.
 */
export function nanoseconds(all: readonly Measured[]): ReadonlyMap<string, number> {
  const times = new Map(all.map((one) => [one.name, timesIn(one)]));
  const rounds = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of all) rounds.get(one.name)!.push(cpuMs(one, times.get(one.name)!) / times.get(one.name)!);
  }
  return new Map([...rounds].map(([name, ms]) => [name, Math.min(...ms) * 1e6]));
}

function timesIn(one: Measured): number {
  for (let times = 100; ; times *= 4) {
    const ms = cpuMs(one, times);
    if (ms > ROUND_MS / 4) return Math.ceil((times * ROUND_MS) / ms);
  }
}

/** Where a result goes, so that it is not optimized away. */
const sink = { last: undefined as unknown };

function cpuMs({ run }: Measured, times: number): number {
  const before = process.cpuUsage();
  sink.last = run(times);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** A line of a table, as `test/bench` and bench/compare.sh read them. */
export function line(name: string, ns: number, ratio = ''): string {
  const time = ns < 10_000 ? `${ns.toFixed(0)} ns` : `${(ns / 1_000).toFixed(1)} us`;
  return `  ${name.padEnd(44)}${time.padStart(12)}  ${Math.round(1e9 / ns).toLocaleString('en')}/s  ${ratio}`;
}
