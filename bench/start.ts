import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import type { EventStore } from '../src/event-store/event-store';
import { KurrentEventStore } from '../src/event-store/kurrentdb';
import { SqliteEventStore } from '../src/event-store/sqlite';
import { start } from '../src/main';
import { readSettings } from '../src/settings';
import { RedisServer } from '../test/fixtures/redis-server';
import { KurrentStandIn } from '../test/kurrentdb-stand-in/stand-in';
import { replayed, stories } from './stories';

/**
 * What a start costs until all is shown, in seconds of the processor and by the clock: on SQLite and on KurrentDB, which is the stand-in in another
 * process, with nothing projected (cold) and with everything projected in Redis (warm). Aims: cold on KurrentDB at most 1.6 times the processor time of
 * SQLite, warm below 3 s of it. Then a warm start among other applications' events, before, between and after ours. Aim: by the clock at most
 * 2 s more than on an empty store. `KURRENTDB_URL`: a real KurrentDB, which is empty, in place of the stand-in for cold and warm; no others' events then.
 */
const PROJECTS = Number(process.env['BENCH_PROJECTS'] ?? 100);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 100_000);
const OURS = Number(process.env['BENCH_OURS'] ?? 10_000);
const REAL_SERVER = process.env['KURRENTDB_URL'];
const FOREIGN_EVENTS = Number(process.env['BENCH_FOREIGN'] ?? 3_000_000);
/** What it costs the stand-in to look at one event: a real server took about 0.45 s for 400,000. */
const SCAN_US = 1.1;

interface Took {
  readonly processorSeconds: number;
  readonly wallSeconds: number;
}

type Environment = Readonly<Record<string, string>>;

/** In a process of its own: from its beginning, so with the modules that are loaded, until all is shown. */
async function startOnce(): Promise<void> {
  const running = await start(readSettings(process.env), { logger: pino({ level: 'silent' }) });
  await running.ready;
  const { user, system } = process.cpuUsage();
  const took: Took = { processorSeconds: (user + system) / 1e6, wallSeconds: performance.now() / 1_000 };
  await running.stop();
  process.stdout.write(JSON.stringify(took));
}

async function measured(environment: Environment): Promise<Took> {
  const flags = ['--max-semi-space-size=64', '--require', join(__dirname, '../bin/load-typescript.js')];
  const child = spawn(process.execPath, [...flags, __filename, 'once'], {
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`a start failed with exit code ${code}`);
  return JSON.parse(printed) as Took;
}

/** Projects that took turns at writing their histories. `between` is called after each round. */
async function fill(store: EventStore, events: number, projects: number, between: () => void = () => {}): Promise<void> {
  const length = Math.ceil(events / projects);
  const story = stories.edits(length);
  const histories = Array.from({ length: projects }, (_, at) => replayed(story, `p${at}`));
  for (let from = 0; from < length; from += 100) {
    for (const [at, history] of histories.entries()) await store.append(`p${at}`, from - 1, history.slice(from, from + 100));
    between();
  }
  await store.close();
}

function print(label: string, { processorSeconds, wallSeconds }: Took, remark = ''): void {
  console.log(`${label.padEnd(52)} ${processorSeconds.toFixed(2).padStart(8)} s of CPU ${wallSeconds.toFixed(2).padStart(8)} s  ${remark}`);
}

const redisUrl = (redis: RedisServer): string => `redis://127.0.0.1:${redis.port}`;

async function coldAndWarm(directory: string): Promise<void> {
  const [redis, standIn] = await Promise.all([RedisServer.start(), REAL_SERVER === undefined ? KurrentStandIn.start() : undefined]);
  const kurrentDb = standIn?.url ?? (REAL_SERVER as string);
  const sqlite = join(directory, 'sqlite');
  await fill(new SqliteEventStore(sqlite), EVENTS, PROJECTS);
  await fill(await KurrentEventStore.open(kurrentDb), EVENTS, PROJECTS);
  console.log(`a start with ${EVENTS} events of ${PROJECTS} projects`);
  for (const [name, readModel] of [
    ['memory', 'memory:'],
    ['Redis', redisUrl(redis)],
  ] as const) {
    const on = (EVENT_STORE: string): Environment => ({ DATA_DIR: join(directory, 'data'), EVENT_STORE, READ_MODEL: readModel });
    await redis.command('FLUSHALL');
    const first = await measured(on(`sqlite:${sqlite}`));
    print(`  SQLite and ${name}, cold`, first);
    if (name === 'Redis') print('  SQLite and Redis, warm', await measured(on(`sqlite:${sqlite}`)));
    await redis.command('FLUSHALL');
    const cold = await measured(on(kurrentDb));
    print(`  KurrentDB and ${name}, cold`, cold, `${(cold.processorSeconds / first.processorSeconds).toFixed(2)} times SQLite's`);
    if (name === 'Redis') print('  KurrentDB and Redis, warm', await measured(on(kurrentDb)));
  }
  await standIn?.dispose();
  await redis.stop();
}

async function amongOthers(directory: string): Promise<void> {
  const [redis, server, empty] = await Promise.all([RedisServer.start(), KurrentStandIn.start(), KurrentStandIn.start()]);
  const on = (EVENT_STORE: string): Environment => ({ DATA_DIR: join(directory, 'data'), EVENT_STORE, READ_MODEL: redisUrl(redis) });
  const part = Math.ceil(FOREIGN_EVENTS / 3);
  server.log.fill('other-before', part);
  let isBetween = false;
  await fill(await KurrentEventStore.open(server.url), OURS, 10, () => {
    if (!isBetween) server.log.fill('other-between', part);
    isBetween = true;
  });
  server.log.fill('other-after', part);
  server.faults.scanUs = empty.faults.scanUs = SCAN_US;
  console.log(`a start with ${OURS} events among ${FOREIGN_EVENTS} of other applications`);
  await measured(on(empty.url));
  const least = await measured(on(empty.url));
  print('  an empty store', least);
  print('  cold', await measured(on(server.url)));
  const warm = await measured(on(server.url));
  print('  warm', warm, `${(warm.wallSeconds - least.wallSeconds).toFixed(2)} s more than an empty store`);
  await Promise.all([server.dispose(), empty.dispose(), redis.stop()]);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-start-'));
  try {
    await coldAndWarm(directory);
    if (REAL_SERVER === undefined) await amongOthers(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void (process.argv[2] === 'once' ? startOnce() : main());
