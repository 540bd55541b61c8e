import { randomInt } from 'node:crypto';
import type { Logged } from './log';

/** Events of one stream that are there for the sake of their number alone. */
interface Run {
  readonly stream: string;
  readonly position: bigint;
  readonly count: number;
  readonly bytesEach: bigint;
  /** Of those of one run, and of no other. */
  readonly salt: bigint;
}

type Entry = { readonly event: Logged; readonly end: bigint } | { readonly run: Run; readonly end: bigint };

const FILLED = 'Filled';

function eventAt({ stream, position, bytesEach, salt }: Run, commit: bigint): Logged {
  const mark = BigInt.asUintN(32, commit * 2_654_435_761n + salt)
    .toString(16)
    .padStart(8, '0');
  const revision = (commit - position) / bytesEach;
  const id = `${mark}-0000-4000-8000-${revision.toString(16).padStart(12, '0')}`;
  const data = Buffer.from('{}');
  return {
    id,
    type: FILLED,
    contentType: 'application/json',
    data,
    metadata: Buffer.alloc(0),
    stream,
    revision,
    created: 0,
    commit,
    prepare: commit,
  };
}

/** A position that is not where a record begins. */
export class InsideRecord extends Error {}

/** Some of the log: what matched, and from where to go on. */
export interface Page {
  readonly events: readonly Logged[];
  /** How many events were looked at. */
  readonly considered: number;
  readonly next: bigint;
  readonly atEnd: boolean;
}

/** Where the first record of a new server is: what is before it belongs to the server. */
const FIRST = 1_000n;
/** What a record takes besides its data. */
const OVERHEAD_BYTES = 100n;

/** The records of the log by position. A position of a record that was scavenged is that of the next one. */
export class Records {
  end = FIRST;
  private entries: Entry[] = [];
  private kept: Set<Logged> | undefined;
  private listed: readonly Logged[] | undefined;

  events(): readonly Logged[] {
    this.listed ??= this.entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
    return this.listed;
  }

  /** Takes over all that another holds at the moment. */
  copy(other: Records): void {
    this.entries = [...other.entries];
    this.end = other.end;
    this.changed();
  }

  has(event: Logged): boolean {
    this.kept ??= new Set(this.events());
    return this.kept.has(event);
  }

  add(event: Omit<Logged, 'commit' | 'prepare'>): Logged {
    const logged: Logged = { ...event, commit: this.end, prepare: this.end };
    this.end += OVERHEAD_BYTES + BigInt(event.data.length);
    this.push({ event: logged, end: this.end });
    return logged;
  }

  fill(stream: string, count: number, bytesEach: bigint): void {
    const run: Run = { stream, position: this.end, count, bytesEach, salt: BigInt(randomInt(2 ** 32)) };
    this.end += bytesEach * BigInt(count);
    this.push({ run, end: this.end });
  }

  keep(wanted: (event: Logged) => boolean): void {
    this.entries = this.entries.filter((entry) => !('event' in entry) || wanted(entry.event));
    this.changed();
  }

  skipTo(position: bigint): void {
    this.end = position;
  }

  /** Forgets all after the event; all there is, without one. */
  rewind(last: Logged | undefined): void {
    const at = last === undefined ? -1 : this.entries.findIndex((entry) => 'event' in entry && entry.event === last);
    this.entries = this.entries.slice(0, at + 1);
    this.end = this.entries.at(-1)?.end ?? FIRST;
    this.changed();
  }

  /** From a position on, inclusive: at most `maxEvents` that match, of at most `window` that are looked at. */
  page(from: bigint, matches: (stream: string, type: string) => boolean, maxEvents: number, window: number): Page {
    const events: Logged[] = [];
    let considered = 0;
    let next = from;
    for (let at = this.indexOf(from); at < this.entries.length; at += 1) {
      const entry = this.entries[at] as Entry;
      if (events.length >= maxEvents || considered >= window) return { events, considered, next, atEnd: false };
      if ('event' in entry) {
        considered += 1;
        if (matches(entry.event.stream, entry.event.type)) events.push(entry.event);
        next = entry.end;
        continue;
      }
      const start = next > entry.run.position ? next : entry.run.position;
      const left = Number((entry.end - start) / entry.run.bytesEach);
      const isWanted = matches(entry.run.stream, FILLED);
      const taken = Math.min(left, window - considered, isWanted ? maxEvents - events.length : left);
      for (let nth = 0; isWanted && nth < taken; nth += 1) events.push(eventAt(entry.run, start + entry.run.bytesEach * BigInt(nth)));
      considered += taken;
      next = start + entry.run.bytesEach * BigInt(taken);
      if (taken < left) return { events, considered, next, atEnd: false };
    }
    return { events, considered, next: next > this.end ? next : this.end, atEnd: true };
  }

  /** Before a position, or from the end on, backwards: at most so many that match. */
  before(position: bigint | undefined, matches: (stream: string, type: string) => boolean, maxEvents: number): readonly Logged[] {
    const events: Logged[] = [];
    const end = position ?? this.end;
    for (let at = this.entries.length - 1; at >= 0 && events.length < maxEvents; at -= 1) {
      const entry = this.entries[at] as Entry;
      if ('event' in entry) {
        if (entry.event.commit < end && matches(entry.event.stream, entry.event.type)) events.push(entry.event);
        continue;
      }
      const { run } = entry;
      if (run.position >= end || !matches(run.stream, FILLED)) continue;
      const last = end > entry.end ? BigInt(run.count) - 1n : (end - 1n - run.position) / run.bytesEach;
      for (let nth = last; nth >= 0n && events.length < maxEvents; nth -= 1n) events.push(eventAt(run, run.position + nth * run.bytesEach));
    }
    return events;
  }

  /** Where the record after the one at, or after, this position begins. */
  after(position: bigint): bigint {
    const entry = this.entries[this.indexOf(position)];
    if (entry === undefined) return position;
    if ('event' in entry) return entry.end;
    const start = position > entry.run.position ? position : entry.run.position;
    return start + entry.run.bytesEach;
  }

  private push(entry: Entry): void {
    this.entries.push(entry);
    this.changed();
  }

  private changed(): void {
    this.listed = undefined;
    this.kept = undefined;
  }

  /** The first entry that ends after the position. */
  private indexOf(position: bigint): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle] as Entry).end > position) high = middle;
      else low = middle + 1;
    }
    const entry = this.entries[low];
    if (entry === undefined) return low;
    const inside = 'event' in entry ? position > entry.event.commit : (position - entry.run.position) % entry.run.bytesEach !== 0n;
    const begins = 'event' in entry ? entry.event.commit : entry.run.position;
    if (position > begins && inside) throw new InsideRecord(`${position} is inside a record`);
    return low;
  }
}
