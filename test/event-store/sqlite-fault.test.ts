/** @jest-environment node */
import Database from 'libsql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../src/domain/event';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/event-store';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';
import { threadHere } from '../fixtures/thread-here';

/** The real database, with a say in what its statements do: `fault` may throw before one is run. */
const mockSqlite: { ledger: Database.Database | undefined; ran: string[]; fault: (sql: string) => void } = {
  ledger: undefined,
  ran: [],
  fault: () => {},
};
jest.mock('libsql', () => {
  const Real = jest.requireActual<typeof Database>('libsql');
  return class extends Real {
    constructor(name: string, options?: Database.Options) {
      super(name, options);
      if (name.endsWith('.db')) mockSqlite.ledger = this;
    }
    override exec(sql: string): this {
      mockSqlite.ran.push(sql);
      mockSqlite.fault(sql);
      return super.exec(sql);
    }
  };
});

let directory: string;
let store: SqliteEventStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  store = new SqliteEventStore(directory, { thread: threadHere });
  mockSqlite.ran = [];
});
afterEach(async () => {
  mockSqlite.fault = () => {};
  await store.close();
  rmSync(directory, { recursive: true });
});

async function read(id: string): Promise<Envelope[]> {
  const events: Envelope[] = [];
  for await (const event of store.read(id)) events.push(event);
  return events;
}

const failAt = (statement: string, code: string) => (sql: string) => {
  if (sql === statement) throw new Database.SqliteError('injected', code);
};
const reasons = async (appends: readonly Promise<void>[]) =>
  (await Promise.allSettled(appends)).map((result) => (result.status === 'rejected' ? (result.reason as Error) : undefined));
const ledger = () => mockSqlite.ledger as Database.Database;

test('appends of one turn are one transaction, whatever their projects; one that is alone is one of its own', async () => {
  const commits = () => mockSqlite.ran.filter((sql) => sql === 'COMMIT').length;
  await Promise.all(Array.from({ length: 50 }, (_, index) => store.append(`p${index}`, -1, history(`p${index}`, 2))));
  expect(commits()).toBe(1);
  await store.append('alone', -1, history('alone', 1));
  expect(commits()).toBe(2);
});

test('a burst of more appends than one transaction takes is written whole', async () => {
  const appends = Array.from({ length: 1500 }, (_, index) => store.append(`p${index}`, -1, history(`p${index}`, 1)));
  expect(await reasons(appends)).toEqual(appends.map(() => undefined));
  expect(mockSqlite.ran.filter((sql) => sql === 'COMMIT')).toHaveLength(2);
  expect(await read('p1499')).toEqual(history('p1499', 1));
});

test('a full disk is StoreUnavailable, nothing is written, reading goes on; with room again the same appends succeed', async () => {
  const events = history('p', 3);
  await store.append('p', -1, events);
  const [[pages]] = ledger().prepare('PRAGMA page_count').raw().all() as [[number]];
  const limit = (most: number) => ledger().prepare(`PRAGMA max_page_count = ${most}`).raw().get();
  limit(pages);
  const large = following(events, 5, { padding: 20_000 });
  const failures = await reasons([store.append('p', 2, large), store.append('q', -1, history('q', 5, { padding: 20_000 }))]);
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(failure?.message).toBe(`${join(directory, 'ledger.db')}: the disk is full: make room, and writing goes on`);
  }
  expect(await read('p')).toEqual(events);
  expect(await read('q')).toEqual([]);
  limit(1_000_000);
  await store.append('p', 2, large);
  await store.append('q', -1, history('q', 5, { padding: 20_000 }));
  expect(await read('p')).toEqual([...events, ...large]);
});

test.each(['SQLITE_FULL', 'SQLITE_BUSY'])('a commit that fails with %s is StoreUnavailable', async (code) => {
  mockSqlite.fault = failAt('COMMIT', code);
  await expect(store.append('p', -1, history('p', 1))).rejects.toBeInstanceOf(StoreUnavailable);
  expect(await read('p')).toEqual([]);
});

test('a commit that fails otherwise is OutcomeUnknown for all of its group, also for what would have been a conflict', async () => {
  const [one, other] = [history('p', 1), history('p', 1, { note: 'other' })];
  mockSqlite.fault = failAt('COMMIT', 'SQLITE_IOERR_FSYNC');
  for (const failure of await reasons([store.append('p', -1, one), store.append('p', -1, other), store.append('q', -1, history('q', 1))])) {
    expect(failure).toBeInstanceOf(OutcomeUnknown);
    expect(failure?.message).toMatch(/may or may not be on the disk: the disk reports an error \(injected, SQLITE_IOERR_FSYNC\)/);
  }
  mockSqlite.fault = () => {};
  await store.append('p', -1, other);
  expect(await read('p')).toEqual(other);
  await expect(store.append('p', -1, one)).rejects.toMatchObject({ actual: 0 });
});

test('a transaction that cannot be begun is StoreUnavailable, and says who to ask', async () => {
  const intruder = new Database(join(directory, 'ledger.db'));
  intruder.exec('BEGIN IMMEDIATE');
  await expect(store.append('p', -1, history('p', 1))).rejects.toThrow(/another program keeps the file locked/);
  intruder.exec('ROLLBACK');
  intruder.close();
  await store.append('p', -1, history('p', 1));
  expect(await read('p')).toEqual(history('p', 1));
});

test('a rollback that fails is reported, and made good by the next append', async () => {
  mockSqlite.fault = (sql) => {
    if (sql === 'COMMIT' || sql === 'ROLLBACK') throw new Database.SqliteError('injected', 'SQLITE_IOERR');
  };
  await expect(store.append('p', -1, history('p', 1))).rejects.toThrow(/nor could it be rolled back yet/);
  mockSqlite.fault = () => {};
  await store.append('q', -1, history('q', 1));
  expect(await read('p')).toEqual([]);
  expect(await read('q')).toEqual(history('q', 1));
});

test('an event that is in the store at another place is a mistake of its append only', async () => {
  const events = history('p', 1);
  await store.append('p', -1, events);
  const stray = [...history('q', 1), { ...(events[0] as Envelope), projectId: 'q', revision: 1 }];
  const [mistake, fine] = await reasons([store.append('q', -1, stray), store.append('r', -1, history('r', 1))]);
  expect(mistake?.message).toBe('an event of this append to project q is already in the store, at another place');
  expect(fine).toBeUndefined();
  expect(await read('q')).toEqual([]);
  expect(await read('r')).toEqual(history('r', 1));
});
