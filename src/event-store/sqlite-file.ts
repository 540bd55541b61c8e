import Database from 'libsql';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tryFileLock } from '../coordination/file-lock';
import { makePrivateFile } from '../files/private';
import { explain, hasWrittenNothing } from '../sqlite/failure';
import * as sqlite from '../sqlite/file';
import { StoreUnavailable, OutcomeUnknown } from './event-store';
import { FORMAT, LEDGER_FORMAT } from './sqlite-format';

/** The failure of a call that has certainly written nothing, with what to do about it. */
export function unavailable(file: string, error: unknown): StoreUnavailable {
  return new StoreUnavailable(`${file}: ${explain(error, 'a ledger')}`, { cause: error });
}

/** The failure of a COMMIT. If it may have been written, the same bytes again are the way to make sure. */
export function commitFailure(file: string, error: unknown): StoreUnavailable | OutcomeUnknown {
  if (hasWrittenNothing(error)) return unavailable(file, error);
  return new OutcomeUnknown(`${file}: the commit failed, and may or may not be on the disk: ${explain(error, 'a ledger')}`, {
    cause: error,
  });
}

export function ledgerFile(directory: string): string {
  return join(resolve(directory), 'ledger.db');
}

/** Makes the directory if it is not there, so that it outlives a power loss. */
export function makeDirectory(directory: string): void {
  usable(resolve(directory), () => sqlite.makeDirectory(directory));
}

/**
 * Opens the ledger for the one process that writes it, makes it if there is none, and brings it to the present format. Every commit is on the
 * disk when it returns.
 */
export function openForWriting(file: string): Database.Database {
  return usable(file, () => sqlite.openWritable(file, LEDGER_FORMAT));
}

/** Opens a ledger that is there, without a lock, so also while another process writes it. */
export function openForReading(file: string): Database.Database {
  if (!existsSync(file))
    throw new StoreUnavailable(`${file}: there is no ledger here yet: start the server once, or check the data directory`);
  return usable(file, () => sqlite.openReadable(file, LEDGER_FORMAT));
}

/**
 * The ledger's own id. A ledger of format 1 has none before it is opened for writing: to make one up while reading would give each reader
 * another.
 */
export function readLedgerId(db: Database.Database, file: string): string {
  if (sqlite.versionOf(db) < 2) {
    throw new StoreUnavailable(
      `${file}: this ledger has no id yet: start the server on it once, which brings the file to format ${FORMAT}`,
    );
  }
  const ids = (db.prepare('SELECT id FROM ledger').raw().all() as [string][]).map(([id]) => id);
  const [id] = ids;
  if (ids.length === 1 && id !== undefined) return id;
  throw new StoreUnavailable(`${file}: the table "ledger" must hold one id, and holds ${ids.length}: restore the file from a copy`);
}

function usable<Result>(path: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    throw unavailable(path, error);
  }
}

/**
 * Makes this the one process that writes the ledger in the directory; answers how to stop being it. The lock is not taken on the ledger itself,
 * which others may read meanwhile.
 */
export function lockForWriting(directory: string): () => void {
  const file = join(directory, 'ledger.lock');
  let release: (() => void) | undefined;
  try {
    release = tryFileLock(file);
  } catch (error) {
    throw unavailable(file, error);
  }
  if (release !== undefined) return release;
  throw new StoreUnavailable(
    `${file} is locked: another process writes the ledger in ${directory}. Stop it, open the ledger read-only, or use another data directory.`,
  );
}

/**
 * Writes the ledger in `directory`, as it is at one moment, into `target`, a directory of its own in which no ledger is yet. It reads by a
 * connection that takes no lock, so anyone who writes the ledger goes on meanwhile; the log only shrinks again when it is done. The copy is one
 * file, packed, with the marks of a ledger. It blocks the thread for as long as it takes.
 */
export function backUp(directory: string, target: string): string {
  const file = ledgerFile(target);
  const db = openForReading(ledgerFile(directory));
  try {
    // SQLite writes into a file that is empty as into one that is not there.
    makePrivateFile(file);
    db.prepare('VACUUM INTO ?').run(file);
    return file;
  } catch (error) {
    throw unavailable(file, error);
  } finally {
    db.close();
  }
}

/** What SQLite finds wrong with a file of its own that no one writes: nothing, if it is sound. */
export function unsound(file: string): readonly string[] {
  let db: Database.Database | undefined;
  try {
    db = new Database(file);
    const found = (db.prepare('PRAGMA integrity_check').raw().all() as [string][]).map(([line]) => line);
    return found.length === 1 && found[0] === 'ok' ? [] : found;
  } catch (error) {
    throw unavailable(file, error);
  } finally {
    db?.close();
  }
}
