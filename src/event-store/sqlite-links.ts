import { availableParallelism } from 'node:os';
import { eventId, type Envelope } from '../domain/event';
import { linkOfText, type Link } from '../domain/link';
import { Thread, type Channel } from '../threads/thread';
import type { RecordedLink } from './event-store';
import { positionOf } from './position';
import type { SqliteCalls } from './sqlite-calls';
import { joinedColumns, type JoinedRow, type SqliteEvents, type StoredRow } from './sqlite-events';

/** How many positions a thread is given at a time. */
const WINDOW = 2_000;
/** More would wait for the disk, or for the thread that takes what they have read. */
const MOST_THREADS = 4;

/** Links as they cross threads: few lists are copied in a fraction of the time of many objects. The ids are made of the hashes. */
interface PackedLinks {
  readonly projectIds: readonly string[];
  /** Of each link `NUMBERS`: its position, its revision, and its time in UTC milliseconds. */
  readonly numbers: Float64Array;
  readonly hashes: readonly string[];
  /** null: the hash of the link before it. */
  readonly previousHashes: readonly (string | null)[];
}
const NUMBERS = 3;

/** What is at some positions, in their order: the links of events that are as they were written; then the whole row of one that is not. */
export interface LinkChunk {
  readonly links: PackedLinks;
  readonly rows: readonly StoredRow[];
  /** Up to which position: behind it nothing was read. */
  readonly end: number;
}

/** Reads in a thread what is in `after < position <= last`; ends early where something is to be sent whole. */
export function linksIn(events: SqliteEvents, after: number, last: number, chunkEvents: number): LinkChunk {
  const projectIds: string[] = [];
  const numbers: number[] = [];
  const hashes: string[] = [];
  const previousHashes: (string | null)[] = [];
  const links = (): PackedLinks => ({ projectIds, numbers: Float64Array.from(numbers), hashes, previousHashes });
  let end = after;
  while (end < last) {
    const chunk = events.joined(end, last, chunkEvents);
    if (chunk.length === 0) return { links: links(), rows: [], end: last };
    for (const row of chunk) {
      const link = linkIn(row);
      if (link === undefined) return { links: links(), rows: events.recorded(end, row[0], 1), end: row[0] };
      projectIds.push(link.projectId);
      numbers.push(row[0], link.revision, link.occurredAt);
      previousHashes.push(link.previousHash === hashes.at(-1) ? null : link.previousHash);
      hashes.push(link.hash);
      end = row[0];
    }
  }
  return { links: links(), rows: [], end };
}

/** The link of a row's event; undefined: not all of the row is as a ledger writes it. */
function linkIn([, body, joined]: JoinedRow): Link | undefined {
  if (joined === null) return undefined;
  let event: Envelope;
  try {
    event = JSON.parse(body) as Envelope;
  } catch {
    // What it is instead is said by who is given the row.
    return undefined;
  }
  const link = linkOfText(event, body);
  return link !== undefined && joined === joinedColumns(event, body) ? link : undefined;
}

/** Reads links in several threads at once, and gives them in the order of their positions. */
export class SqliteLinks {
  private readonly threads: readonly Thread<SqliteCalls>[];

  constructor(channel: () => Channel) {
    this.threads = Array.from({ length: Math.min(availableParallelism(), MOST_THREADS) }, () => new Thread(channel));
  }

  /** What is in `after < position <= last`, chunk by chunk. Each thread has one window under way and one that waits, so that it never waits for this one. */
  async *after(position: number, last: number): AsyncGenerator<LinkChunk> {
    const windows: { readonly last: number; readonly thread: Thread<SqliteCalls>; readonly chunk: Promise<LinkChunk> }[] = [];
    let next = position;
    let turn = 0;
    const ask = (): void => {
      if (next >= last) return;
      const thread = this.threads[turn % this.threads.length]!;
      const end = Math.min(next + WINDOW, last);
      const chunk = thread.call('links', { after: next, last: end });
      // It is awaited in its turn, before which it may fail.
      chunk.catch(() => {});
      windows.push({ last: end, thread, chunk });
      next = end;
      turn += 1;
    };
    for (let count = 0; count < 2 * this.threads.length; count += 1) ask();
    for (let window = windows.shift(); window !== undefined; window = windows.shift()) {
      let chunk = await window.chunk;
      ask();
      yield chunk;
      while (chunk.end < window.last) {
        chunk = await window.thread.call('links', { after: chunk.end, last: window.last });
        yield chunk;
      }
    }
  }

  async close(): Promise<void> {
    for (const thread of this.threads.filter(({ isStarted }) => isStarted)) {
      await thread.call('close', undefined);
      await thread.end();
    }
  }
}

/** The links of a chunk, as they are given out of the store. */
export function recordedLinks({ links }: LinkChunk): RecordedLink[] {
  const { projectIds, numbers, hashes, previousHashes } = links;
  return projectIds.map((projectId, at) => {
    const number = (which: number): number => numbers[NUMBERS * at + which]!;
    const hash = hashes[at]!;
    const previousHash = previousHashes[at] ?? hashes[at - 1]!;
    const link = { projectId, revision: number(1), id: eventId(hash), hash, previousHash, occurredAt: number(2) };
    return { position: positionOf(number(0)), link };
  });
}
