import { StoreUnavailable } from './event-store';

interface Waiting {
  readonly timer: NodeJS.Timeout;
  enter(): void;
}

/**
 * Lets a number of calls through at a time, in the order they came. One that has waited too long leaves with `StoreUnavailable`: it has
 * not begun.
 */
export class Turnstile {
  private inside = 0;
  private readonly queue: Waiting[] = [];
  private readonly leaving: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly patience: number,
  ) {}

  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.inside < this.width) this.inside += 1;
    else await this.turn();
    try {
      return await call();
    } finally {
      this.leave();
    }
  }

  /** Resolves when nobody is inside and nobody waits. */
  async empty(): Promise<void> {
    if (this.inside > 0) await new Promise<void>((resolve) => this.leaving.push(resolve));
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        timer: setTimeout(() => {
          this.queue.splice(this.queue.indexOf(waiting), 1);
          reject(new StoreUnavailable(`KurrentDB has been too slow for ${this.patience} ms: nothing was sent, try again`));
        }, this.patience),
        enter: resolve,
      };
      this.queue.push(waiting);
    });
  }

  /** The place is handed on, so that nobody who comes now gets in before those who wait. */
  private leave(): void {
    const next = this.queue.shift();
    if (next !== undefined) {
      clearTimeout(next.timer);
      next.enter();
      return;
    }
    this.inside -= 1;
    if (this.inside === 0) for (const resolve of this.leaving.splice(0)) resolve();
  }
}
