import { PulledItems } from '../concurrency/pulled-items';
import type { Envelope } from '../domain/event';
import type { Filter } from './options';
import { cursorText, cursorTextOf, type EndCode, type Ended, type FeedItem, type ParkedNotice } from './item';
import type { Start } from './start';

/** What a subscriber sees of the feed it belongs to. */
export interface Source {
  /** The last revision that may be announced. */
  available(): number;
  /** The event, if it is at hand. */
  live(revision: number): Envelope | undefined;
  past(pageFrom: number, revision: number): Envelope | undefined;
  /** Reads history from this revision on. Answers the number of events that are there now. */
  fetch(from: number): Promise<number>;
  parked(): ParkedNotice | undefined;
  sent(): void;
  failed(error: unknown): void;
  left(code: EndCode | undefined): void;
}

/**
 * A subscription to the events of one project. It keeps its position in the history, and no events. Its reader takes items one by one, as fast as the
 * client accepts them; where there is none yet, `wake` is called when there may be one.
 *
 * Each event is checked against the one before it, by the hash that it carries: whatever a store or a ring may do, nothing is left out, doubled or from
 * another history. A subscription from which nothing is taken for too long is ended.
 */
export class Subscriber {
  /** Called when it is worth while to take again, also without need. */
  wake: () => void = () => {};
  private next: number;
  private hash: string | undefined;
  private pageFrom: number;
  private fetching = false;
  private live = false;
  private reportedParked: ParkedNotice | undefined;
  private beat = false;
  private ending: Ended | undefined;
  private over = false;
  /** On the monotonic clock; undefined while it has nothing to give. */
  private takenAt: number | undefined;
  private sentAt = performance.now();

  constructor(
    private readonly projectId: string,
    private readonly source: Source,
    start: Start,
    private readonly filter: Filter | undefined,
    /** UTC milliseconds. */
    readonly expiresAt: number,
    private readonly onEnded: (ended: Ended) => void,
  ) {
    ({ next: this.next, hash: this.hash, pageFrom: this.pageFrom = start.next } = start);
  }

  /** The next item; undefined: there is none now. After the item `ended` there is never one again. */
  take(): FeedItem | undefined {
    if (this.over) return undefined;
    const item = this.ending ?? this.following();
    if (item === undefined) {
      this.takenAt = undefined;
      return undefined;
    }
    this.takenAt = this.sentAt = performance.now();
    if (item.kind === 'ended') this.over = true;
    else if (item.kind === 'change') this.source.sent();
    return item;
  }

  /** Whether the last item has been taken, or it has left. */
  get isOver(): boolean {
    return this.over;
  }

  /** Anyone who followed has gone. */
  leave(): void {
    if (this.over) return;
    this.over = true;
    if (this.ending === undefined) this.source.left(undefined);
  }

  end(code: EndCode, message: string): void {
    if (this.over || this.ending !== undefined) return;
    this.conclude(code, message);
    this.wake();
  }

  /** Ends the subscriber if nothing was taken for too long, and sends a heartbeat when one is due. `now` as `performance.now()`. */
  tick(now: number, heartbeatMs: number, stallMs: number): void {
    if (this.takenAt !== undefined) {
      if (now - this.takenAt < stallMs) return;
      const message = `Nothing was read for ${Math.round(stallMs / 1_000)} s although there was something to read. Go on after the last cursor you have.`;
      return this.end('SLOW_CONSUMER', message);
    }
    if (now - this.sentAt < heartbeatMs) return;
    this.beat = true;
    this.wake();
  }

  private following(): FeedItem | undefined {
    const available = this.source.available();
    while (this.next <= available) {
      const event = this.source.live(this.next) ?? this.source.past(this.pageFrom, this.next);
      if (event === undefined) {
        this.live = false;
        void this.fetch();
        return this.heartbeat();
      }
      if (this.hash !== undefined && !event.previousHash.startsWith(this.hash)) {
        return this.conclude(
          'BAD_REQUEST',
          `The history of "${this.projectId}" is not the one followed so far: it was rewritten or restored. Begin anew.`,
        );
      }
      this.next += 1;
      this.hash = event.hash;
      if (this.filter === undefined || this.filter(event)) return { kind: 'change', cursor: cursorTextOf(event), event };
    }
    const cursor = this.cursor();
    if (cursor === undefined) return undefined;
    if (!this.live) {
      this.live = true;
      return { kind: 'caught-up', cursor };
    }
    const parked = this.source.parked();
    if (parked !== this.reportedParked) {
      this.reportedParked = parked;
      if (parked !== undefined) return { kind: 'parked', cursor, parked };
    }
    return this.heartbeat();
  }

  private heartbeat(): FeedItem | undefined {
    const cursor = this.beat ? this.cursor() : undefined;
    this.beat = false;
    return cursor === undefined ? undefined : { kind: 'heartbeat', cursor };
  }

  private async fetch(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    const from = this.next;
    try {
      const events = await this.source.fetch(from);
      this.pageFrom = from;
      if (events === 0)
        this.end('EVENT_STORE_UNAVAILABLE', 'The event store does not have yet what is to come next. Try again in a moment.');
    } catch (error) {
      this.source.failed(error);
      this.end('EVENT_STORE_UNAVAILABLE', 'The event store cannot be read now. Go on after the last cursor you have, in a moment.');
    }
    this.fetching = false;
    this.wake();
  }

  private conclude(code: EndCode, message: string): Ended {
    this.ending = { kind: 'ended', code, message, cursor: this.cursor() };
    this.source.left(code);
    this.onEnded(this.ending);
    return this.ending;
  }

  private cursor(): string | undefined {
    return this.hash === undefined ? undefined : cursorText(this.projectId, this.next - 1, this.hash);
  }
}

/** Is called after something has happened. Must not throw. */
export interface FeedObserver {
  sent?(): void;
  /** History could not be read. */
  failed?(error: unknown): void;
  /** `LEFT`: it was the subscriber who went. */
  closed?(reason: EndCode | 'LEFT'): void;
}

/** A subscriber as an async iterator, whose last item says why it ended, if it was not the reader that left. */
export function iterate(subscriber: Subscriber): AsyncIterableIterator<FeedItem> {
  return new FeedItems(subscriber);
}

class FeedItems extends PulledItems<FeedItem> {
  constructor(private readonly subscriber: Subscriber) {
    super();
    subscriber.wake = () => this.onAsked();
  }

  protected override onAsked(): void {
    while (this.isAsked) {
      const item = this.subscriber.take();
      if (item !== undefined) this.give(item);
      else if (this.subscriber.isOver) return this.end();
      else return;
    }
  }

  protected override onEnded(): void {
    this.subscriber.leave();
  }
}
