import type { FeedItem } from './item';
import type { Subscriber } from './subscriber';

/**
 * A subscriber as an async iterator, whose last item says why it ended, if it was not the reader who left.
 *
 * Not an async generator: `return()` of one that waits in `next()` is queued behind that `next()`, so a client that leaves while nothing
 * happens would stay for ever.
 */
export function iterate(subscriber: Subscriber): AsyncIterableIterator<FeedItem> {
  return new FeedIterator(subscriber);
}

class FeedIterator implements AsyncIterableIterator<FeedItem> {
  private readonly waiting: ((result: IteratorResult<FeedItem>) => void)[] = [];

  constructor(private readonly subscriber: Subscriber) {
    subscriber.wake = () => this.serve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<FeedItem>> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.serve();
    });
  }

  return(): Promise<IteratorResult<FeedItem>> {
    this.subscriber.leave();
    this.serve();
    return Promise.resolve({ done: true, value: undefined });
  }

  private serve(): void {
    while (this.waiting.length > 0) {
      const item = this.subscriber.take();
      if (item !== undefined) this.waiting.shift()?.({ done: false, value: item });
      else if (!this.subscriber.isOver) return;
      else for (const resolve of this.waiting.splice(0)) resolve({ done: true, value: undefined });
    }
  }
}
