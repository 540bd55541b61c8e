import type { ServerResponse } from 'node:http';

/** Bytes of one answer, as its long values are stored. */
export const ANSWER_BYTES = 10 * 2 ** 20;
/** Bytes of all answers that are being made or have not been read by their clients yet. */
export const UNDER_WAY_BYTES = 64 * 2 ** 20;
/** What an answer may have without asking for a share of that: nearly all are smaller. */
export const FREE_BYTES = 2 ** 18;
/** Characters of a text that the system may not take at once: what is shorter is not worth counting while it waits. */
export const LARGE_CHARACTERS = 65_536;

export const TOO_LARGE = `The answer would be larger than ${ANSWER_BYTES / 2 ** 20} MiB, which is the limit. Ask for fewer fields, or for smaller pages.`;
export const TOO_MANY = 'Too many large answers are under way. Try again in a moment, or ask for less at once.';

/** What all answers under way take. */
export class OutgoingBytes {
  private taken = 0;

  /** Answers false, and takes nothing, if there is no room. */
  take(bytes: number): boolean {
    if (this.taken + bytes > UNDER_WAY_BYTES) return false;
    this.taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.taken -= bytes;
  }

  /** Counts an answer that has been made, if it is large, until it has gone out or its client is gone. Answers false, and counts nothing, if there is no room. */
  hold(response: ServerResponse, body: string | Buffer): boolean {
    // A text that is not large has fewer bytes than are free, whatever its characters are.
    const bytes = body.length > LARGE_CHARACTERS ? Buffer.byteLength(body) : 0;
    if (bytes <= FREE_BYTES || response.closed) return true;
    if (!this.take(bytes)) return false;
    response.once('close', () => this.give(bytes));
    return true;
  }
}

/**
 * Counts what one answer takes while it is made, so that its execution stops when that is too much. It cannot be thrown out of: GraphQL catches what
 * resolvers throw and goes on. So a resolver answers with what never settles, and anyone who waits for the answer waits for `exceeded` as well.
 */
export class AnswerBudget {
  /** Resolves with why the answer is not made, in words for the client; never, if it is. */
  readonly exceeded: Promise<string>;
  private exceed: (why: string) => void = () => {};
  private used = 0;
  private granted = FREE_BYTES;
  private shared = 0;
  private stopped: Promise<never> | undefined;
  private released = false;

  constructor(private readonly outgoing: OutgoingBytes) {
    this.exceeded = new Promise((resolve) => (this.exceed = resolve));
  }

  /** What has been counted. */
  get bytes(): number {
    return this.used;
  }

  /** Counts a value. undefined: there is room; else what the resolver answers with instead. */
  take(bytes: number): Promise<never> | undefined {
    this.used += bytes;
    return this.used <= this.granted ? undefined : this.grow();
  }

  /** The answer has gone out, or no one waits for it any more. */
  release(): void {
    this.released = true;
    this.outgoing.give(this.shared);
    this.shared = 0;
  }

  private grow(): Promise<never> | undefined {
    if (this.stopped !== undefined) return this.stopped;
    if (this.used > ANSWER_BYTES) return this.stop(TOO_LARGE);
    const more = Math.ceil((this.used - this.granted) / FREE_BYTES) * FREE_BYTES;
    if (!this.released) {
      if (!this.outgoing.take(more)) return this.stop(TOO_MANY);
      this.shared += more;
    }
    this.granted += more;
    return undefined;
  }

  private stop(why: string): Promise<never> {
    this.exceed(why);
    return (this.stopped = new Promise<never>(() => {}));
  }
}
