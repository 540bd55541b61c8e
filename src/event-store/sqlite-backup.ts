import Database from 'libsql';
import { makePrivateFile } from '../files/private';
import { unavailable } from './sqlite-failure';
import { ledgerFile, openForReading } from './sqlite-file';

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
