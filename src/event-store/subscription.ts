import { PulledItems } from '../concurrency/pulled-items';
import type { Chunk, Position } from './event-store';
import type { Notifier } from './notifier';

/**
 * What a subscription reads: the next chunk after a position, empty when there is nothing more; at once, or, where that would take long, later.
 * `isLive`: the end was reached, so it is what was appended since that is asked for.
 */
export type ReadChunk = (after: Position | undefined, isLive: boolean) => Chunk | Promise<Chunk>;

/**
 * History, then live, over a store that can be read from any position: all it holds is its position. The switch from one to the other cannot
 * lose or repeat an event, because there is none: it always reads the store after its position, and waits only where that reached the end and nothing was
 * appended since.
 *
 * Each read has a turn of the event loop to itself, so a long history does not starve the rest of the process.
 */
export function subscription(read: ReadChunk, notifier: Notifier, after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
  return { [Symbol.asyncIterator]: () => new Subscription(read, notifier, after, signal) };
}

class Subscription extends PulledItems<Chunk> {
  private readonly unlisten: () => void;
  private live = false;
  private reading = false;
  private scheduled = false;
  /** Whether there may be more than has been read: what was read last did not reach the end, or something was appended since that began. */
  private isBehind = true;

  constructor(
    private readonly read: ReadChunk,
    notifier: Notifier,
    private position: Position | undefined,
    signal: AbortSignal,
  ) {
    super();
    const stop = () => this.end();
    const unlisten = notifier.listen({ appended: () => this.onAppended(), closed: (error) => this.fail(error) });
    signal.addEventListener('abort', stop, { once: true });
    this.unlisten = () => {
      unlisten();
      signal.removeEventListener('abort', stop);
    };
    if (signal.aborted) this.end();
  }

  protected override onAsked(): void {
    this.schedule();
  }

  protected override onEnded(): void {
    this.unlisten();
  }

  private onAppended(): void {
    this.isBehind = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.reading || !this.isBehind || !this.isAsked) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.readOn();
    });
  }

  private readOn(): void {
    if (this.isEnded) return;
    this.isBehind = false;
    try {
      const chunk = this.read(this.position, this.live);
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
      },
      (error: Error) => this.fail(error),
    );
  }

  private deliver(chunk: Chunk): void {
    if (this.isEnded) return;
    this.isBehind ||= !chunk.caughtUp;
    if (chunk.events.length > 0 || chunk.damaged !== undefined || !this.live) {
      this.position = chunk.position ?? chunk.events.at(-1)?.position ?? this.position;
      this.live = chunk.caughtUp;
      this.give(chunk);
    }
    this.schedule();
  }
}
