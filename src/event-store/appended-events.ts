import type { Envelope } from '../domain/event';
import type { Chunk } from './event-store';
import { positionOf } from './position';
import { CHUNK_EVENTS } from './sqlite-events';

const MOST_CHARACTERS = 1024 * 1024;

/**
 * The newest events of a SQLite ledger, which were appended by this process: up to a chunk of them, of at most 2^20 characters. Those who follow
 * the store and have reached its end take what comes next from here. They are kept as the texts that were stored, so what comes back is what the disk
 * would give back.
 */
export class AppendedEvents {
  /** Without a gap, up to `last`. */
  private texts: string[] = [];
  private characters = 0;
  private last = 0;

  /** Takes the events of an append that is stored, of which the last one has this position. */
  add(last: number, texts: readonly string[]): void {
    if (last - texts.length !== this.last) this.clear();
    this.last = last;
    for (const text of texts) {
      this.texts.push(text);
      this.characters += text.length;
    }
    let first = 0;
    for (; this.texts.length - first > CHUNK_EVENTS || this.characters > MOST_CHARACTERS; first += 1) {
      this.characters -= this.texts[first]!.length;
    }
    this.texts.splice(0, first);
  }

  /** Forgets them all: others may have been stored behind them, or among them. */
  clear(): void {
    this.texts = [];
    this.characters = 0;
  }

  /** What follows a position, up to the last; undefined: not all of that is kept. */
  after(position: number): Chunk | undefined {
    const first = this.last - this.texts.length;
    if (this.texts.length === 0 || position < first || position > this.last) return undefined;
    const events = this.texts
      .slice(position - first)
      .map((text, index) => ({ position: positionOf(position + index + 1), event: JSON.parse(text) as Envelope }));
    return { events, caughtUp: true, left: 0 };
  }
}
