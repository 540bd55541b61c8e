import { join } from 'node:path';
import { tryFileLock } from '../coordination/file-lock';
import { StoreUnavailable } from './event-store';
import { unavailable } from './sqlite-failure';

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
