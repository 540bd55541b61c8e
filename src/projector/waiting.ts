/** How a wait for the read model ended. */
export type Reached = 'reached' | 'timeout' | 'parked';

interface Waiter {
  readonly revision: number;
  /** On the monotonic clock, in milliseconds. */
  readonly deadlineMs: number;
  readonly resolve: (result: Reached) => void;
}

const SWEEP_MS = 20;

/**
 * Callers that wait until a project's documents reflect a revision. Bounded: one too many gets `timeout` at once. One timer sweeps all
 * deadlines, so a time-out is noticed up to 20 ms late; it runs only while a caller waits and keeps no process alive.
 */
export class RevisionWaiters {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private count = 0;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.count;
  }

  wait(projectId: string, revision: number, timeoutMs: number): Promise<Reached> {
    if (this.count >= this.capacity || timeoutMs <= 0) return Promise.resolve('timeout');
    return new Promise((settle) => {
      const waiters = this.waiters.get(projectId) ?? new Set();
      this.waiters.set(projectId, waiters.add({ revision, deadlineMs: performance.now() + timeoutMs, resolve: settle }));
      this.count++;
      this.sweeping ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    });
  }

  /** The project's documents reflect this revision now. */
  advanced(projectId: string, revision: number): void {
    this.release(projectId, 'reached', (waiter) => waiter.revision <= revision);
  }

  /** From this revision on the project goes no further for now. */
  parked(projectId: string, revision: number): void {
    this.release(projectId, 'parked', (waiter) => waiter.revision >= revision);
  }

  /** Nothing will be projected any more. */
  close(): void {
    for (const projectId of this.waiters.keys()) this.release(projectId, 'timeout', () => true);
  }

  private sweep(): void {
    const now = performance.now();
    for (const projectId of this.waiters.keys()) this.release(projectId, 'timeout', (waiter) => waiter.deadlineMs <= now);
  }

  private release(projectId: string, result: Reached, done: (waiter: Waiter) => boolean): void {
    const waiters = this.waiters.get(projectId);
    if (!waiters) return;
    for (const waiter of waiters) {
      if (!done(waiter)) continue;
      waiters.delete(waiter);
      this.count--;
      waiter.resolve(result);
    }
    if (waiters.size === 0) this.waiters.delete(projectId);
    if (this.count === 0) {
      clearInterval(this.sweeping);
      this.sweeping = undefined;
    }
  }
}

/** A promise that is resolved or rejected from outside, once; later calls do nothing. */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly settled: boolean;
  resolve(): void;
  reject(error: Error): void;
}

export function deferred(): Deferred {
  let settle!: Pick<Deferred, 'resolve' | 'reject'>;
  let settled = false;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return {
    promise,
    get settled() {
      return settled;
    },
    resolve: () => ((settled = true), settle.resolve()),
    reject: (error) => ((settled = true), settle.reject(error)),
  };
}
