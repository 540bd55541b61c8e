import Database from 'libsql';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask, load, median, row, withBoth, type BenchServer, type Figures } from './load';

/**
 * Guarded durable commands a second, through HTTP and GraphQL, beside the same mutation answered from a constant on the same server, and
 * beside what the disk gives raw SQLite. Aim: at least 0.80, 0.50 and 0.30 of the constant mutation's rate for 64, 16 and 1 clients
 * (docs/decisions/0570 says how far that is reached).
 * And the same with the read models in Redis. And how long a page of keys takes beside 64 writers; aim: its p99 without them is at least 0.9 of that. And
 * beside as many clients of the constant mutation: both keep the event loop busy, so what is left between them is what durability costs a reader.
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const KEYS = 60;
/** How many clients write beside a reader. */
const WRITERS = 64;

const document = (field: string): string =>
  `mutation Edit($input: EditKeyInput!) { ${field}(input: $input) { __typename ... on Key { name version defaultValue cursor } ... on Refusal { refused: code message } } }`;
const EDIT = document('editKey');
const CONSTANT = document('constantEditKey');

async function main(): Promise<void> {
  const raw = rawSqlite();
  await withBoth(async ({ memory, redis }) => {
    for (const server of [memory, redis]) {
      await setUp(server);
      for (const query of [CONSTANT, EDIT]) await load(server, 16, 2, body(query));
    }
    for (const clients of [1, 16, 64]) {
      const constants: Figures[] = [];
      const inMemory: Figures[] = [];
      const inRedis: Figures[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        constants.push(await load(memory, clients, SECONDS, body(CONSTANT)));
        inMemory.push(await load(memory, clients, SECONDS, body(EDIT)));
        inRedis.push(await load(redis, clients, SECONDS, body(EDIT)));
      }
      const [constant, edit, shared] = [median(constants), median(inMemory), median(inRedis)];
      console.log(row(`constant mutation, ${clients} clients`, constant));
      console.log(row(`editKey (guarded, durable), ${clients} clients`, edit, edit.perSecond / constant.perSecond));
      console.log(
        `${''.padEnd(84)}   to raw SQLite, ${clients} a transaction: ${(edit.perSecond / raw(clients)).toFixed(2)}; 1 a transaction: ${(edit.perSecond / raw(1)).toFixed(2)}`,
      );
      console.log(`${row('  the same, projected into Redis', shared)}   to memory ${(shared.perSecond / edit.perSecond).toFixed(2)}`);
    }
    await readBesideWriters(memory);
  });
}

async function readBesideWriters(server: BenchServer): Promise<void> {
  const p99s = [undefined, CONSTANT, EDIT].map((query) => ({ query, runs: [] as number[] }));
  await readP99Ms(server);
  for (let run = 0; run < RUNS; run += 1) {
    for (const { query, runs } of p99s) {
      const [p99] = await Promise.all([readP99Ms(server), query && load(server, WRITERS, SECONDS, body(query))]);
      runs.push(p99);
    }
  }
  const middle = (runs: number[]): number => runs.sort((a, b) => a - b)[Math.floor(runs.length / 2)] as number;
  const [alone, constant, writers] = p99s.map(({ runs }) => middle(runs)) as [number, number, number];
  console.log(`${'keys(first: 50), 1 client'.padEnd(56)}p99 ${alone.toFixed(2)} ms`);
  console.log(`${`  beside ${WRITERS} clients of the constant mutation`.padEnd(56)}p99 ${constant.toFixed(2)} ms`);
  console.log(
    `${`  beside ${WRITERS} writers`.padEnd(56)}p99 ${writers.toFixed(2)} ms   to alone ${(alone / writers).toFixed(2)}, to beside the constant ${(constant / writers).toFixed(2)}`,
  );
}

/** Asks for pages of keys, one after another, in a process of its own. */
async function readP99Ms({ url, token }: BenchServer): Promise<number> {
  const reader = join(__dirname, 'keys-reader.ts');
  const args = ['--require', join(__dirname, '../bin/load-typescript.js'), reader, url, token, `${SECONDS}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

async function setUp(server: BenchServer): Promise<void> {
  await ask(server, 'mutation { createProject(input: { projectId: "bench", name: "Bench" }) { __typename ... on Refusal { code } } }');
  for (let key = 0; key < KEYS; key += 1) {
    await ask(
      server,
      `mutation { createKey(input: { projectId: "bench", name: "key_${key}", type: STRING, defaultValue: "0" }) { __typename ... on Refusal { code } } }`,
    );
  }
}

const body = (query: string) => (number: number) => ({
  query,
  variables: { input: { projectId: 'bench', name: `key_${number % KEYS}`, defaultValue: `value ${number}` } },
});

/** What one durable transaction costs on this disk, and what sharing it gives: rows as large as an event. */
function rawSqlite(): (size: number) => number {
  const perSecond = new Map<number, number>();
  const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-raw-'));
  const db = new Database(join(directory, 'raw.db'));
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('CREATE TABLE events (position INTEGER PRIMARY KEY, body TEXT NOT NULL)');
    const insert = db.prepare('INSERT INTO events (body) VALUES (?)');
    const event = 'x'.repeat(900);
    for (const size of [1, 16, 64]) {
      const transaction = db.transaction(() => {
        for (let index = 0; index < size; index += 1) insert.run(event);
      });
      const until = performance.now() + SECONDS * 1_000;
      let rows = 0;
      for (; performance.now() < until; rows += size) transaction();
      perSecond.set(size, rows / SECONDS);
      console.log(`${`raw SQLite, ${size} a transaction`.padEnd(44)} ${`${Math.round(rows / SECONDS)}/s`.padStart(10)}`);
    }
  } finally {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return (size) => perSecond.get(size) as number;
}

void main();
