import Database from 'libsql';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable, type EventStore } from '../../src/event-store/event-store';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { SCHEMA } from '../../src/event-store/sqlite-format';
import { typingIn } from '../cli/typing';
import { all } from '../contract/event-store-probe';
import { following, history } from '../fixtures/events';
import { writeFormat1 } from '../fixtures/format-1';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ledger-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const events = [...history('shop', 600), ...history('other', 3)];

async function using<Answer>(store: EventStore, act: (store: EventStore) => Promise<Answer>): Promise<Answer> {
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

const written = <Answer>(place: string, act: (store: EventStore) => Promise<Answer>) => using(new SqliteEventStore(place), act);
const read = <Answer>(place: string, act: (store: EventStore) => Promise<Answer>) =>
  using(new SqliteEventStore(place, { readOnly: true }), act);
const eventsOf = async (store: EventStore) => (await all(store.readAll())).map(({ event }) => event);

function sqlite<Answer>(file: string, use: (db: Database.Database) => Answer): Answer {
  const db = new Database(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/** What the file consists of, in the order of names, and its format. */
function consists(file: string): { readonly format: number; readonly objects: readonly object[] } {
  return sqlite(file, (db) => {
    const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master').raw().all() as string[][];
    const objects = rows.map(([type, name, table, sql]) => ({ type, name, table, sql: sql ?? null }));
    const [format] = db.prepare('PRAGMA user_version').raw().get() as [number];
    return { format, objects: byName(objects as { name: string }[]) };
  });
}

function byName<Item extends { readonly name: string }>(items: readonly Item[] | undefined): readonly Item[] {
  return [...(items ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
}

test.each([1, 2])('the objects of format %i are those that are written, text for text', async (format) => {
  const file = format === 1 ? writeFormat1(directory, []) : join(directory, 'ledger.db');
  if (format === 2) await written(directory, (store) => store.ledgerId());
  expect(consists(file)).toEqual({ format, objects: byName(SCHEMA[format]) });
});

test('a ledger of format 1 that is only read stays as it is, and has no id yet', async () => {
  const file = writeFormat1(directory, events);
  const before = readFileSync(file);
  await read(directory, async (store) => {
    expect(await eventsOf(store)).toEqual(events);
    const refused = store.ledgerId();
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(refused).rejects.toThrow(`${file}: this ledger has no id yet: start the server on it once`);
  });
  expect(readFileSync(file)).toEqual(before);
});

test('opened for writing it gets an id, loses the indexes that served no query, and goes on', async () => {
  const file = writeFormat1(directory, events);
  const id = await written(directory, async (store) => {
    expect(await eventsOf(store)).toEqual(events);
    await store.append('other', 2, following(history('other', 3), 1));
    return store.ledgerId();
  });
  expect(consists(file)).toEqual({ format: 2, objects: byName(SCHEMA[2]) });
  expect(await read(directory, (store) => store.ledgerId())).toBe(id);
  expect(await written(directory, (store) => store.ledgerId())).toBe(id);
});

test('a step to the next format that fails changes nothing', () => {
  const file = writeFormat1(directory, events);
  sqlite(file, (db) => db.exec('CREATE TABLE ledger (of TEXT)'));
  expect(() => new SqliteEventStore(directory)).toThrow(/table ledger already exists/);
  sqlite(file, (db) => db.exec('DROP TABLE ledger'));
  expect(consists(file)).toEqual({ format: 1, objects: byName(SCHEMA[1]) });
});

test('a ledger without its id is refused by name, not given another', async () => {
  await written(directory, (store) => store.ledgerId());
  sqlite(join(directory, 'ledger.db'), (db) => db.exec('DELETE FROM ledger'));
  await expect(written(directory, (store) => store.ledgerId())).rejects.toThrow(/the table "ledger" must hold one id, and holds 0/);
});

test('a stream is found without a scan', async () => {
  await written(directory, (store) => store.ledgerId());
  const plan = sqlite(join(directory, 'ledger.db'), (db) =>
    db.prepare(`EXPLAIN QUERY PLAN SELECT body FROM events WHERE project_id = 'p' AND revision > 3`).raw().all(),
  );
  expect(JSON.stringify(plan)).toContain('events_by_stream');
});

describe('the tools', () => {
  const data = () => join(directory, 'data');
  const type = (...words: string[]) => typingIn({ DATA_DIR: data() })(...words);
  const restored = (backup: string): string => {
    const place = join(directory, 'restored');
    mkdirSync(place);
    renameSync(backup, join(place, 'ledger.db'));
    return place;
  };

  test('verify, back up, copy and export a ledger of format 1 without changing it', async () => {
    const file = writeFormat1(data(), events);
    const before = readFileSync(file);
    const backup = join(directory, 'backup.db');
    const target = join(directory, 'copy');
    for (const words of [
      ['verify'],
      ['backup', backup],
      ['copy', '--from', `sqlite:${data()}`, '--to', `sqlite:${target}`],
      ['export', '--events', '-o', join(directory, 'e')],
    ])
      expect({ words, ...(await type(...words)) }).toMatchObject({ words, code: 0 });
    expect(readFileSync(file)).toEqual(before);
    expect(consists(backup)).toEqual({ format: 1, objects: byName(SCHEMA[1]) });
    expect(consists(join(target, 'ledger.db'))).toEqual({ format: 2, objects: byName(SCHEMA[2]) });
  });

  test('a backup keeps the id, and so does what is restored from it', async () => {
    const id = await written(data(), async (store) => {
      await store.append('shop', -1, history('shop', 3));
      return store.ledgerId();
    });
    const backup = join(directory, 'backup.db');
    expect(await type('backup', backup)).toMatchObject({ code: 0 });
    expect(consists(backup)).toEqual({ format: 2, objects: byName(SCHEMA[2]) });
    expect(await written(restored(backup), (store) => store.ledgerId())).toBe(id);
  });

  test('a backup is read where nothing can be written beside it', async () => {
    writeFormat1(data(), events);
    const place = join(directory, 'medium');
    mkdirSync(place);
    expect(await type('backup', join(place, 'ledger.db'))).toMatchObject({ code: 0 });
    await read(place, async (store) => {
      expect(await eventsOf(store)).toEqual(events);
      expect(readdirSync(place)).toEqual(['ledger.db']);
    });
  });

  test('copy and import make a ledger with an id of its own', async () => {
    const id = await written(data(), async (store) => {
      await store.append('shop', -1, history('shop', 3));
      return store.ledgerId();
    });
    const [copy, imported, file] = [join(directory, 'copy'), join(directory, 'imported'), join(directory, 'events')];
    expect(await type('copy', '--from', `sqlite:${data()}`, '--to', `sqlite:${copy}`)).toMatchObject({ code: 0 });
    expect(await type('export', '--events', '-o', file)).toMatchObject({ code: 0 });
    expect(await typingIn({ DATA_DIR: imported })('import', '--events', file)).toMatchObject({ code: 0 });
    const ids = [id, await read(copy, (store) => store.ledgerId()), await read(imported, (store) => store.ledgerId())];
    expect(new Set(ids).size).toBe(3);
  });

  test('two restored copies of one ledger without an id are two ledgers', async () => {
    const file = writeFormat1(data(), events);
    const places = ['a', 'b'].map((name) => join(directory, name));
    const ids: string[] = [];
    for (const place of places) {
      mkdirSync(place);
      copyFileSync(file, join(place, 'ledger.db'));
      ids.push(await written(place, (store) => store.ledgerId()));
    }
    expect(ids[0]).not.toBe(ids[1]);
  });
});
