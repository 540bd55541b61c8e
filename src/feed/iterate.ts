import { PulledItems } from '../concurrency/pulled-items';
import type { FeedItem } from './item';
import type { Subscriber } from './subscriber';

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
