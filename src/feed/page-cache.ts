import { LRUCache } from 'lru-cache';
import type { Envelope } from '../domain/event';
import { sizeOf } from '../event-store/event-store';

/** A project's events from `from` on, at most `limit` of them, or more. */
export type ReadEvents = (projectId: string, from: number, limit: number) => AsyncIterable<Envelope>;

const PAGE_EVENTS = 256;
const PAGE_BYTES = 1024 * 1024;
/** What is kept of an event in memory: itself, its text, and what its subscribers are given of it; in sizes of its text. */
const KEPT_TIMES = 4;
export const KEPT_BYTES = 16 * 1024 * 1024;
/** Not for long: a store that was restored under a running server must not be remembered as it was. */
const KEPT_MS = 30_000;
const AT_ONCE = 4;

/**
 * The past, read from the store in pages. A few reads at a time serve all subscribers, in the order in which they ask, and those who ask for the same
 * share one. Pages are kept for a while, since a thousand clients that come back after a restart all want the same; what is kept is bounded, so a
 * page may be gone before a slow subscriber has taken all of it, and is then read again.
 */
export class PageCache {
  private readonly pages: LRUCache<string, readonly Envelope[]>;
  private readonly reading = new Map<string, Promise<readonly Envelope[]>>();
  private readonly queue: (() => void)[] = [];
  private running = 0;
  /** Grows when what is at hand is dropped: what is being read by then is not kept. */
  private age = 0;

  constructor(
    private readonly read: ReadEvents,
    { keptBytes = KEPT_BYTES, keptMs = KEPT_MS } = {},
  ) {
    this.pages = new LRUCache({
      maxSize: keptBytes,
      ttl: keptMs,
      // What is over is dropped even if it is never asked for again.
      ttlAutopurge: true,
      sizeCalculation: (page) => page.reduce((sum, event) => sum + KEPT_TIMES * sizeOf(event), 1),
    });
  }

  /** An event of the page that begins at `from`, if that page is at hand and goes so far. */
  at(projectId: string, from: number, revision: number): Envelope | undefined {
    return this.pages.get(keyOf(projectId, from))?.[revision - from];
  }

  /** Reads the page that begins at `from`: at least one event if there is one, and never more than about a megabyte. */
  page(projectId: string, from: number): Promise<readonly Envelope[]> {
    const key = keyOf(projectId, from);
    const kept = this.pages.get(key);
    if (kept !== undefined) return Promise.resolve(kept);
    let reading = this.reading.get(key);
    if (reading === undefined) {
      const { age } = this;
      reading = this.inTurn(() => this.fetch(projectId, from))
        .then((page) => {
          if (page.length > 0 && age === this.age) this.pages.set(key, page);
          return page;
        })
        .finally(() => void (this.reading.get(key) === reading && this.reading.delete(key)));
      this.reading.set(key, reading);
    }
    return reading;
  }

  /** Keeps nothing of what was read so far, or is being read. */
  clear(): void {
    this.age += 1;
    this.pages.clear();
    this.reading.clear();
  }

  /** Up to the next multiple of the page size, so that subscribers who began at different places soon share pages. */
  private async fetch(projectId: string, from: number): Promise<readonly Envelope[]> {
    const limit = PAGE_EVENTS - (from % PAGE_EVENTS);
    const page: Envelope[] = [];
    let bytes = 0;
    for await (const event of this.read(projectId, from, limit)) {
      page.push(event);
      bytes += sizeOf(event);
      if (page.length === limit || bytes >= PAGE_BYTES) break;
    }
    return page;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

function keyOf(projectId: string, from: number): string {
  return `${projectId}:${from}`;
}
