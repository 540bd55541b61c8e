/** Too many wait already: nothing was done. */
export class Crowded extends Error {}

/** Lets a number of calls through at a time, in the order they came, while a number of others may wait. */
export class Gate {
  private inside = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly waiting: number,
  ) {}

  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.inside >= this.width) {
      if (this.queue.length >= this.waiting) throw new Crowded(`${this.queue.length} wait already`);
      // The place is handed on, so that nobody who comes meanwhile gets in before those who wait.
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else this.inside += 1;
    try {
      return await call();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.inside -= 1;
    }
  }
}
