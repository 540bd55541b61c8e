import type { ServerResponse } from 'node:http';
import type { Ended, FeedItem } from '../feed/item';
import type { Subscriber } from '../feed/subscriber';

const CHUNK_BYTES = 64 * 1024;
/** How long a client may take to read the last message. */
const LAST_WORDS_MS = 10_000;

/**
 * Writes a subscriber's items to a response as fast as its socket drains, and no faster: while it does not, nothing is taken, and the feed ends the
 * subscriber when that lasts. Small items that come together are written together.
 */
export class Pump {
  private subscriber: Subscriber | undefined;
  private blocked = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly frame: (item: FeedItem) => Buffer,
  ) {}

  start(subscriber: Subscriber): void {
    this.subscriber = subscriber;
    subscriber.wake = () => this.run();
    this.response.once('close', () => subscriber.leave());
    this.response.on('drain', () => {
      this.blocked = false;
      this.run();
    });
    if (this.response.destroyed) subscriber.leave();
    else this.run();
  }

  /** The feed has ended it. What cannot be said is not waited with: the client has the cursor of what it has read. */
  ended(_item: Ended): void {
    if (this.blocked) this.response.destroy();
  }

  private run(): void {
    while (!this.blocked && !this.response.destroyed) {
      const { bytes, last } = this.take();
      if (bytes !== undefined) this.blocked = !this.response.write(bytes);
      if (last) return this.finish();
      if (bytes === undefined) return;
    }
  }

  private take(): { readonly bytes: Buffer | undefined; readonly last: boolean } {
    const frames: Buffer[] = [];
    let last = false;
    for (let size = 0; size < CHUNK_BYTES && !last;) {
      const item = this.subscriber?.take();
      if (item === undefined) break;
      const frame = this.frame(item);
      frames.push(frame);
      size += frame.length;
      last = item.kind === 'ended';
    }
    return { bytes: frames.length > 1 ? Buffer.concat(frames) : frames[0], last };
  }

  private finish(): void {
    this.response.end();
    setTimeout(() => this.response.destroy(), LAST_WORDS_MS).unref();
  }
}
