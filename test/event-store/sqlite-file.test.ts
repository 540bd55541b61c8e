import Database from 'libsql';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../src/domain/event';
import { StoreUnavailable } from '../../src/event-store/event-store';
import type { EventStore } from '../../src/event-store/event-store';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  file = join(directory, 'ledger.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function read(store: EventStore, id: string): Promise<Envelope[]> {
  const events: Envelope[] = [];
  for await (const event of store.read(id)) events.push(event);
  return events;
}

function sqlite<Answer>(path: string, use: (db: Database.Database) => Answer): Answer {
  const db = new Database(path);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

function refusal(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreUnavailable);
    return (error as Error).message;
  }
  throw new Error('it was opened');
}

test('a directory that is not there yet is made, whatever its name', async () => {
  const odd = join(directory, 'a', 'büro #1 ? 100%25 & co');
  const store = new SqliteEventStore(odd);
  await store.append('p', -1, history('p', 2));
  const reader = new SqliteEventStore(odd, { readOnly: true });
  expect(await read(reader, 'p')).toEqual(history('p', 2));
  await reader.close();
  await store.close();
  expect(readdirSync(odd)).toContain('ledger.db');
});

test('once closed, the one file is the whole ledger', async () => {
  const store = new SqliteEventStore(directory);
  await store.append('p', -1, history('p', 9));
  await store.close();
  const copy = join(directory, 'copy');
  mkdirSync(copy);
  copyFileSync(file, join(copy, 'ledger.db'));
  const restored = new SqliteEventStore(copy);
  expect(await read(restored, 'p')).toEqual(history('p', 9));
  await restored.close();
});

test('a file of a later format is refused, and left as it is', async () => {
  await new SqliteEventStore(directory).close();
  sqlite(file, (db) => db.exec('PRAGMA user_version = 7'));
  for (const options of [{}, { readOnly: true }]) {
    expect(refusal(() => new SqliteEventStore(directory, options))).toBe(
      `${file}: a later version wrote this ledger (format 7, this version knows 2): upgrade to open it`,
    );
  }
  sqlite(file, (db) => db.exec('PRAGMA user_version = 2'));
  await new SqliteEventStore(directory).close();
});

test('a file that is no database is refused, and left as it is', () => {
  writeFileSync(file, 'Not a ledger '.repeat(1000));
  for (const options of [{}, { readOnly: true }]) {
    expect(refusal(() => new SqliteEventStore(directory, options))).toBe(
      `${file}: this is not a ledger: move the file away, or use another data directory`,
    );
  }
  expect(readFileSync(file, 'utf8')).toBe('Not a ledger '.repeat(1000));
});

test("another program's SQLite file is refused, and left as it is", () => {
  sqlite(file, (db) => db.exec('CREATE TABLE recipes (name TEXT)'));
  expect(refusal(() => new SqliteEventStore(directory))).toBe(
    `${file}: this SQLite file is not a ledger: move it away, or use another data directory`,
  );
  expect(sqlite(file, (db) => db.prepare('SELECT name FROM sqlite_master').raw().all())).toEqual([['recipes']]);
  expect(sqlite(file, (db) => db.prepare('PRAGMA journal_mode').raw().get())).toEqual(['delete']);
});

test('a refused ledger does not stay locked', async () => {
  writeFileSync(file, 'Not a ledger '.repeat(1000));
  refusal(() => new SqliteEventStore(directory));
  rmSync(file);
  await new SqliteEventStore(directory).close();
});

test('to read a ledger that is not there is refused, and makes none', () => {
  expect(refusal(() => new SqliteEventStore(directory, { readOnly: true }))).toMatch(/there is no ledger here yet/);
  expect(existsSync(file)).toBe(false);
});

test('a data directory that is a file is refused by name', () => {
  const path = join(directory, 'file');
  writeFileSync(path, '');
  expect(refusal(() => new SqliteEventStore(path))).toContain(path);
});

test('a read-only store appends nothing, and ends its waiting subscription when it is closed', async () => {
  const writer = new SqliteEventStore(directory);
  await writer.append('p', -1, history('p', 1));
  const reader = new SqliteEventStore(directory, { readOnly: true });
  await expect(reader.append('p', 0, following(history('p', 1), 1))).rejects.toThrow(
    /was opened read-only: append where the ledger is written/,
  );
  const iterator = reader.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ caughtUp: true });
  const idle = expect(iterator.next()).rejects.toBeInstanceOf(StoreUnavailable);
  await reader.close();
  await idle;
  await writer.close();
});

test('a position that is ahead of the store, or none at all, is refused rather than waited for', async () => {
  const store = new SqliteEventStore(directory);
  await store.append('p', -1, history('p', 2));
  const { signal } = new AbortController();
  expect(() => store.subscribe('3', signal)).toThrow(/position 3 is ahead of this store, which ends at 2/);
  for (const position of ['', 'x', '-1', '1.5', '1e3'])
    expect(() => store.subscribe(position, signal)).toThrow(/is not a position of this store/);
  await expect(store.readAll('3')[Symbol.asyncIterator]().next()).rejects.toThrow(/is ahead of this store/);
  await store.close();
});

test('of events that someone has deleted nothing is read, whether they are asked for alone or with others', async () => {
  const store = new SqliteEventStore(directory);
  const events = history('shop', 30);
  await store.append('shop', -1, events);
  sqlite(file, (db) => db.exec('DELETE FROM events WHERE revision BETWEEN 10 AND 19'));
  const some = async (from: number, limit: number): Promise<number[]> => {
    const found: number[] = [];
    for await (const { revision } of store.read('shop', from, limit)) found.push(revision);
    return found;
  };
  expect(await some(12, 1)).toEqual([]);
  expect(await some(10, 10)).toEqual([]);
  expect(await some(8, 4)).toEqual([8, 9]);
  expect(await some(8, 20)).toEqual([8, 9, ...Array.from({ length: 8 }, (_, at) => 20 + at)]);
  await store.close();
});

test('large events come in chunks of a few megabytes, small ones in chunks of at most 500', async () => {
  const store = new SqliteEventStore(directory);
  const large = history('large', 12, { padding: 900_000 });
  for (const event of large) await store.append('large', event.revision - 1, [event]);
  await store.append('small', -1, history('small', 1200));
  const aborter = new AbortController();
  const sizes: number[] = [];
  const seen: Envelope[] = [];
  for await (const { events, caughtUp } of store.subscribe(undefined, aborter.signal)) {
    sizes.push(events.length);
    seen.push(...events.map(({ event }) => event));
    if (caughtUp) break;
  }
  expect(sizes).toEqual([5, 5, 500, 500, 202]);
  expect(seen).toEqual([...large, ...history('small', 1200)]);
  expect(await read(store, 'large')).toEqual(large);
  await store.close();
});
