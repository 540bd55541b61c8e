import Database from 'libsql';
import { join } from 'node:path';
import { StoreUnavailable } from './event-store';
import { isBusy, unavailable } from './sqlite-failure';

/**
 * Makes this the one process that writes the ledger in the directory; answers how to stop being it.
 *
 * The lock is the operating system's, on a file of its own that an empty SQLite database holds in an exclusive transaction: it is gone
 * the moment its process is, also after kill -9, so there is no stale lock to clean up, as there would be with a file of process
 * ids. It is not taken on the ledger itself, which others may read meanwhile. Nothing else in the process may open and close the
 * file, since POSIX drops a process's locks on a file when it closes any of its descriptors. Network file systems may not keep it.
 */
export function lockForWriting(directory: string): () => void {
  const file = join(directory, 'ledger.lock');
  let db: Database.Database;
  try {
    db = new Database(file);
  } catch (error) {
    throw unavailable(file, error);
  }
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw unavailable(file, error);
    throw new StoreUnavailable(
      `${file} is locked: another process writes the ledger in ${directory}. Stop it, open the ledger read-only, or use another data directory.`,
      { cause: error },
    );
  }
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}
