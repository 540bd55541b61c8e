import type { ServerResponse } from 'node:http';

/**
 * Counts the requests whose outcome matters, so that a stop can wait for them: a mutation that was let in is answered.
 * Streams are not counted: they end when they are asked, and their clients come back with a cursor.
 */
export class Drain {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  /** Runs the work, and counts it until it has settled and its response has been handed to the network, or the client is gone. */
  async run<T>(response: ServerResponse, work: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work();
    } finally {
      if (response.closed) this.leave();
      else response.once('close', () => this.leave());
    }
  }

  /** Resolves with 0 when nothing runs any more, or, after so many milliseconds, with how many still do. */
  async idle(timeoutMs: number): Promise<number> {
    if (this.running === 0) return 0;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
    });
    return this.running;
  }

  private leave(): void {
    this.running -= 1;
    if (this.running === 0) for (const done of this.waiting) done();
  }
}
