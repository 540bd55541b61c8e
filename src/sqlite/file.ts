import Database from 'libsql';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makePrivateFile, PRIVATE_DIRECTORY } from '../files/private';

/** How long to wait for a lock of another program. The thread is blocked meanwhile, so not for long. */
const BUSY_MS = 1000;
/** The log shrinks back to this after a burst. */
const LOG_BYTES = 64 * 1024 * 1024;

/** What a file of ours consists of. */
export interface FileFormat {
  /** What the file is called in errors, such as "ledger". */
  readonly noun: string;
  /** Marks it among SQLite files. */
  readonly applicationId: number;
  /** A change to what the file consists of is a new number, and a step from the one before. */
  readonly version: number;
  /** Makes an empty file one of this format and version, all or nothing. */
  create(db: Database.Database): void;
  /** Brings a file of an earlier version to this one, all or nothing. Absent: there has been none. */
  upgrade?(db: Database.Database): void;
}

/**
 * Makes the directory if it is not there, and sees to it that its entry, and that of every directory made on the way, outlives a power
 * loss. (The entries inside it are SQLite's own care.)
 */
export function makeDirectory(directory: string): void {
  const path = resolve(directory);
  const first = mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
  if (first === undefined || process.platform === 'win32') return;
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    syncDirectory(parent);
    if (parent === dirname(first)) return;
  }
}

/** Makes a file if there is none, complete or not at all, so that it can be read from the moment it is there, and outlives a power loss. */
export function makeFile(file: string, format: FileFormat): void {
  if (existsSync(file)) return;
  const unfinished = `${file}.new`;
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(unfinished + suffix, { force: true });
  makePrivateFile(unfinished);
  // Closing it removes its log. Were its mode changed under the other name, a crash in that moment would leave a journal that no reader can roll back.
  opened(unfinished, (db) => {
    format.create(db);
    db.pragma('journal_mode = WAL');
  }).close();
  renameSync(unfinished, file);
  if (process.platform !== 'win32') syncDirectory(dirname(file));
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * Opens a file for the one process that writes it, for this account alone (SQLite gives its log the mode of the file), makes it if there is none, and
 * brings it to the present version. Every commit is on the disk when it returns.
 */
export function openWritable(file: string, format: FileFormat): Database.Database {
  makePrivateFile(file);
  return opened(file, (db) => {
    const isEmpty = numberIn(db, 'SELECT count(*) FROM sqlite_master') === 0;
    if (!isEmpty) assertFormat(db, format);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = OFF');
    db.pragma(`journal_size_limit = ${LOG_BYTES}`);
    if (isEmpty) format.create(db);
    else if (versionOf(db) < format.version) format.upgrade?.(db);
  });
}

/** Opens a file that is there, without a lock, so also while another connection writes it. */
export function openReadable(file: string, format: FileFormat): Database.Database {
  return opened(`${pathToFileURL(file).href}?mode=ro`, (db) => assertFormat(db, format));
}

export function versionOf(db: Database.Database): number {
  return numberIn(db, 'PRAGMA user_version');
}

/** Does all of the change, or nothing. */
export function transact(db: Database.Database, change: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    change();
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function opened(name: string, prepare: (db: Database.Database) => void): Database.Database {
  const db = new Database(name, { timeout: BUSY_MS });
  try {
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function assertFormat(db: Database.Database, { noun, applicationId, version }: FileFormat): void {
  if (numberIn(db, 'PRAGMA application_id') !== applicationId)
    throw new Error(`this SQLite file is not a ${noun}: move it away, or use another data directory`);
  const stored = versionOf(db);
  if (stored > version)
    throw new Error(`a later version wrote this ${noun} (format ${stored}, this version knows ${version}): upgrade to open it`);
}

function numberIn(db: Database.Database, sql: string): number {
  const [value] = db.prepare(sql).raw().get() as [number];
  return value;
}
