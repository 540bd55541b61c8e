import type { AllStreamSubscription, SubscribeToAllOptions } from '@kurrent/kurrentdb-client';
import { StoreUnavailable, type Chunk, type Position, type Recorded } from './event-store';
import type { KurrentConnection, Lease } from './kurrentdb-connection';
import { recordedOf } from './kurrentdb-event';
import { readFailure, TimedOut } from './kurrentdb-failure';
import { compare, placeOf, type EventPlace } from './kurrentdb-position';
import { OURS, type KurrentReads } from './kurrentdb-read';

/** How many events are fetched ahead of whoever reads, and so the most in one chunk. The server waits beyond that. */
const AHEAD = 256;

interface Waiter {
  resolve(result: IteratorResult<Chunk>): void;
  reject(error: unknown): void;
}

export interface SubscriptionSource {
  readonly connection: KurrentConnection;
  readonly reads: KurrentReads;
  /** How long the server may take to confirm it, in milliseconds. */
  readonly timeout: number;
}

/**
 * A catch-up subscription to the streams of the ledger. Whoever reads it goes on from the last event he has handled: the server's
 * checkpoints are not used, since they run ahead of that.
 *
 * It does not connect again by itself, nor does the client: a lost connection ends it with `StoreUnavailable`, and only the
 * reader knows from where to go on.
 */
export class KurrentSubscription implements AsyncIterator<Chunk> {
  private readonly waiters: Waiter[] = [];
  private readonly stop = () => this.end();
  private stream: AllStreamSubscription | undefined;
  private lost: AbortSignal | undefined;
  private confirming: NodeJS.Timeout | undefined;
  private last: EventPlace | undefined;
  /** How many of the events that wait were there when the server said that it had caught up. Undefined: it is not there yet. */
  private untilLive: number | undefined;
  private announced = false;
  private ended = false;
  private failure: Error | undefined;

  constructor(
    private readonly source: SubscriptionSource,
    after: Position | undefined,
    private readonly signal: AbortSignal,
  ) {
    this.last = after === undefined ? undefined : placeOf(after);
    signal.addEventListener('abort', this.stop, { once: true });
    if (signal.aborted) this.end();
    else this.begin().catch((error: Error) => this.fail(error));
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
      this.deliver();
    });
  }

  return(): Promise<IteratorResult<Chunk>> {
    this.failure = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  private async begin(): Promise<void> {
    const { connection, reads, timeout } = this.source;
    if (this.last !== undefined) await reads.assertThere(this.last);
    if (this.ended) return;
    const lease = connection.lease();
    this.lost = lease.lost;
    this.lost.addEventListener('abort', this.leave, { once: true });
    const { START } = connection.library;
    const options: SubscribeToAllOptions = {
      fromPosition: this.last ? { commit: this.last.commit, prepare: this.last.prepare } : START,
      filter: OURS,
    };
    // The client's type is that of a readable stream, but what it makes is a transform, which has a size for each of its ends.
    this.stream = lease.client.subscribeToAll(options, { readableHighWaterMark: AHEAD } as object);
    this.confirming = setTimeout(() => this.unconfirmed(lease), timeout);
    this.stream.on('confirmation', () => clearTimeout(this.confirming));
    this.stream.on('caughtUp', () => this.catchUp());
    this.stream.on('fellBehind', () => (this.untilLive = undefined));
    this.stream.on('readable', () => this.deliver());
    this.stream.on('error', (error) => this.fail(readFailure(error, connection.library)));
    this.stream.on('end', () => this.fail(new StoreUnavailable('KurrentDB ended the subscription')));
  }

  /** The server has told it while events before it may wait here unread. */
  private catchUp(): void {
    this.untilLive = this.stream?.readableLength ?? 0;
    this.announced = false;
    this.deliver();
  }

  private deliver(): void {
    while (!this.ended && this.waiters.length > 0) {
      let chunk: Chunk;
      try {
        chunk = this.take();
      } catch (error) {
        this.fail(error as Error);
        return;
      }
      if (chunk.events.length === 0 && (!chunk.caughtUp || this.announced)) return;
      this.announced = chunk.caughtUp;
      this.waiters.shift()?.resolve({ done: false, value: chunk });
    }
  }

  private take(): Chunk {
    const events: Recorded[] = [];
    for (let taken = 0; taken < AHEAD; taken += 1) {
      const resolved = this.stream?.read() as { event?: Parameters<typeof recordedOf>[0] } | null | undefined;
      if (resolved?.event === undefined) break;
      if (this.untilLive !== undefined && this.untilLive > 0) this.untilLive -= 1;
      const { place, position, event } = recordedOf(resolved.event);
      if (this.last !== undefined && compare(place, this.last) <= 0) continue;
      this.last = place;
      events.push({ position, event });
    }
    return { events, caughtUp: this.untilLive === 0 && this.stream?.readableLength === 0 };
  }

  private unconfirmed(lease: Lease): void {
    this.source.connection.giveUp(lease);
    this.fail(readFailure(new TimedOut(this.source.timeout), this.source.connection.library));
  }

  private readonly leave = (): void => this.fail(this.lost?.reason as Error);

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
    clearTimeout(this.confirming);
    this.signal.removeEventListener('abort', this.stop);
    this.lost?.removeEventListener('abort', this.leave);
    // Otherwise the call goes on for nobody. That it cannot be cancelled means that it never began, of which `error` has told.
    this.stream?.unsubscribe().catch(() => undefined);
    for (const waiter of this.waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }
}
