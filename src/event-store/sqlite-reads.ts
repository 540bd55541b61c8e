import type Database from 'libsql';
import { pauseIfLong } from '../concurrency/in-slices';
import type { Envelope } from '../domain/event';
import { isSqlite } from '../sqlite/failure';
import { Thread, ThreadLost, type Channel } from '../threads/thread';
import { StoreUnavailable, type Chunk, type DamagedRecord, type Recorded, type RecordedLink, type StreamHead } from './event-store';
import { positionOf } from './position';
import type { SqliteCalls } from './sqlite-calls';
import { CHUNK_EVENTS, eventIn, foundIn, SqliteEvents, type StoredRow } from './sqlite-events';
import { recordedLinks, SqliteLinks } from './sqlite-links';
import { unavailable } from './sqlite-file';

/** Reads the table of events: what fits into one chunk at once, in this thread; what is longer in a thread of its own, which starts when it is first needed. */
export class SqliteReads {
  /** Undefined once closed: as long as a statement can be reached, SQLite keeps the file open. */
  private events: SqliteEvents | undefined;
  private readonly thread: Thread<SqliteCalls>;
  private readonly links: SqliteLinks;

  constructor(
    db: Database.Database,
    private readonly file: string,
    channel: () => Channel,
    private readonly closedError: () => Error,
    audited = false,
  ) {
    this.events = new SqliteEvents(db, audited);
    this.thread = new Thread(channel);
    this.links = new SqliteLinks(channel);
  }

  /** Asks in this thread, which waits for the answer. */
  now<Answer>(question: (events: SqliteEvents) => Answer): Answer {
    if (this.events === undefined) throw this.closedError();
    try {
      return question(this.events);
    } catch (error) {
      throw isSqlite(error) ? unavailable(this.file, error) : error;
    }
  }

  async *stream(projectId: string, start: number, limit: number): AsyncIterable<Envelope> {
    const last = Math.min(
      this.now((events) => events.revisionOf(projectId)),
      start + limit - 1,
    );
    const first = (from: number) => this.now((events) => events.stream(projectId, from, last, CHUNK_EVENTS));
    const rest = (from: number) => this.later((thread) => thread.call('stream', { projectId, from, last }));
    for await (const row of pages(start, first, rest, ([, , revision]) => (revision < last ? revision + 1 : undefined))) {
      const pause = pauseIfLong();
      if (pause !== undefined) await pause;
      yield eventIn(row);
    }
  }

  async *after(position: number, last: number, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<Recorded> {
    const first = (after: number) => this.now((events) => events.recorded(after, last, CHUNK_EVENTS));
    const rest = (after: number) => this.later((thread) => thread.call('recorded', { after, last }));
    for await (const row of pages(position, first, rest, ([at]) => (at < last ? at : undefined))) {
      const recorded = recordedIn(row, onDamaged);
      if (recorded !== undefined) yield recorded;
    }
  }

  /** The same in chunks, where contents are not needed: many events are checked against their hashes by several threads, and only their links are given. */
  async *linksAfter(
    position: number,
    last: number,
    onDamaged?: (damaged: DamagedRecord) => void,
  ): AsyncIterable<readonly (Recorded | RecordedLink)[]> {
    if (last - position <= CHUNK_EVENTS) {
      for await (const recorded of this.after(position, last, onDamaged)) yield [recorded];
      return;
    }
    const chunks = this.links.after(position, last);
    for (;;) {
      const { done, value } = await this.later(() => chunks.next());
      if (done === true) return;
      yield recordedLinks(value);
      const recorded = value.rows.flatMap((row) => recordedIn(row, onDamaged) ?? []);
      if (recorded.length > 0) yield recorded;
    }
  }

  async *heads(): AsyncIterable<StreamHead> {
    const first = (project: string) => this.now((events) => events.heads(project, CHUNK_EVENTS));
    const rest = (project: string) => this.later((thread) => thread.call('heads', { project }));
    // A chunk with fewer rows than were asked for is the last.
    const next = ([, project]: StoredRow, count: number) => (count < CHUNK_EVENTS ? undefined : project);
    for await (const row of pages('', first, rest, next)) {
      const head = this.headAt(row);
      if (head !== undefined) yield head;
    }
  }

  /** The last event at a row or before it that can be read; undefined: there is none. */
  private headAt(last: StoredRow): StreamHead | undefined {
    const [, projectId] = last;
    let row: StoredRow | undefined = last;
    while (row !== undefined) {
      const { event } = foundIn(row);
      if (event !== undefined) return { projectId, revision: event.revision, hash: event.hash };
      row = this.rowBefore(row);
    }
    return undefined;
  }

  private rowBefore([, projectId, revision]: StoredRow): StoredRow | undefined {
    return this.now((events) => events.before(projectId, revision));
  }

  /** The next chunk after a position, at once if it is the last one and short. */
  chunk(after: number): Chunk | Promise<Chunk> {
    const last = this.now((events) => events.lastPosition());
    const chunkOf = (rows: readonly StoredRow[]): Chunk => {
      const end = rows.at(-1)?.[0];
      const found = rows.map((row) => ({ position: positionOf(row[0]), ...foundIn(row) }));
      const events = found.flatMap(({ position, event }) => (event === undefined ? [] : [{ position, event }]));
      const damaged = found.flatMap(({ damage }) => (damage === undefined ? [] : [damage]));
      const further = damaged.length > 0 && end !== undefined;
      const left = last - (end ?? last);
      return { events, caughtUp: left === 0, left, ...(further && { damaged, position: positionOf(end) }) };
    };
    if (last - after <= CHUNK_EVENTS) return chunkOf(this.now((events) => events.recorded(after, last, CHUNK_EVENTS)));
    return this.later((thread) => thread.call('recorded', { after, last })).then(chunkOf);
  }

  async close(): Promise<void> {
    this.events = undefined;
    await this.links.close();
    if (!this.thread.isStarted) return;
    await this.thread.call('close', undefined);
    await this.thread.end();
  }

  private async later<Answer>(ask: (thread: Thread<SqliteCalls>) => Promise<Answer>): Promise<Answer> {
    if (this.events === undefined) throw this.closedError();
    try {
      return await ask(this.thread);
    } catch (error) {
      if (error instanceof ThreadLost || isSqlite(error)) throw unavailable(this.file, error);
      throw new StoreUnavailable((error as Error).message, { cause: error });
    }
  }
}

/** The rows of one page after another: the first read at once, those behind it in the other thread. `next` says from where to read on, if anything can be left. */
async function* pages<Place>(
  start: Place,
  first: (from: Place) => readonly StoredRow[],
  rest: (from: Place) => Promise<readonly StoredRow[]>,
  next: (last: StoredRow, count: number) => Place | undefined,
): AsyncGenerator<StoredRow> {
  let rows = first(start);
  for (;;) {
    const end = rows.at(-1);
    // Nothing is left, or it was deleted behind the ledger's back: then nothing is found.
    if (end === undefined) return;
    yield* rows;
    const from = next(end, rows.length);
    if (from === undefined) return;
    rows = await rest(from);
  }
}

/** The event of a row; undefined: it is damaged, which `onDamaged` is given, or else is thrown. */
function recordedIn(row: StoredRow, onDamaged: ((damaged: DamagedRecord) => void) | undefined): Recorded | undefined {
  const { event, damage } = foundIn(row);
  if (event !== undefined) return { position: positionOf(row[0]), event };
  if (onDamaged === undefined) throw damage;
  onDamaged(damage);
  return undefined;
}
