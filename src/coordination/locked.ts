import { setTimeout as sleep } from 'node:timers/promises';
import { tryFileLock } from './file-lock';

/** Another process has kept the lock for too long. */
export class LockTimeout extends Error {}

const RETRY_MS = 5;

/** Of each file, the last of this process's turns: within a process nothing else may open the file. */
const turns = new Map<string, Promise<unknown>>();

/** Does the work while no other process, and nothing else in this one, has the lock of the file. Rejects with `LockTimeout`. */
export async function locked<Result>(file: string, timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const turn = (turns.get(file) ?? Promise.resolve()).then(() => withLock(file, timeoutMs, work));
  const settled = turn.catch(() => {});
  turns.set(file, settled);
  void settled.then(() => turns.get(file) === settled && turns.delete(file));
  return turn;
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
