import { projections } from '../projections';
import { GENESIS, headOf, seal, type Envelope } from '../src/domain/event';
import { schemaVersions } from '../src/domain/project';
import { MemoryEventStore } from '../src/event-store/memory';
import { createUpcaster } from '../src/event-store/upcast';
import { Projector } from '../src/projector/projector';
import { createMemoryReadModel } from '../src/read-model/memory';
import type { Batch, ReadModel } from '../src/read-model/read-model';
import { RedisReadModel } from '../src/read-model/redis';
import { COMMIT, commitArguments } from '../src/read-model/redis-commit';
import { RedisConnection } from '../src/read-model/redis-connection';
import { RedisKeys } from '../src/read-model/redis-keys';
import { Ledger } from '../test/fixtures/ledger';
import { RedisServer } from '../test/fixtures/redis-server';
import { createFlag, createKey, createSegment } from '../test/fixtures/shop';

/**
 * Events a second from a store in memory into a read model: in memory, and in a redis-server on this machine, beside the bare script with the
 * very batches that the projector sent. Aim: at least 70 % of the bare script, and at least 100,000 events a second.
 */
const PROJECTS = Number(process.env['BENCH_PROJECTS'] ?? 200);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 200_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const AT_ONCE = 32;

const upcast = createUpcaster(schemaVersions, [], new Set());
const log = { info: () => {}, warn: console.warn, error: console.error };

/** Some keys, segments and flags, then edits of them round and round: most events of a real project are edits. */
function story(length: number): readonly Envelope[] {
  const ledger = Ledger.started();
  const flags: string[] = [];
  for (let at = 0; at < 20; at += 1) {
    createKey(ledger, `key_${at}`);
    createSegment(ledger, `Segment ${at}`);
    flags.push(createFlag(ledger, `Flag ${at}`, `key_${at}`));
  }
  for (let at = 0; ledger.events.length < length; at += 1) {
    if (at % 3 === 0) ledger.accept({ type: 'EditFlag', id: flags[at % 20]!, name: `Flag ${at % 20}, edition ${at}` });
    else ledger.accept({ type: 'EditKey', name: `key_${at % 20}`, defaultValue: at });
  }
  return ledger.events.slice(0, length);
}

/** The same story as each project's own history. */
function retold(events: readonly Envelope[], projectId: string): Envelope[] {
  let head = GENESIS;
  return events.map(
    ({ type, entity, data, schemaVersion, version, occurredAt, actor, commandId, commandHash, correlationId, causationId }) => {
      const its = entity.kind === 'project' ? { ...entity, id: projectId } : entity;
      const provenance = { actor, commandId, commandHash, correlationId, causationId };
      const event = seal({ type, entity: its, data }, { projectId, schemaVersion, version, now: occurredAt, ...provenance }, head);
      head = headOf(event);
      return event;
    },
  );
}

async function projected(store: MemoryEventStore, readModel: ReadModel): Promise<number> {
  const projector = new Projector({ store, readModel, projections, upcast, log });
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
  const connection = new RedisConnection(address, { commit: COMMIT });
  await connection.settle();
  const calls = batches.map((batch) => commitArguments(new RedisKeys(address.prefix, '1'), batch));
  const queue = calls.values();
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

const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const line = (label: string, seconds: number, ratio?: number): string =>
  `${label.padEnd(40)} ${Math.round(EVENTS / seconds)
    .toString()
    .padStart(9)} events/s${ratio === undefined ? '' : `   ratio ${ratio.toFixed(2)}`}`;

async function main(): Promise<void> {
  const told = story(Math.floor(EVENTS / PROJECTS));
  const store = new MemoryEventStore();
  for (let at = 0; at < PROJECTS; at += 1) await store.append(`p${at}`, -1, retold(told, `p${at}`));
  const batches = await recorded(store);
  const writes = batches.reduce((sum, batch) => sum + batch.writes.length, 0);
  console.log(`${EVENTS} events of ${PROJECTS} projects: ${batches.length} batches, ${writes} documents`);
  const server = await RedisServer.start();
  const times: Record<'memory' | 'script' | 'redis', number[]> = { memory: [], script: [], redis: [] };
  try {
    for (let run = 0; run < RUNS; run += 1) {
      times.memory.push(await projected(store, createMemoryReadModel()));
      await server.command('FLUSHALL');
      times.script.push(await bare(server, batches));
      await server.command('FLUSHALL');
      const readModel = await RedisReadModel.open(server.address());
      times.redis.push(await projected(store, readModel));
      await readModel.close();
    }
    const used = /used_memory_human:(\S+)/.exec(String(await server.command('INFO', 'memory')))?.[1];
    console.log(line('projected into memory', middle(times.memory)));
    console.log(line('the bare script, same batches', middle(times.script)));
    console.log(line('projected into Redis', middle(times.redis), middle(times.script) / middle(times.redis)));
    console.log(`Redis holds ${used} at the end`);
  } finally {
    await server.stop();
  }
}

void main();
