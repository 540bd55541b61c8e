import { setTimeout as sleep } from 'node:timers/promises';
import { Limiter } from '../concurrency/limiter';
import { tryFileLock } from './file-lock';

/** Another process has kept the lock for too long. */
export class LockTimeout extends Error {}

const RETRY_MS = 5;

/** Of each file in use: within a process nothing else may open the file. */
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
