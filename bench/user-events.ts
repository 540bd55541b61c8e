import type Database from 'libsql';
import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../src/domain/json';
import { Pepper, type UserKey } from '../src/domain/user-key';
import type { UserEvent } from '../src/observations/observations';
import { SqliteObservations } from '../src/observations/sqlite';
import { MONTH_FORMAT } from '../src/observations/sqlite-format';
import { parseRedisAddress } from '../src/redis/address';
import { openWritable } from '../src/sqlite/file';
import { RedisUserStore } from '../src/user-store/redis';
import { USER_STORE_SCRIPTS } from '../src/user-store/redis-scripts';
import { SqliteUserStore } from '../src/user-store/sqlite';
import { userStoreFormat } from '../src/user-store/sqlite-format';
import type { CountedEvent, UserStore } from '../src/user-store/user-store';

/**
 * User events taken in: appended to observations, then counted, as requests of some events do, several at a time; beside a bare loop of the same
 * statements on the same tables, as durable, in transactions of as many events. Aim: half of it. In Redis, beside the same script, pipelined bare.
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const REQUESTS = 16;
const EVENTS = 50;
const USERS = 20_000;
const PROJECT = 'bench';
const COUNTER = 'c'.repeat(32);
const HOUR_MS = 3_600_000;
const IDS_KEPT_MS = 14 * 24 * HOUR_MS;

const pepper = new Pepper(Buffer.alloc(32, 1));
const keys = Array.from({ length: USERS }, (_, n) => pepper.keyOf(PROJECT, `user ${n}`));

interface Load {
  readonly user: UserKey;
  readonly id: string;
  readonly at: number;
}

let made = 0;
function request(): readonly Load[] {
  return Array.from({ length: EVENTS }, () => ({
    user: keys[Math.floor(Math.random() * USERS)]!,
    id: `event ${(made += 1)}`,
    at: Date.now(),
  }));
}

const PROPERTIES = { price: 12.5, currency: 'EUR', category: 'shoes' };
const observed = ({ user, id, at }: Load): UserEvent => ({
  kind: 'event',
  user,
  id,
  event: 'purchase',
  at,
  properties: PROPERTIES,
  content: id,
});
const counted = ({ id, at }: Load): CountedEvent => ({ id, at, receivedAt: at, counters: [COUNTER] });

/** Events a second, while so many requests are under way. */
async function rate(work: (request: readonly Load[]) => Promise<void>): Promise<number> {
  const begun = performance.now();
  let events = 0;
  const one = async () => {
    while (performance.now() < begun + SECONDS * 1_000) {
      await work(request());
      events += EVENTS;
    }
  };
  await Promise.all(Array.from({ length: REQUESTS }, one));
  return (events * 1_000) / (performance.now() - begun);
}

