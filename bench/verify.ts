import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chain } from '../src/audit/chain';
import { verifyChain } from '../src/audit/verify-chain';
import { hashOf, type Envelope } from '../src/domain/event';
import { SqliteEventStore } from '../src/event-store/sqlite';
import { replayed, stories } from './stories';

/**
 * Events a second that `verify` looks at in a SQLite ledger on the disk, beside the same work on texts that are in memory already: parsing,
 * canonical JSON and SHA-256 of the same events, in one thread. Aim by the clock: at least 1.2 of it on two cores, since `verify` uses them all.
 *
 * Each verification starts its threads, whose code is slow until it has run for a while: about a fifth of a second on the two cores, whatever the number of events.
 */
const PROJECTS = Number(process.env['BENCH_PROJECTS'] ?? 100);
const SIZES = (process.env['BENCH_EVENTS'] ?? '100000,500000').split(',').map(Number);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const APPEND = 500;

/** How long something took, by the clock and of the processor, in seconds. */
interface Took {
  readonly wall: number;
  readonly processor: number;
}

function stopwatch(): () => Took {
  const began = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { wall: (performance.now() - began) / 1_000, processor: (user + system) / 1e6 };
  };
}

async function verified(directory: string, count: number): Promise<Took> {
  const store = new SqliteEventStore(directory, { audited: true });
  const chain = new Chain();
  const took = stopwatch();
  const { problem } = await verifyChain({ store, chain });
  if (problem !== undefined) throw new Error(problem.message);
  const result = took();
  if (chain.events !== count) throw new Error(`${chain.events} events were verified, not ${count}`);
  await store.close();
  return result;
}

function inMemory(texts: readonly string[]): Took {
  const took = stopwatch();
  for (const text of texts) {
    const event = JSON.parse(text) as Envelope;
    if (hashOf(event) !== event.hash) throw new Error('an event has another hash');
  }
  return took();
}

const rate = (count: number, seconds: number): string =>
  `${Math.round(count / seconds)
    .toString()
    .padStart(9)} events/s`;

/** Writes a ledger of so many events; answers their texts. */
async function written(directory: string, count: number): Promise<string[]> {
  const reported = stories.edits(Math.floor(count / PROJECTS));
  const store = new SqliteEventStore(directory);
  const texts: string[] = [];
  for (let at = 0; at < PROJECTS; at += 1) {
    const events = replayed(reported, `p${at}`);
    for (let from = 0; from < events.length; from += APPEND) await store.append(`p${at}`, from - 1, events.slice(from, from + APPEND));
    for (const event of events) texts.push(JSON.stringify(event));
  }
  await store.close();
  return texts;
}

async function compared(count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-verify-'));
  try {
    const texts = await written(directory, count);
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    console.log(`${count} events of ${PROJECTS} projects, ${Math.round(bytes / count)} bytes each`);
    const memory: Took[] = [];
    const disk: Took[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      memory.push(inMemory(texts));
      disk.push(await verified(directory, count));
    }
    // Each at its best: what else the machine does meanwhile is not what is measured.
    const best = (runs: readonly Took[], by: keyof Took): number => Math.min(...runs.map((run) => run[by]));
    for (const by of ['wall', 'processor'] as const) {
      const [bare, whole] = [best(memory, by), best(disk, by)];
      console.log(by === 'wall' ? 'By the clock' : 'In processor time');
      console.log(`  parse, canonical JSON and SHA-256 in memory  ${rate(count, bare)}`);
      console.log(`  verify, from SQLite                          ${rate(count, whole)}   ratio ${(bare / whole).toFixed(2)}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function main(): Promise<void> {
  for (const count of SIZES) await compared(count);
}

void main();
