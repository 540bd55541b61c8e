import { existsSync, mkdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { projections } from '../projections';
import { keys } from '../projections/entities';
import { Reader } from '../projections/reader';
import { catalogue, play } from '../samples/browser-year/play';
import { Luck } from '../samples/browser-year/luck';
import { AsOf } from '../src/audit/as-of';
import type { HistoryPoint } from '../src/audit/history-point';
import { schemaVersions, upcasts } from '../src/domain/decider';
import { MemoryEventStore } from '../src/event-store/memory';
import { SqliteEventStore } from '../src/event-store/sqlite';
import { createUpcaster } from '../src/event-store/upcast';
import { fold } from '../src/projector/fold';
import { replay } from '../src/projector/replay';
import { createMemoryReadModel } from '../src/read-model/memory';

/**
 * A project of 100,000 events in SQLite, a busy year of `samples/browser-year`, as of random points: the first answer, and those after it, beside
 * the plain fold of the whole prefix. Aim: p95 under 50 ms once warm.
 */
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 100_000);
const QUESTIONS = Number(process.env['BENCH_QUESTIONS'] ?? 500);
/** The ledger is made once, and found again by the next run. */
const DIRECTORY = process.env['BENCH_DIR'] ?? join(tmpdir(), `experience-ledger-as-of-${EVENTS}`);
const PROJECT = 'browser';

const upcast = createUpcaster(schemaVersions, upcasts, new Set());

async function ledger(): Promise<SqliteEventStore> {
  const there = existsSync(join(DIRECTORY, 'ledger.db'));
  mkdirSync(DIRECTORY, { recursive: true });
  const store = new SqliteEventStore(DIRECTORY);
  if (there) return store;
  console.log(`playing ${EVENTS} events into ${DIRECTORY}, which takes some minutes`);
  const memory = new MemoryEventStore();
  const year = { projectId: PROJECT, setup: catalogue(), acts: 2 * EVENTS, seed: 1, begins: Date.UTC(2025, 0, 1) };
  await play(memory, year, { most: EVENTS });
  let batch = [];
  let revision = -1;
  for await (const event of memory.read(PROJECT)) {
    batch.push(event);
    if (batch.length < 200 && event.revision + 1 < EVENTS) continue;
    await store.append(PROJECT, revision, batch);
    revision = event.revision;
    batch = [];
    if (revision + 1 >= EVENTS) break;
  }
  return store;
}

interface Took {
  readonly time: number;
  /** Of the processor: the same on a machine that has other things to do. */
  readonly cpu: number;
}

/** The answer, and with it a page of it. */
async function ask(asOf: AsOf, place: HistoryPoint): Promise<Took> {
  const began = performance.now();
  const used = process.cpuUsage();
  const view = await asOf.at(PROJECT, place);
  if (!view) throw new Error('there is no such project');
  const sort = { by: 'name', descending: false } as const;
  const page = await new Reader(view.readModel).list(keys, PROJECT, { archived: false, sort, limit: 50, from: 'start' });
  if (page.rows.length === 0) throw new Error('there are no keys');
  const { user, system } = process.cpuUsage(used);
  return { time: performance.now() - began, cpu: (user + system) / 1_000 };
}

const quantile = (sorted: readonly number[], of: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))] ?? 0;
const ms = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

function report(what: string, took: readonly Took[]): void {
  for (const [name, by] of [
    [what, 'time'],
    ['  of processor time', 'cpu'],
  ] as const) {
    const sorted = took.map((one) => one[by]).sort((a, b) => a - b);
    console.log(`${name.padEnd(44)} p50 ${ms(quantile(sorted, 0.5))}, p95 ${ms(quantile(sorted, 0.95))}, most ${ms(sorted.at(-1) ?? 0)}`);
  }
}

async function main(): Promise<void> {
  const store = await ledger();
  const last = EVENTS - 1;
  const asOf = new AsOf({
    read: (projectId, from, limit) => store.read(projectId, from, limit),
    fold: (events, revision, readModel) => fold(events, revision, { readModel, projections, upcast }),
    empty: createMemoryReadModel,
    bytes: Number(process.env['AS_OF_MEMORY'] ?? 256) * 2 ** 20,
    ...(process.env['BENCH_INTERVAL'] === undefined ? {} : { interval: Number(process.env['BENCH_INTERVAL']) }),
  });

  const began = performance.now();
  await replay({ events: store.read(PROJECT), readModel: createMemoryReadModel(), projections, upcast });
  console.log(`${`the plain fold of ${EVENTS} events`.padEnd(44)} ${ms(performance.now() - began)}`);

  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const first = await ask(asOf, { kind: 'revision', revision: last });
  delay.disable();
  console.log(
    `${'the first answer, at the end'.padEnd(44)} ${ms(first.time)}, ${ms(first.cpu)} of processor time; others waited ${ms(delay.max / 1e6)} at most, p99 ${ms(delay.percentile(99) / 1e6)}`,
  );
  global.gc?.();
  console.log(
    `${'snapshots take'.padEnd(44)} ${Math.round((process.memoryUsage().heapUsed - before) / 2 ** 20)} MiB${global.gc ? '' : ' (with garbage: run node --expose-gc)'}`,
  );

  const luck = new Luck(7);
  const revisions: Took[] = [];
  for (let question = 0; question < QUESTIONS; question += 1)
    revisions.push(await ask(asOf, { kind: 'revision', revision: luck.number(EVENTS) }));
  report('any revision, once warm', revisions);
  const times: Took[] = [];
  const year = 364 * 24 * 3_600_000;
  for (let question = 0; question < QUESTIONS; question += 1)
    times.push(await ask(asOf, { kind: 'time', time: Date.UTC(2025, 0, 2) + luck.number(year) }));
  report('any time, once warm', times);
  await store.close();
}

void main();