/** In turns, since a machine's speed drifts. */
async function compare(bareName: string, bare: () => Promise<number> | number, name: string, ours: () => Promise<number>): Promise<void> {
  const rates: [bare: number, ours: number][] = [];
  for (let run = 0; run < RUNS; run += 1) rates.push([await bare(), await ours()]);
  const [bareRate, ourRate] = ([0, 1] as const).map((side) => median(rates.map((pair) => pair[side]))) as [number, number];
  const ratio = median(rates.map((pair) => pair[1] / pair[0]));
  console.log(`${bareName.padEnd(52)}${each(bareRate)}`);
  console.log(`${`  ${name}`.padEnd(52)}${each(ourRate)}   ratio ${ratio.toFixed(2)}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function counting(store: UserStore, events: readonly Load[]): Promise<void> {
  const byUser = new Map<UserKey, CountedEvent[]>();
  for (const event of events) {
    const ofUser = byUser.get(event.user);
    if (ofUser) ofUser.push(counted(event));
    else byUser.set(event.user, [counted(event)]);
  }
  const erasures = await store.erasures(PROJECT);
  await Promise.all([...byUser].map(([user, ofUser]) => store.record(PROJECT, user, ofUser, erasures)));
}

async function sqlite(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-users-'));
  const observations = new SqliteObservations(join(directory, 'observations'), { keptDays: 400 });
  const users = await SqliteUserStore.open(join(directory, 'users'), { pepperId: pepper.id });
  await users.keepCounter(PROJECT, { id: COUNTER, window: { lastDays: 7 } }, 0);
  const bare = bareLoop(directory);
  const append = async (events: readonly Load[]) => void (await observations.append(PROJECT, events.map(observed)));
  const both = async (events: readonly Load[]) => {
    await append(events);
    await counting(users, events);
  };
  await compare(
    'bare loop: append and count',
    () => bare.rate(true, true),
    'append and record in SQLite',
    () => rate(both),
  );
  await compare(
    'bare loop: append alone',
    () => bare.rate(true, false),
    'append in SQLite',
    () => rate(append),
  );
  await compare(
    'bare loop: count alone',
    () => bare.rate(false, true),
    'record in SQLite',
    () => rate((events) => counting(users, events)),
  );
  await observations.close();
  await users.close();
  rmSync(directory, { recursive: true });
}

/** What the stores write, without them: statements in this thread, in transactions of as many events as the requests under way have. */
function bareLoop(directory: string): { rate(append: boolean, count: boolean): number } {
  const month = openWritable(join(directory, 'bare-observations.db'), MONTH_FORMAT);
  const users = openWritable(join(directory, 'bare-users.db'), userStoreFormat(pepper.id));
  month.exec("INSERT INTO series VALUES (1, 'bench', 'p', ''), (2, 'bench', 'e', 'purchase')");
  users.exec("INSERT INTO projects VALUES (1, 'bench', 0, 1, 1)");
  const find = month.prepare<unknown[]>('SELECT content FROM ids WHERE project = ? AND user = ? AND id = ?').raw();
  const addId = month.prepare<unknown[]>('INSERT INTO ids VALUES (?, ?, ?, ?, ?)');
  const addEvent = month.prepare<unknown[]>('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  const user = users
    .prepare<unknown[]>('SELECT no, facts_version, assignment_version, compacted_day FROM users WHERE project = ? AND key = ?')
    .raw();
  const addUser = users.prepare<unknown[]>(
    `INSERT INTO users (project, key, facts_version, assignment_version, properties, assignments, overrides, seen_at, compacted_day)
      VALUES (1, ?, 0, 0, '{}', '[]', '[]', ?, 0)`,
  );
  const addCounted = users.prepare<unknown[]>('INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const addCell = users.prepare<unknown[]>('INSERT INTO cells VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1');
  const facts = users.prepare<unknown[]>('UPDATE users SET facts_version = ?, seen_at = ? WHERE no = ?');
  const removeIds = users.prepare<unknown[]>(
    'DELETE FROM ids WHERE (user, id) IN (SELECT user, id FROM ids INDEXED BY ids_by_expiry WHERE expires_at <= ? ORDER BY expires_at LIMIT 2)',
  );
  const properties = JSON.stringify(PROPERTIES);
  const append = (events: readonly Load[]) =>
    committed(month, () => {
      for (const { user: key, id, at } of events) {
        const [bytes, hash] = [Buffer.from(key, 'hex'), Buffer.from(sha256(id).slice(0, 32), 'hex')];
        if (find.get(1, bytes, hash) !== undefined) continue;
        addId.run(1, bytes, hash, 2, hash);
        addEvent.run(2, bytes, hash, at, at, properties);
      }
    });
  const count = (events: readonly Load[]) =>
    committed(users, () => {
      for (const { user: key, id, at } of events) {
        const bytes = Buffer.from(key, 'hex');
        let row = user.get(1, bytes) as [number] | undefined;
        if (row === undefined) {
          addUser.run(bytes, at);
          row = user.get(1, bytes) as [number];
        }
        if (addCounted.run(row[0], Buffer.from(sha256(id).slice(0, 32), 'hex'), at + IDS_KEPT_MS).changes === 0) continue;
        addCell.run(row[0], 1, Math.floor(at / HOUR_MS));
        facts.run(at, at, row[0]);
        removeIds.run(at);
      }
    });
  return {
    rate: (appends, counts) => {
      const begun = performance.now();
      let events = 0;
      while (performance.now() < begun + SECONDS * 1_000) {
        const group = Array.from({ length: REQUESTS }, request).flat();
        if (appends) append(group);
        if (counts) count(group);
        events += group.length;
      }
      return (events * 1_000) / (performance.now() - begun);
    },
  };
}

function committed(db: Database.Database, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  work();
  db.exec('COMMIT');
}

async function redis(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--dir', directory];
  const child = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', ...durable], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => {});
  try {
    await Promise.race([client.ping(), failed]);
    const store = await RedisUserStore.open(parseRedisAddress('redis', `//127.0.0.1:${port}`), { ledgerId: 'bench', pepperId: pepper.id });
    await store.keepCounter(PROJECT, { id: COUNTER, window: { lastDays: 7 } }, 0);
    const hash = (await client.script('LOAD', USER_STORE_SCRIPTS.usersRecord)) as string;
    const marker = (await client.get('experience-ledger:bench:users:{00}:store'))!;
    const bare = async (events: readonly Load[]) => {
      const pipeline = client.pipeline();
      for (const event of events) pipeline.evalsha(hash, 5, ...bareArguments(event, marker));
      const wrong = (await pipeline.exec())?.find(([error, answer]) => error !== null || !Array.isArray(answer));
      if (wrong !== undefined) throw new Error(`the script did not record: ${JSON.stringify(wrong)}`);
    };
    const record = (events: readonly Load[]) => counting(store, events);
    await compare(
      'bare pipelines of the same script',
      () => rate(bare),
      'record in Redis',
      () => rate(record),
    );
    await store.close();
  } finally {
    client.disconnect();
    child.kill('SIGKILL');
    await sleep(100);
    rmSync(directory, { recursive: true, force: true });
  }
}

function bareArguments({ user, id, at }: Load, marker: string): string[] {
  const start = `experience-ledger:bench:users:{${user.slice(0, 2)}}:`;
  const ofUser = [`${start}user:bare:${user}`, `${start}users:bare`, `${start}ids:bare:${user}`];
  const names = [`${start}store`, ...ofUser, `${start}erasures:bare`];
  const day = `${Math.floor(at / (24 * HOUR_MS))}`;
  const event = [sha256(id).slice(0, 32), `${at + IDS_KEPT_MS}`, '1', `c:1:${Math.floor(at / HOUR_MS)}`];
  return [...names, marker, `${at}`, user, '0', `${at - HOUR_MS}`, `${IDS_KEPT_MS + HOUR_MS}`, day, ...event];
}

function each(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString('en')} events/s`.padStart(18);
}

async function main(): Promise<void> {
  await sqlite();
  await redis();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
