import type Database from 'libsql';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as sqlite from '../sqlite/file';
import { StoreUnavailable } from './event-store';
import { unavailable } from './sqlite-failure';
import { FORMAT, LEDGER_FORMAT } from './sqlite-format';

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
