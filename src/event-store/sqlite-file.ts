import Database from 'libsql';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makePrivateFile, PRIVATE_DIRECTORY } from '../files/private';
import { StoreUnavailable } from './event-store';
import { unavailable } from './sqlite-failure';
import { APPLICATION_ID, create, FORMAT, upgrade } from './sqlite-format';

/** How long to wait for a lock of another program. The event loop stands still meanwhile, so not for long. */
const BUSY_MS = 1000;
/** The log shrinks back to this after a burst. */
const LOG_BYTES = 64 * 1024 * 1024;

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
    const first = mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
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

/**
 * Opens the ledger for the one process that writes it, makes it if there is none, and brings it to the present format. Every commit is on the
 * disk when it returns.
 */
export function openForWriting(file: string): Database.Database {
  prepareFile(file);
  return opened(file, file, (db) => {
    const empty = tell(db, 'SELECT count(*) FROM sqlite_master') === 0;
    if (!empty) assertLedger(db, file);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = OFF');
    db.pragma(`journal_size_limit = ${LOG_BYTES}`);
    if (empty) create(db);
    else if (formatOf(db) < FORMAT) upgrade(db);
  });
}

/** SQLite gives its log the mode of the file. */
function prepareFile(file: string): void {
  try {
    makePrivateFile(file);
  } catch (error) {
    throw unavailable(file, error);
  }
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
  if (tell(db, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new StoreUnavailable(`${file}: this SQLite file is not a ledger: move it away, or use another data directory`);
  }
  const format = formatOf(db);
  if (format > FORMAT) {
    throw new StoreUnavailable(
      `${file}: a later version wrote this ledger (format ${format}, this version knows ${FORMAT}): upgrade to open it`,
    );
  }
}

export function formatOf(db: Database.Database): number {
  return tell(db, 'PRAGMA user_version');
}

/**
 * The ledger's own id. A ledger of format 1 has none before it is opened for writing: to make one up while reading would give each reader
 * another.
 */
export function readLedgerId(db: Database.Database, file: string): string {
  if (formatOf(db) < 2) {
    throw new StoreUnavailable(
      `${file}: this ledger has no id yet: start the server on it once, which brings the file to format ${FORMAT}`,
    );
  }
  const ids = (db.prepare('SELECT id FROM ledger').raw().all() as [string][]).map(([id]) => id);
  const [id] = ids;
  if (ids.length === 1 && id !== undefined) return id;
  throw new StoreUnavailable(`${file}: the table "ledger" must hold one id, and holds ${ids.length}: restore the file from a copy`);
}

function tell(db: Database.Database, sql: string): number {
  const [value] = db.prepare(sql).raw().get() as [number];
  return value;
}
