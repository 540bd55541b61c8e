import type { Terminal } from './verb';

const INTERVAL_MS = 500;

/** What is reported while something long goes on: on standard error, twice a second, on one line if someone looks, line by line if not. */
export class Progress {
  private reportedAt = performance.now();
  private open = false;

  constructor(private readonly terminal: Terminal) {}

  /** To be called as often as one likes: `words` is asked for when it is time. */
  tell(words: () => string): void {
    const now = performance.now();
    if (now - this.reportedAt < INTERVAL_MS) return;
    this.reportedAt = now;
    this.open = this.terminal.live === true;
    this.terminal.err(this.open ? `\r\u001b[K${words()}` : `${words()}\n`);
  }

  /** Before anything else is printed. */
  end(): void {
    if (this.open) this.terminal.err('\r\u001b[K');
    this.open = false;
  }
}

/** How many a second, since it was made. */
export class Pace {
  private readonly began = performance.now();

  get seconds(): number {
    return (performance.now() - this.began) / 1_000;
  }

  of(count: number): string {
    return `${number(Math.round(count / Math.max(this.seconds, 0.001)))}/s`;
  }
}

/** A count as it is read: 1,234,567. */
export function number(count: number): string {
  return count.toLocaleString('en-US');
}

/** "1 event", "2 events". */
export function countOf(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}
