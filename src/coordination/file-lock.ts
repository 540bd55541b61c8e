import Database from 'libsql';
import { makePrivateFile } from '../files/private';

/**
 * Takes the lock that the file stands for, for this process alone; answers how to let go of it, or undefined if another process has it.
 *
 * The lock is the operating system's, on a file that an empty SQLite database holds in an exclusive transaction: it is gone the moment its
 * process is, also after kill -9, so there is no stale lock to clean up, as there would be with a file of process ids. Nothing else in the
 * process may open and close the file, since POSIX drops a process's locks on a file when it closes any of its descriptors. Network file
 * systems may not keep it. Throws what SQLite reports if the file cannot be used.
 */
export function tryFileLock(file: string): (() => void) | undefined {
  // Anyone who can open the file can keep the lock from us.
  makePrivateFile(file);
  const db = new Database(file);
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}
