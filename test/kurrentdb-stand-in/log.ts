import { EventEmitter } from 'node:events';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export interface Logged extends Proposed, Place {
  readonly stream: string;
  readonly revision: number;
  readonly created: number;
}

export type Written =
  | { readonly kind: 'stands'; readonly revision: number; readonly place: Place }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'too large'; readonly limit: number };

export function compare(a: Place, b: Place): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  return a.prepare === b.prepare ? 0 : a.prepare < b.prepare ? -1 : 1;
}

/**
 * What the server keeps: one log over all streams. The events of one append share a commit position and differ in their prepare
 * position. An `appended` event is emitted after each append that wrote something.
 */
export class Log extends EventEmitter<{ appended: [] }> {
  readonly events: Logged[] = [];
  /** How many bytes one append may hold. */
  limit = 1024 * 1024;
  private readonly streams = new Map<string, Logged[]>();
  private next = 0n;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  stream(name: string): readonly Logged[] | undefined {
    return this.streams.get(name);
  }

  /** `expected` is a revision, -1 for no stream, or undefined for any. */
  append(stream: string, expected: number | undefined, proposed: readonly Proposed[]): Written {
    const bytes = proposed.reduce((sum, event) => sum + event.data.length + event.metadata.length + 2 * event.type.length, 0);
    if (bytes > this.limit) return { kind: 'too large', limit: this.limit };
    const there = this.streams.get(stream) ?? [];
    const current = there.length - 1;
    if (expected !== undefined && expected !== current) return this.again(there, expected, proposed) ?? { kind: 'conflict', current };
    const prepares = proposed.map((event) => (this.next += BigInt(100 + event.data.length)));
    const commit = this.next;
    proposed.forEach((event, index) => {
      const prepare = prepares[index] as bigint;
      const logged: Logged = { ...event, stream, revision: there.length, created: Date.now(), commit, prepare };
      there.push(logged);
      this.events.push(logged);
    });
    this.streams.set(stream, there);
    this.emit('appended');
    return { kind: 'stands', revision: there.length - 1, place: { commit, prepare: prepares.at(-1) ?? commit } };
  }

  /** Forgets all that came after the first `count` events, as a server restored from an older copy has. */
  rewind(count: number): void {
    const kept = this.events.splice(0).slice(0, count);
    this.streams.clear();
    for (const event of kept) {
      this.events.push(event);
      this.streams.set(event.stream, [...(this.streams.get(event.stream) ?? []), event]);
    }
    this.next = kept.at(-1)?.commit ?? 0n;
  }

  /**
   * The idempotency of the real server: it looks at ids alone, position by position. So a beginning of what stands is acknowledged too, and
   * so are other bytes under the same ids; a batch of which only the beginning stands is a conflict.
   */
  private again(there: readonly Logged[], expected: number, proposed: readonly Proposed[]): Written | undefined {
    const standing = there.slice(expected + 1, expected + 1 + proposed.length);
    if (standing.length < proposed.length || proposed.some(({ id }, index) => id !== standing[index]?.id)) return undefined;
    const last = standing.at(-1) as Logged;
    return { kind: 'stands', revision: last.revision, place: { commit: last.commit, prepare: last.prepare } };
  }
}
