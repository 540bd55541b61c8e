import Database from 'libsql';
import { setTimeout as sleep } from 'node:timers/promises';
import { Limiter } from '../concurrency/limiter';
import { makePrivateFile } from '../files/private';

/**
 * Takes the lock that the file is, for this process alone; answers how to release it, or undefined if another process has it.
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

/** Another process has kept the lock for too long. */
export class LockTimeout extends Error {}

const RETRY_MS = 5;

/** A limiter for each file in use: within a process nothing else may open the file. */
const limiters = new Map<string, Limiter>();

/** Does the work while no other process, and nothing else in this one, has the lock of the file. Rejects with `LockTimeout`. */
export async function locked<Result>(file: string, timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const limiter = limiters.get(file) ?? new Limiter({ atOnce: 1 });
  limiters.set(file, limiter);
  try {
    return await limiter.run(() => withLock(file, timeoutMs, work));
  } finally {
    if (limiter.isIdle) limiters.delete(file);
  }
}

async function withLock<Result>(file: string, timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const release = await acquire(file, performance.now() + timeoutMs, timeoutMs);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(file: string, deadline: number, timeoutMs: number): Promise<() => void> {
  for (;;) {
    const release = tryFileLock(file);
    if (release !== undefined) return release;
    if (performance.now() > deadline) throw new LockTimeout(`${file}: another process has kept this lock for ${timeoutMs} ms`);
    // Not in step with others that wait.
    await sleep(RETRY_MS * (1 + Math.random()));
  }
}
