import type { Chunk, Position } from './event-store';
import type { Notifier } from './notifier';

interface Waiter {
  resolve(result: IteratorResult<Chunk>): void;
  reject(error: unknown): void;
}

/** What a subscription reads: the next chunk after a position, empty when there is nothing more; at once, or, where that would take long, later. */
export type ReadChunk = (after: Position | undefined) => Chunk | Promise<Chunk>;

/**
 * History, then live, over a store that can be read from any position: all it holds is its position. The switch from one to the other cannot
 * lose or repeat an event, because there is none: it always reads the store after its position, and waits only when that was empty.
 *
 * Each read has a turn of the event loop to itself, so a long history does not starve the rest of the process.
 *
 * Not an async generator: `return()` of one that waits in `next()` is queued behind that `next()`, so a subscriber that leaves while
 * nothing happens would stay for ever.
 */
export function subscription(read: ReadChunk, notifier: Notifier, after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
  return { [Symbol.asyncIterator]: () => new Subscription(read, notifier, after, signal) };
}

class Subscription implements AsyncIterator<Chunk> {
  private readonly waiters: Waiter[] = [];
  private readonly leave: () => void;
  private live = false;
  private reading = false;
  /** Something was appended while a chunk was read. */
  private missed = false;
  private scheduled = false;
  private ended = false;
  private failure: Error | undefined;

  constructor(
    private readonly read: ReadChunk,
    notifier: Notifier,
    private position: Position | undefined,
    signal: AbortSignal,
  ) {
    const stop = () => this.end();
    const unlisten = notifier.listen({ appended: () => this.schedule(), closed: (error) => this.fail(error) });
    signal.addEventListener('abort', stop, { once: true });
    this.leave = () => {
      unlisten();
      signal.removeEventListener('abort', stop);
    };
    if (signal.aborted) this.end();
  }

  next(): Promise<IteratorResult<Chunk>> {
    if (this.failure !== undefined) {
      const error = this.failure;
      this.failure = undefined;
      return Promise.reject(error);
    }
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
      this.schedule();
    });
  }

  return(): Promise<IteratorResult<Chunk>> {
    this.failure = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  private schedule(): void {
    this.missed = this.reading;
    if (this.scheduled || this.reading || this.waiters.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.readOn();
    });
  }

  private readOn(): void {
    if (this.ended) return;
    try {
      const chunk = this.read(this.position);
      if (chunk instanceof Promise) this.await(chunk);
      else this.deliver(chunk);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private await(later: Promise<Chunk>): void {
    this.reading = true;
    later.then(
      (chunk) => {
        this.reading = false;
        this.deliver(chunk);
        if (this.missed) this.schedule();
      },
      (error: Error) => this.fail(error),
    );
  }

  private deliver(chunk: Chunk): void {
    if (this.ended) return;
    if (chunk.events.length === 0 && chunk.damaged === undefined && this.live) return;
    this.position = chunk.position ?? chunk.events.at(-1)?.position ?? this.position;
    this.live = chunk.caughtUp;
    this.waiters.shift()?.resolve({ done: false, value: chunk });
    this.schedule();
  }

  /** The first who asks gets the error, as from any iterator; for those after it, the subscription has ended. */
  private fail(error: Error): void {
    if (this.ended) return;
    const first = this.waiters.shift();
    if (first === undefined) this.failure = error;
    else first.reject(error);
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.leave();
    for (const waiter of this.waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }
}
