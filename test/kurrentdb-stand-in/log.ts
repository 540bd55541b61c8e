import { EventEmitter } from 'node:events';
import { Records } from './records';
import { LAST_REVISION, metadataStreamOf, parseMetadata, Stream } from './stream';

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
  readonly revision: bigint;
  readonly created: number;
}

export type Written =
  | { readonly kind: 'stands'; readonly revision: number; readonly place?: Place }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too large'; readonly limit: number };

/** A chunk of the log on the disk: a scavenge closes the last one. */
const CHUNK_BYTES = 268_435_456n;
const NO_BYTES = Buffer.alloc(0);

/**
 * What the server keeps: one log over all streams. Each event, also of one append, has a position of its own, at which commit and prepare are
 * equal. An `appended` event is emitted after each append that wrote something.
 */
export class Log extends EventEmitter<{ appended: [] }> {
  readonly records = new Records();
  /** How many bytes of data one append may hold; names, types and metadata do not count. */
  limit = 1024 * 1024;
  clock = Date.now;
  private streams = new Map<string, Stream<Logged>>();
  /** Whether it ever held events that the other nodes did not have. */
  heldMore = false;
  private readonly held: Parameters<Log['append']>[] = [];

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /** Every event that is kept, in the order of the log. */
  get events(): readonly Logged[] {
    return this.records.events();
  }

  /** What is kept of a stream, hidden or not; undefined if it never was. */
  stream(name: string): readonly Logged[] | undefined {
    return this.streams.get(name)?.records;
  }

  /** What a read of the stream gives. */
  read(name: string): readonly Logged[] | 'not found' | 'deleted' {
    const stream = this.streams.get(name);
    if (stream?.tombstoned === true) return 'deleted';
    if (stream === undefined || stream.last < 0 || stream.softDeleted) return 'not found';
    return stream.records.filter((record) => stream.shows(record, this.clock()));
  }

  /** `expected` is a revision, -1 for no stream, or undefined for any. */
  append(name: string, expected: number | undefined, proposed: readonly Proposed[]): Written {
    const bytes = proposed.reduce((sum, event) => sum + event.data.length, 0);
    if (bytes > this.limit) return { kind: 'too large', limit: this.limit };
    const stream = this.streams.get(name) ?? new Stream<Logged>();
    if (stream.tombstoned) return { kind: 'deleted' };
    const current = stream.last;
    if (expected !== undefined && expected !== current) {
      const again = expected < current ? this.again(stream, expected, proposed) : undefined;
      if (again !== undefined) return again;
      // A stream that was deleted softly begins anew for the client, and its revisions go on.
      if (expected !== -1 || !stream.softDeleted) return { kind: 'conflict', current };
    }
    if (stream.softDeleted) this.setMetadata(name, { $tb: current + 1 });
    this.streams.set(name, stream);
    const written = proposed.map((event) => this.write(name, stream, BigInt((stream.last += 1)), event));
    this.emit('appended');
    const last = written.at(-1);
    return { kind: 'stands', revision: stream.last, ...(last && { place: { commit: last.commit, prepare: last.prepare } }) };
  }

  /** Keeps what the other nodes have not taken. */
  hold(...append: Parameters<Log['append']>): void {
    this.heldMore = true;
    this.held.push(append);
  }

  /** A node that is started anew shows all that it holds, until it learns what the others have. */
  showHeld(): void {
    for (const append of this.held.splice(0)) this.append(...append);
  }

  setMetadata(name: string, metadata: object): void {
    const data = Buffer.from(JSON.stringify(metadata).replace(String(Number(LAST_REVISION)), String(LAST_REVISION)));
    this.append(metadataStreamOf(name), undefined, [
      { id: crypto.randomUUID(), type: '$metadata', contentType: 'application/json', data, metadata: NO_BYTES },
    ]);
  }

  /** What `DeleteStream` does: the events stay in `$all` until a scavenge, and the revisions go on. */
  softDelete(name: string): void {
    this.setMetadata(name, { $tb: Number(LAST_REVISION) });
  }

  /** What `TombstoneStream` does, also to a stream that never was: nothing can ever be written to it again. */
  tombstone(name: string): void {
    const stream = this.streams.get(name) ?? new Stream<Logged>();
    this.streams.set(name, stream);
    stream.tombstoned = true;
    const id = crypto.randomUUID();
    const contentType = 'application/octet-stream';
    this.write(name, stream, LAST_REVISION, { id, type: '$streamDeleted', contentType, data: NO_BYTES, metadata: NO_BYTES });
    this.emit('appended');
  }

  /** Another application's events, by the million: they cost a scan, and no memory here. */
  fill(stream: string, count: number): void {
    this.records.fill(stream, count, 200n);
    this.emit('appended');
  }

  /** Removes what no read of a stream gives any more, but for the last event of each, which always stays. Positions jump to the next chunk. */
  scavenge(): void {
    const now = this.clock();
    this.records.keep((record) => {
      const stream = this.streams.get(record.stream) as Stream<Logged>;
      const isLast = record === stream.records.at(-1);
      if (isLast) return true;
      return record.stream.startsWith('$$') ? false : stream.shows(record, now);
    });
    for (const stream of this.streams.values()) {
      const kept = stream.records.filter((record) => this.records.has(record));
      stream.records.splice(0, stream.records.length, ...kept);
    }
    this.records.skipTo(((this.records.end + CHUNK_BYTES - 1n) / CHUNK_BYTES) * CHUNK_BYTES);
  }

  /** Forgets all that came after the first `count` events, as a server restored from an older copy has. */
  rewind(count: number): void {
    const kept = this.events.slice(0, count);
    this.records.rewind(kept.at(-1));
    this.streams = new Map();
    for (const event of kept) this.note(event, this.opened(event));
  }

  /** What it holds at the moment, as a log of its own: that of a node that the others go on without. */
  fork(): Log {
    const fork = new Log();
    fork.records.copy(this.records);
    for (const event of this.events) fork.note(event, fork.opened(event));
    return fork;
  }

  private opened(event: Logged): Stream<Logged> {
    const stream = this.streams.get(event.stream) ?? new Stream<Logged>();
    this.streams.set(event.stream, stream);
    stream.last = Number(event.revision);
    return stream;
  }

  private write(name: string, stream: Stream<Logged>, revision: bigint, event: Proposed): Logged {
    const logged = this.records.add({ ...event, stream: name, revision, created: this.clock() });
    this.note(logged, stream);
    return logged;
  }

  private note(event: Logged, stream: Stream<Logged>): void {
    stream.records.push(event);
    stream.tombstoned ||= event.revision === LAST_REVISION;
    if (!event.stream.startsWith('$$')) return;
    const of = event.stream.slice(2);
    const described = this.streams.get(of) ?? new Stream<Logged>();
    this.streams.set(of, described);
    described.metadata = parseMetadata(event.data);
  }

  /**
   * The idempotency of the real server: it looks at ids alone, position by position, also of events that are hidden. So a beginning of what
   * stands is acknowledged too, and so are other bytes under the same ids; a batch of which only the beginning stands is a conflict.
   */
  private again(stream: Stream<Logged>, expected: number, proposed: readonly Proposed[]): Written | undefined {
    const standing = proposed.map((_, index) => stream.records.find(({ revision }) => revision === BigInt(expected + 1 + index)));
    if (proposed.some(({ id }, index) => id !== standing[index]?.id)) return undefined;
    const last = standing.at(-1) as Logged;
    const place = stream.shows(last, this.clock()) ? { commit: last.commit, prepare: last.prepare } : undefined;
    return { kind: 'stands', revision: Number(last.revision), place };
  }
}
