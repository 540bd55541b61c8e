import { createHash } from 'node:crypto';
import Database from 'libsql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { UserKey } from '../src/domain/user-key';
import { fileOfMonth, monthOf } from '../src/observations/month';
import type { AskedGoal, MomentsQuery } from '../src/observations/moments';
import type { Observation } from '../src/observations/observations';
import { SqliteObservations } from '../src/observations/sqlite';
import { EXPOSURES_FILE } from '../src/observations/sqlite-exposure-format';
import { seriesOf } from '../src/results/series';
import { resultsOf } from '../src/results/results';
import type { ResultsInput } from '../src/results/input';

/**
 * What results of experiments cost in SQLite: one test of many users and one goal, and twenty tests of five goals each, when they are first asked for and
 * again; beside bare SQL over the same files, which knows of no windows' maturity, no days and no time before. In CPU of all threads.
 * Aims at 10,000,000 exposures and 100,000 conversions: one test first < 8 s (with CUPED), again < 100 ms; twenty first < 40 s, again < 1 s;
 * a daily series again p95 < 300 ms; the event loop never held for 100 ms.
 */
const EXPOSURES = Number(process.env['BENCH_EXPOSURES'] ?? 10_000_000);
const CONVERSIONS = Number(process.env['BENCH_CONVERSIONS'] ?? 100_000);
const TESTS = 20;
const GOALS = 5;
const RUNS = 20;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const DAYS = 20;
const PROJECT = 'bench';
const BATCH = 1_000;
const IN_FLIGHT = 8;

let nowMs = START;
const keyOf = (number: number): UserKey => createHash('md5').update(String(number)).digest('hex') as UserKey;
const goalOf = (index: number): AskedGoal => ({
  id: `goal ${index}`,
  event: `event ${index}`,
  filters: [],
  measure: index % 2 === 0 ? 'CONVERSION' : 'SUM',
  property: index % 2 === 0 ? null : 'price',
  cap: null,
  windowDays: 7,
});
const queryOf = (experiment: string, goals: number): MomentsQuery => ({
  projectId: PROJECT,
  experiment,
  variants: ['v1', 'v2'],
  goals: Array.from({ length: goals }, (_, index) => goalOf(index)),
  earlier: [],
  receivedBefore: START + 40 * DAY_MS,
});

function* exposures(experiment: string, users: number): Generator<Observation> {
  for (let number = 0; number < users; number += 1)
    yield {
      kind: 'exposure',
      user: keyOf(number),
      experiment,
      variant: number % 2 === 0 ? 'v1' : 'v2',
      at: START + Math.floor((number / users) * DAYS) * DAY_MS,
      revision: 1,
    };
}

/** Half of them before their user was first exposed. */
function* events(event: number, users: number): Generator<Observation> {
  for (let number = 0; number < CONVERSIONS; number += 1) {
    const user = Math.floor((number / CONVERSIONS) * users);
    const at = START + Math.floor((user / users) * DAYS) * DAY_MS + (number % 2 === 0 ? 3_600_000 : -3_600_000);
    const content = `${event} ${number}`;
    yield { kind: 'event', user: keyOf(user), id: content, event: `event ${event}`, at, properties: { price: number % 100 }, content };
  }
}

async function fill(store: SqliteObservations, items: Generator<Observation>): Promise<void> {
  const one = async (): Promise<void> => {
    for (;;) {
      const batch: Observation[] = [];
      for (let item = items.next(); item.done !== true; item = items.next()) if (batch.push(item.value) === BATCH) break;
      if (batch.length === 0) return;
      await store.append(PROJECT, batch);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

async function cost<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${name.padEnd(48)} ${((user + system) / 1_000).toFixed(0)} ms of CPU, ${(performance.now() - begun).toFixed(0)} ms`);
  return result;
}

function bareSql(directory: string): void {
  const db = new Database(join(directory, EXPOSURES_FILE), { readonly: true });
  db.exec(`ATTACH '${join(directory, fileOfMonth(monthOf(START + DAYS * DAY_MS)))}' AS month`);
  const users = `SELECT variant, count(*) FROM exposures WHERE series = (SELECT id FROM series WHERE experiment = 'big') GROUP BY variant`;
  db.prepare(users).all();
  db.prepare(
    `SELECT x.variant, count(DISTINCT x.user) FROM month.events e JOIN exposures x
       ON x.user = e.user AND x.series = (SELECT id FROM main.series WHERE experiment = 'big')
     WHERE e.series = (SELECT id FROM month.series WHERE name = 'event 0') AND e.at >= x.at AND e.at < x.at + ? GROUP BY x.variant`,
  ).all(7 * DAY_MS);
  db.close();
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-results-'));
  const store = new SqliteObservations(directory, { keptDays: 400, clock: () => nowMs });
  try {
    nowMs = START + DAYS * DAY_MS;
    await cost(`${EXPOSURES} exposures of one test`, () => fill(store, exposures('big', EXPOSURES)));
    for (let index = 0; index < TESTS; index += 1) await fill(store, exposures(`test ${index}`, EXPOSURES / TESTS));
    for (let event = 0; event < GOALS; event += 1) await fill(store, events(event, event === 0 ? EXPOSURES : EXPOSURES / TESTS));
    nowMs = START + 41 * DAY_MS;
    const held = monitorEventLoopDelay({ resolution: 5 });
    held.enable();
    await cost('bare SQL: one test, one goal', () => bareSql(directory));
    held.reset();
    const moments = await cost('one test, one goal: first, with CUPED', () => store.moments(queryOf('big', 1)));
    await cost('one test, one goal: again', () => store.moments(queryOf('big', 1)));
    const all = () => Promise.all(Array.from({ length: TESTS }, (_, index) => store.moments(queryOf(`test ${index}`, GOALS))));
    await cost(`${TESTS} tests, ${GOALS} goals: first`, all);
    await cost(`${TESTS} tests, ${GOALS} goals: again`, all);
    const input = inputOf(moments);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const begun = performance.now();
      await store.moments(queryOf('big', 1));
      resultsOf(input);
      seriesOf(input, 'goal 0');
      times.push(performance.now() - begun);
    }
    const p95 = times.sort((a, b) => a - b)[Math.ceil(RUNS * 0.95) - 1]!;
    console.log(`a daily series: again                            p95 ${p95.toFixed(1)} ms`);
    console.log(`the event loop was held for at most              ${(held.max / 1e6).toFixed(0)} ms`);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const inputOf = ({ exposed, moments }: Awaited<ReturnType<SqliteObservations['moments']>>): ResultsInput => ({
  analysis: { method: 'SEQUENTIAL', alpha: 0.05, plannedUsers: EXPOSURES, cuped: true },
  arms: ['v1', 'v2'].map((id) => ({ id, name: id, control: id === 'v1', weight: 5_000 })),
  goals: [{ id: 'goal 0', name: 'goal 0', role: 'PRIMARY', measure: 'CONVERSION', direction: 'HIGHER', windowDays: 7 }],
  startedAtMs: START,
  atMs: START + 40 * DAY_MS,
  exposed,
  moments,
  observed: {
    inTwoVariants: 0,
    exposures: EXPOSURES,
    baselineChanges: [],
    earlierVariants: [],
    erasedUsers: 0,
    countedEvents: CONVERSIONS,
  },
});

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
