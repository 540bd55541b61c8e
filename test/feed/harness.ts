import { encodeCursor, cursorOf, decodeCursor, type Cursor } from '../../src/domain/cursor';
import type { Envelope } from '../../src/domain/event';
import { MemoryEventStore } from '../../src/event-store/memory';
import { Feed, type FeedOptions, type Following } from '../../src/feed/feed';
import type { FeedItem } from '../../src/feed/item';
import { iterate } from '../../src/feed/subscriber';
import type { Checkpoint } from '../../src/read-model/read-model';
import { Ledger } from '../fixtures/ledger';

type Options = Partial<Omit<FeedOptions, 'read' | 'checkpoint' | 'shown'>>;

/** A feed over a store in memory, where the test decides when events are delivered and when they are projected. */
export class FeedHarness {
  readonly store = new MemoryEventStore();
  readonly ledger = Ledger.started();
  readonly feed: Feed;
  readonly shown = new Map<string, Checkpoint>();
  /** The revisions at which reads of the store began. */
  readonly reads: number[] = [];
  /** Replaces reads of the store. */
  reading: FeedOptions['read'] | undefined;

  constructor(options: Options = {}) {
    this.feed = new Feed({
      read: (projectId, from, limit) => {
        this.reads.push(from);
        return this.reading?.(projectId, from, limit) ?? this.store.read(projectId, from);
      },
      checkpoint: async (projectId) => this.shown.get(projectId),
      shown: (projectId) => this.shown.get(projectId),
      heartbeatMs: 60_000,
      stallMs: 60_000,
      subscriptions: { all: 100, perOwner: 100 },
      ...options,
    });
  }

  /** Decides `count` more events without writing them. */
  decide(count: number): Envelope[] {
    const before = this.ledger.events.length;
    for (let index = 0; index < count; index += 1) {
      this.ledger.accept({ type: 'EditProject', id: 'shop', description: `${this.ledger.events.length}` });
    }
    return this.ledger.events.slice(before);
  }

  async write(events: readonly Envelope[]): Promise<void> {
    const [first] = events;
    if (first !== undefined) await this.store.append(first.projectId, first.revision - 1, events);
  }

  deliver(events: readonly Envelope[]): void {
    this.feed.delivered(events.map((event) => ({ position: '', event })));
  }

  /** Marks all events up to this one as projected. */
  show(event: Envelope): void {
    const checkpoint = { revision: event.revision, hash: event.hash, occurredAt: event.occurredAt };
    this.shown.set(event.projectId, checkpoint);
    this.feed.projected(event.projectId, checkpoint);
  }

  /** Decides, writes, delivers and projects events, as without faults. */
  async happen(count: number): Promise<Envelope[]> {
    const fresh = this.shown.size === 0 ? [...this.ledger.events] : [];
    const events = [...fresh, ...this.decide(count)];
    await this.write(events);
    this.deliver(events);
    const last = events.at(-1);
    if (last !== undefined) this.show(last);
    return events;
  }

  async follow(following: Partial<Following> = {}): Promise<Follower> {
    const owner = { owner: 'ann', expiresAt: Number.POSITIVE_INFINITY };
    return new Follower(iterate(await this.feed.follow({ projectId: 'shop', ...owner, ...following })));
  }

  cursor(revision: number): Cursor {
    return cursorOf(this.ledger.events[revision] as Envelope);
  }

  text(revision: number): string {
    return encodeCursor(this.cursor(revision));
  }
}

/** Items in short: `3` for the change of revision 3, and of other items their kind and revision. */
export class Follower {
  constructor(readonly items: AsyncIterableIterator<FeedItem>) {}

  async take(count: number): Promise<(string | number)[]> {
    const taken: (string | number)[] = [];
    while (taken.length < count) {
      const { value, done } = (await this.items.next()) as IteratorResult<FeedItem, undefined>;
      if (done) return [...taken, 'done'];
      taken.push(short(value));
    }
    return taken;
  }

  async next(): Promise<FeedItem> {
    return (await this.items.next()).value as FeedItem;
  }

  async stop(): Promise<void> {
    await this.items.return?.();
  }
}

export function short(item: FeedItem): string | number {
  const at = item.cursor === undefined ? -1 : (decodeCursor(item.cursor)?.revision ?? Number.NaN);
  if (item.kind === 'change') return at;
  return item.kind === 'ended' ? `${item.code} ${at}` : `${item.kind} ${at}`;
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
