/** Too many calls wait already: this one was not begun. */
export class TooManyWaiting extends Error {}

/** The call has waited too long, and was not begun. */
export class WaitedTooLong extends Error {}

export interface LimiterOptions {
  /** How many calls run at a time. */
  readonly atOnce: number;
  /** How many may wait. Absent: any number. */
  readonly waiting?: number;
  /** How long a call may wait. Absent: as long as it takes. */
  readonly waitMs?: number;
}

interface Waiter {
  readonly timer: NodeJS.Timeout | undefined;
  begin(): void;
}

/** Runs a number of calls at a time, in the order they came. */
export class Limiter {
  private running = 0;
  private readonly queue: Waiter[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly options: LimiterOptions) {}

  /** The call's outcome. Rejects with `TooManyWaiting` or `WaitedTooLong` if it was not begun. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.running < this.options.atOnce) this.running += 1;
    else await this.turn();
    try {
      return await call();
    } finally {
      this.next();
    }
  }

  get isIdle(): boolean {
    return this.running === 0;
  }

  /** Resolves when no call runs and none waits. */
  async idle(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private turn(): Promise<void> {
    const { waiting = Infinity, waitMs } = this.options;
    if (this.queue.length >= waiting) throw new TooManyWaiting(`${this.queue.length} calls wait already`);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        reject(new WaitedTooLong(`the call has waited for ${waitMs} ms and was not begun`));
      };
      const timer = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs);
      const waiter: Waiter = { timer, begin: resolve };
      this.queue.push(waiter);
    });
  }

  /** The place is handed on, so that no call that comes now begins before those that wait. */
  private next(): void {
    const waiter = this.queue.shift();
    if (waiter !== undefined) {
      clearTimeout(waiter.timer);
      waiter.begin();
      return;
    }
    this.running -= 1;
    if (this.isIdle) for (const resolve of this.listeners.splice(0)) resolve();
  }
}

/**
 * Does something for each item, at most `atOnce` at a time, begun in order. When one fails no further one is begun, but those under way
 * are waited for before the failure is thrown, so that nothing goes on after the caller was answered.
 */
export async function inParallel<Item>(items: Iterable<Item>, atOnce: number, act: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  async function work(): Promise<void> {
    while (next < queue.length && failure === undefined) {
      const item = queue[next] as Item;
      next += 1;
      try {
        await act(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed !== undefined) throw failed.error;
}
