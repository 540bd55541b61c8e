/** An error that SQLite reports, as opposed to one of ours: known by its code, since its class is lost between threads. */
export function isSqlite(error: unknown): error is Error & { readonly code: string } {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === 'string' && code.startsWith('SQLITE_');
}

function codeOf(error: unknown): string {
  return isSqlite(error) ? error.code : '';
}

/** The row breaks a constraint: only the statement failed, and the transaction goes on. */
export function isConstraint(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_CONSTRAINT');
}

/** Another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/**
 * Whether a COMMIT that failed has certainly written nothing.
 *
 * A full disk is certain: a transaction in the log counts only with its last page, which is written last, and that is the page, or one
 * before it, that found no room. So is a lock that was not given. Any other error, such as a failed fsync, comes when that page may be
 * in the log already: this process goes on as if it were not, and overwrites it with what it commits next, but if it dies before
 * that, the next to open the file finds the transaction whole.
 */
export function hasWrittenNothing(error: unknown): boolean {
  return isBusy(error) || codeOf(error) === 'SQLITE_FULL';
}

/** What happened, and what to do about it. `what`: what the file should be, such as "a ledger". */
export function explain(error: unknown, what: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') return 'the disk is full: make room, and writing goes on';
  if (isBusy(error)) return 'another program keeps the file locked: close it there';
  if (code === 'SQLITE_NOTADB') return `this is not ${what}: move the file away, or use another data directory`;
  if (code.startsWith('SQLITE_CORRUPT')) return `the file is damaged, restore it from a copy (${message})`;
  if (code.startsWith('SQLITE_READONLY')) return 'the file cannot be written: check its permissions';
  if (code.startsWith('SQLITE_IOERR')) return `the disk reports an error (${message}, ${code})`;
  return message;
}

/** Runs `open`; if it fails, its error names the file and says what to do. */
export function explained<Result>(file: string, what: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    throw new Error(`${file}: ${explain(error, what)}`, { cause: error });
  }
}
