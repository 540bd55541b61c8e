import type Database from 'libsql';
import { randomUUID } from 'node:crypto';
import { transact, type FileFormat, versionOf } from '../sqlite/file';

/** Marks the file as a ledger among SQLite files: "XLDG". */
const APPLICATION_ID = 0x584c4447;

/** The format that is written. A change to what the file consists of is a new number, and a step from the one before. */
export const FORMAT = 2;

/** A row of `sqlite_master`. The index that SQLite makes for a constraint by itself has no text. */
export interface SchemaObject {
  readonly type: 'table' | 'index';
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

/** `body` is the event, as it was written; the other columns are copies out of it to find it by, and for people with SQL. */
const EVENTS = `CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    entity_kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    body TEXT NOT NULL
  )`;

/** One row: the ledger's own id. */
const LEDGER = 'CREATE TABLE ledger (id TEXT NOT NULL)';

const table = (name: string, sql: string): SchemaObject => ({ type: 'table', name, table: name, sql });
const index = (name: string, columns: string, kind = 'INDEX'): SchemaObject => ({
  type: 'index',
  name,
  table: 'events',
  sql: `CREATE ${kind} ${name} ON events (${columns})`,
});

const STREAMS: readonly SchemaObject[] = [
  table('events', EVENTS),
  { type: 'index', name: 'sqlite_autoindex_events_1', table: 'events', sql: null },
  index('events_by_stream', 'project_id, revision', 'UNIQUE INDEX'),
];

/** Indexes of format 1 that served no query and took half of an insert's time. */
const UNUSED: readonly SchemaObject[] = [
  index('events_by_type', 'type, position'),
  index('events_by_entity', 'project_id, entity_kind, entity_id, revision'),
  index('events_by_time', 'occurred_at'),
];

/** All that `sqlite_master` holds in a ledger of a format, text for text. Anything else in it was put there by another program. */
export const SCHEMA: Readonly<Record<number, readonly SchemaObject[]>> = {
  1: [...STREAMS, ...UNUSED],
  2: [...STREAMS, table('ledger', LEDGER)],
};

/** Makes an empty file a ledger, with an id of its own. */
function create(db: Database.Database): void {
  transact(db, () => {
    for (const { sql } of SCHEMA[FORMAT] ?? []) if (sql !== null) db.exec(sql);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    giveId(db);
  });
}

/** Brings a ledger of an earlier format to this one, all or nothing. A copy of a ledger without an id becomes a ledger of its own. */
function upgrade(db: Database.Database): void {
  transact(db, () => {
    for (const { name } of UNUSED) db.exec(`DROP INDEX IF EXISTS ${name}`);
    db.exec(LEDGER);
    giveId(db);
  });
}

function giveId(db: Database.Database): void {
  db.prepare<unknown[]>('INSERT INTO ledger (id) VALUES (?)').run(randomUUID());
  db.exec(`PRAGMA user_version = ${FORMAT}`);
}

export const LEDGER_FORMAT: FileFormat = { noun: 'ledger', applicationId: APPLICATION_ID, version: FORMAT, create, upgrade };

type Row = [type: string, name: string, table: string, sql: string | null];

/**
 * What the file of a ledger holds beside what a ledger of its format consists of, and what of that it lacks, in words. A trigger or a view can
 * show other events than are stored, and a trigger can change them when they are written.
 */
export function irregularitiesOf(db: Database.Database): readonly string[] {
  const format = versionOf(db);
  const expected = new Map((SCHEMA[format] ?? []).map(({ type, name, table, sql }) => [`${type} ${name}`, { table, sql }]));
  const found: string[] = [];
  for (const [type, name, table, sql] of db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master').raw().all() as Row[]) {
    const known = expected.get(`${type} ${name}`);
    if (known === undefined) found.push(`the file has the ${type} ${JSON.stringify(name)}, which is not of a ledger`);
    else if (known.table !== table || known.sql !== sql) found.push(`the ${type} ${JSON.stringify(name)} of the file was changed`);
    expected.delete(`${type} ${name}`);
  }
  for (const what of expected.keys()) found.push(`the file lacks the ${what}`);
  if (format < 2 || found.length > 0) return found;
  const [ids] = db.prepare('SELECT count(*) FROM ledger').raw().get() as [number];
  return ids === 1 ? found : [`the table "ledger" must hold one id, and holds ${ids}`];
}
