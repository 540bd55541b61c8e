import { projections } from '../projections';
import { schemaVersions, upcasts } from '../src/domain/decider';
import type { MemoryEventStore } from '../src/event-store/memory';
import { createUpcaster } from '../src/event-store/upcast';
import { Projector } from '../src/projector/projector';
import { createMemoryReadModel } from '../src/read-model/memory';
import type { Batch, ReadModel } from '../src/read-model/read-model';
import { RedisReadModel } from '../src/read-model/redis';
import { COMMIT, commitArguments } from '../src/read-model/redis-commit';
import { ReadModelUnavailable } from '../src/read-model/read-model';
import { RedisConnection } from '../src/redis/connection';
import { RedisKeys } from '../src/read-model/redis-keys';
import { RedisServer } from '../test/fixtures/redis-server';
import { stories, storeOf } from './stories';

/**
 * Events a second from a store in memory into a read model: in memory, and in a redis-server on this machine, beside the bare script with the
 * very batches that the projector sent, and nothing read, parsed or folded. Aim: at least 70 % of the bare script where each event makes a document
 * of its own, and at least 100,000 events a second at full batches. Then a rebuild of 1,000,000 events of 1,000 projects (aim: in memory under 10 s),
 * first one project after another, then taking turns, so that there is less to put together.
 */
const PROJECTS = Number(process.env['BENCH_PROJECTS'] ?? 200);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 200_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const REBUILD_EVENTS = Number(process.env['BENCH_REBUILD_EVENTS'] ?? 1_000_000);
const REBUILD_PROJECTS = 1_000;
const AT_ONCE = 32;

const upcast = createUpcaster(schemaVersions, upcasts, new Set());
const log = { info: () => {}, warn: console.warn, error: console.error };

async function projected(store: MemoryEventStore, readModel: ReadModel): Promise<number> {
  const projector = new Projector({ store, readModel, projections, upcast, log });
  // What the run before has left behind is not this one's to clear away.
  globalThis.gc?.();
  const began = performance.now();
  await projector.start();
  const seconds = (performance.now() - began) / 1_000;
  if (projector.status().parked.length > 0) throw new Error(`parked: ${JSON.stringify(projector.status().parked[0])}`);
  await projector.stop();
  return seconds;
}

/** The batches that a projection commits, in their order within each project. */
async function recorded(store: MemoryEventStore): Promise<Batch[]> {
  const batches: Batch[] = [];
  const memory = createMemoryReadModel();
  await projected(store, { ...memory, commit: (batch) => (batches.push(batch), memory.commit(batch)) });
  return batches;
}

async function bare(server: RedisServer, batches: readonly Batch[]): Promise<number> {
  const address = server.address();
  const connection = new RedisConnection(address, { commit: COMMIT }, ReadModelUnavailable);
  await connection.settle();
  const calls = batches.map((batch) => commitArguments(new RedisKeys(`${address.prefix}:1:`), batch));
  const queue = calls.values();
  globalThis.gc?.();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const call of queue) if ((await connection.run('commit', ...call)) !== 1) throw new Error('a batch was refused');
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  connection.close();
  return seconds;
}

async function intoRedis(server: RedisServer, store: MemoryEventStore): Promise<number> {
  await server.command('FLUSHALL');
  const readModel = await RedisReadModel.open(server.address());
  const seconds = await projected(store, readModel);
  await readModel.close();
  return seconds;
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const line = (label: string, events: number, seconds: number, ratio?: number): string =>
  `${label.padEnd(40)} ${Math.round(events / seconds)
    .toString()
    .padStart(9)} events/s${ratio === undefined ? '' : `   ratio ${ratio.toFixed(2)}`}`;
const used = async (server: RedisServer): Promise<string> =>
  /used_memory_human:(\S+)/.exec(String(await server.command('INFO', 'memory')))?.[1] ?? 'unknown';

async function compare(name: keyof typeof stories, server: RedisServer): Promise<void> {
  // Whole histories in a row: full batches.
  const length = Math.floor(EVENTS / PROJECTS);
  const store = await storeOf(stories[name](length), PROJECTS, length);
  const batches = await recorded(store);
  const writes = batches.reduce((sum, batch) => sum + batch.writes.length, 0);
  console.log(`${name}: ${EVENTS} events of ${PROJECTS} projects: ${batches.length} batches, ${writes} documents`);
  const times: Record<'memory' | 'script' | 'redis', number[]> = { memory: [], script: [], redis: [] };
  for (let run = 0; run < RUNS; run += 1) {
    times.memory.push(await projected(store, createMemoryReadModel()));
    await server.command('FLUSHALL');
    times.script.push(await bare(server, batches));
    times.redis.push(await intoRedis(server, store));
  }
  console.log(line('projected into memory', EVENTS, middle(times.memory)));
  console.log(line('the bare script, same batches', EVENTS, middle(times.script)));
  console.log(line('projected into Redis', EVENTS, middle(times.redis), middle(times.script) / middle(times.redis)));
  console.log(`Redis holds ${await used(server)} at the end`);
}

/** `turn`: events of one project in a row, before another's turn. */
async function rebuild(server: RedisServer, turn: number): Promise<void> {
  const length = Math.floor(REBUILD_EVENTS / REBUILD_PROJECTS);
  const store = await storeOf(stories.edits(length), REBUILD_PROJECTS, turn);
  console.log(`rebuild: ${REBUILD_EVENTS} events of ${REBUILD_PROJECTS} projects, which take turns of ${turn}`);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const memory = createMemoryReadModel();
  const inMemory = await projected(store, memory);
  globalThis.gc?.();
  const heap = Math.round((process.memoryUsage().heapUsed - before) / 1024 ** 2);
  console.log(`${line('into memory', REBUILD_EVENTS, inMemory)}   ${inMemory.toFixed(1)} s   heap grown by ${heap} MB`);
  await memory.close();
  const inRedis = await intoRedis(server, store);
  console.log(`${line('into Redis', REBUILD_EVENTS, inRedis)}   ${inRedis.toFixed(1)} s   Redis holds ${await used(server)}`);
}

async function main(): Promise<void> {
  const server = await RedisServer.start();
  try {
    await compare('edits', server);
    await compare('creations', server);
    if (REBUILD_EVENTS < REBUILD_PROJECTS) return;
    await rebuild(server, Math.floor(REBUILD_EVENTS / REBUILD_PROJECTS));
    await rebuild(server, 50);
  } finally {
    await server.stop();
  }
}

void main();
