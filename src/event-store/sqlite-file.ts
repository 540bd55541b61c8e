import Database from 'libsql';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StoreUnavailable } from './event-store';
import { unavailable } from './sqlite-failure';

/** Marks the file as a ledger among SQLite files: "XLDG". */
const APPLICATION = 0x584c4447;
/** The format of the file. A change to its tables is a new number, and a step from the one before. */
const FORMAT = 1;

/** How long to wait for a lock of another program. The event loop stands still meanwhile, so not for long. */
const BUSY_MS = 1000;
/** The log shrinks back to this after a burst. */
const LOG_BYTES = 64 * 1024 * 1024;

/** `body` is the event, as it was written; the other columns are copies out of it to find it by. */
const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    entity_kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX events_by_stream ON events (project_id, revision);
  CREATE INDEX events_by_type ON events (type, position);
  CREATE INDEX events_by_entity ON events (project_id, entity_kind, entity_id, revision);
  CREATE INDEX events_by_time ON events (occurred_at);
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${FORMAT};
`;

export function ledgerFile(directory: string): string {
  return join(resolve(directory), 'ledger.db');
}

/**
 * Makes the directory if it is not there, and sees to it that its entry, and that of every directory made on the way, outlives a power
 * loss. (The entries inside it are SQLite's own care.)
 */
export function makeDirectory(directory: string): void {
  const path = resolve(directory);
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined || process.platform === 'win32') return;
    for (let parent = dirname(path); ; parent = dirname(parent)) {
      const descriptor = openSync(parent, 'r');
      fsyncSync(descriptor);
      closeSync(descriptor);
      if (parent === dirname(first)) return;
    }
  } catch (error) {
    throw unavailable(path, error);
  }
}

/** Opens the ledger for the one process that writes it, and makes it if there is none. Every commit is on the disk when it returns. */
export function openForWriting(file: string): Database.Database {
  return opened(file, file, (db) => {
    if (tell(db, 'SELECT count(*) FROM sqlite_master') > 0) assertLedger(db, file);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = OFF');
    db.pragma(`journal_size_limit = ${LOG_BYTES}`);
    if (tell(db, 'SELECT count(*) FROM sqlite_master') === 0) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
  });
}

/** Opens a ledger that is there, without a lock, so also while another process writes it. */
export function openForReading(file: string): Database.Database {
  if (!existsSync(file))
    throw new StoreUnavailable(`${file}: there is no ledger here yet: start the server once, or check the data directory`);
  return opened(file, `${pathToFileURL(file).href}?mode=ro`, (db) => assertLedger(db, file));
}

function opened(file: string, name: string, prepare: (db: Database.Database) => void): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(name, { timeout: BUSY_MS });
    prepare(db);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof StoreUnavailable ? error : unavailable(file, error);
  }
}

function assertLedger(db: Database.Database, file: string): void {
  if (tell(db, 'PRAGMA application_id') !== APPLICATION) {
    throw new StoreUnavailable(`${file}: this SQLite file is not a ledger: move it away, or use another data directory`);
  }
  const format = tell(db, 'PRAGMA user_version');
  if (format > FORMAT) {
    throw new StoreUnavailable(
      `${file}: a later version wrote this ledger (format ${format}, this version knows ${FORMAT}): upgrade to open it`,
    );
  }
}

function tell(db: Database.Database, sql: string): number {
  const [value] = db.prepare(sql).raw().get() as [number];
  return value;
}
