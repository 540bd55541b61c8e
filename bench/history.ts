import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../src/domain/event';
import { openForReading, ledgerFile } from '../src/event-store/sqlite-file';
import { SqliteEventStore } from '../src/event-store/sqlite';
import { RedisServer } from '../test/fixtures/redis-server';
import { chronicle, someKey } from './chronicle';
import { ask, withServer, type BenchServer } from './load';

/**
 * How long a page of history takes in one project of 100,000 and of 1,000,000 events: asked of a server over HTTP, one after another, with the
 * ledger in SQLite and the read model in memory or in Redis, beside reading the same rows of the same file by their numbers and parsing them.
 * Aim: 20 entries of one entity among 1,000,000 events in p95 under 20 ms.
 */
const SIZES = (process.env['BENCH_EVENTS'] ?? '100000,1000000').split(',').map(Number);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 500);
const APPEND = 1_000;
const PROJECT = 'bench';

const PAGE = `query ($entity: EntityFilter, $actor: ID, $types: [EventType!], $search: String, $after: Cursor, $first: Int!) {
  history(projectId: "${PROJECT}", entity: $entity, actor: $actor, types: $types, search: $search, after: $after, first: $first) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { cursor sentence reason occurredAt actor { id } changes { path before after } event { id type version revision data hash } }
  }
}`;

interface History {
  readonly history: { readonly nodes: readonly { readonly cursor: string; readonly event: { readonly revision: number } }[] };
}

interface Question {
  readonly label: string;
  readonly entries: number;
  readonly variables: (number: number) => object;
  /** A question may answer with fewer: of a search, what 2,000 events have. */
  readonly atLeast?: number;
}

const about = (number: number) => ({ entity: { kind: 'KEY', id: someKey(number) } });

function questions(middle: string): readonly Question[] {
  return [
    { label: 'the newest 20 of one entity', entries: 20, variables: about },
    { label: '20 of one entity, from the middle on', entries: 20, variables: (n) => ({ ...about(n), after: middle }) },
    { label: '20 of one entity by one actor', entries: 20, atLeast: 0, variables: (n) => ({ ...about(n), actor: `*/user/u${n % 25}` }) },
    {
      label: '20 of one type by one actor',
      entries: 20,
      variables: (n) => ({ types: ['SegmentRuleChanged'], actor: `*/user/u${n % 25}` }),
    },
    { label: 'the newest 20 of the project', entries: 20, variables: () => ({}) },
    { label: 'the newest 200 of the project', entries: 200, variables: () => ({}) },
    { label: 'a search for 20 of one reason', entries: 20, atLeast: 0, variables: (n) => ({ search: `ticket ${n % 300}` }) },
  ];
}

async function append(directory: string, events: Iterable<Envelope>): Promise<void> {
  const store = new SqliteEventStore(directory);
  let batch: Envelope[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await store.append(PROJECT, batch[0]!.revision - 1, batch);
    batch = [];
  };
  for (const event of events) {
    batch.push(event);
    if (batch.length === APPEND) await flush();
  }
  await flush();
  await store.close();
}

/** Reads and parses rows of the file by their numbers, and does nothing else. */
class Rows {
  private readonly db;
  private readonly row;

  constructor(directory: string) {
    this.db = openForReading(ledgerFile(directory));
    this.row = this.db.prepare<unknown[]>('SELECT body FROM events WHERE project_id = ? AND revision = ?').raw();
  }

  /** Milliseconds. */
  read(revisions: readonly number[]): number {
    const began = performance.now();
    for (const revision of revisions) JSON.parse((this.row.get(PROJECT, revision) as [string])[0]);
    return performance.now() - began;
  }

  close(): void {
    this.db.close();
  }
}

async function measure(server: BenchServer, rows: Rows, { label, entries, variables, atLeast = entries }: Question): Promise<string> {
  const times: number[] = [];
  const raw: number[] = [];
  for (let number = 0; number < REQUESTS + 20; number += 1) {
    const began = performance.now();
    const { history } = (await ask(server, PAGE, { first: entries, ...variables(number) })) as History;
    const taken = performance.now() - began;
    if (history.nodes.length < atLeast) throw new Error(`${label}: ${history.nodes.length} entries, not ${atLeast}`);
    const read = rows.read(history.nodes.map(({ event }) => event.revision));
    // The first ones warm up.
    if (number < 20) continue;
    times.push(taken);
    raw.push(read);
  }
  const ratio = percentile(times, 0.5) / percentile(raw, 0.5);
  const cells = [0.5, 0.95].map((part) => `p${part * 100} ${percentile(times, part).toFixed(1)} ms`.padStart(14));
  return `  ${label.padEnd(40)} ${cells.join('')}   the rows alone p50 ${percentile(raw, 0.5).toFixed(2)} ms, ratio ${ratio.toFixed(1)}`;
}

function percentile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}

async function run(events: number, directory: string, readModel: string, env: NodeJS.ProcessEnv): Promise<void> {
  const began = performance.now();
  await withServer(
    async (server) => {
      console.log(`${events} events, read model in ${readModel}: ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
      const middle = await cursorAt(server, Math.floor(events / 2));
      const rows = new Rows(directory);
      for (const question of questions(middle)) console.log(await measure(server, rows, question));
      rows.close();
    },
    // To sign a head is to verify what came before it: at the first start all of it, which would be measured too.
    { EVENT_STORE: `sqlite:${directory}`, HEADS_SIGN_MINUTES: '0', ...env },
  );
}

/** The cursor of that revision, found by its time: events are a minute apart. */
async function cursorAt(server: BenchServer, revision: number): Promise<string> {
  const since = new Date(Date.UTC(2020, 0, 1) + revision * 60_000).toISOString();
  const query = `query ($since: DateTime) { history(projectId: "${PROJECT}", order: OLDEST_FIRST, since: $since, first: 1) { nodes { cursor } } }`;
  const { history } = (await ask(server, query, { since })) as History;
  return history.nodes[0]!.cursor;
}

async function main(): Promise<void> {
  for (const events of SIZES) {
    const directory = mkdtempSync(join(tmpdir(), 'ledger-history-'));
    const redis = await RedisServer.start();
    try {
      await append(directory, chronicle(PROJECT, events));
      await run(events, directory, 'memory', {});
      await run(events, directory, 'Redis', { READ_MODEL: `redis://127.0.0.1:${redis.port}` });
      const used = /used_memory_human:(\S+)/.exec(String(await redis.command('INFO', 'memory')))?.[1];
      console.log(`  Redis holds ${used}`);
    } finally {
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

void main();
