import type Database from 'libsql';
import { setImmediate as turn } from 'node:timers/promises';
import type { Envelope } from '../domain/event';
import { APPEND_LIMIT, prepare } from './append';
import { StoreUnavailable } from './event-store';
import type { Chunk, EventStore, Position, Recorded, StreamHead } from './event-store';
import { GroupCommit } from './group-commit';
import { Notifier, PollingNotifier } from './notifier';
import { countOf } from './position';
import { SqliteEvents } from './sqlite-events';
import { isSqlite, unavailable } from './sqlite-failure';
import { ledgerFile, makeDirectory, openForReading, openForWriting, readLedgerId } from './sqlite-file';
import { lockForWriting } from './sqlite-lock';
import { subscription } from './subscription';

/** How often a subscription of a read-only store looks for what the writing process has appended. */
export const POLL_MS = 100;

export interface SqliteOptions {
  /** Opens a ledger that is there without locking it: any number of processes may, beside the one that writes. */
  readonly readOnly?: boolean;
  readonly appendLimit?: number;
}

/**
 * The ledger as one SQLite file, `ledger.db`, in a directory of its own: an append that has resolved survives kill -9 and power loss.
 *
 * One process writes, and a second one is refused when it opens. It is read at once, in the same thread, in chunks, with a turn of the
 * event loop between two of them.
 */
export class SqliteEventStore implements EventStore {
  readonly appendLimit: number;
  private readonly file: string;
  private readonly notifier: Notifier;
  private readonly unlock: () => void;
  /** These three are undefined once closed: as long as a statement can be reached, SQLite keeps the file open. */
  private db: Database.Database | undefined;
  private events: SqliteEvents | undefined;
  private writer: GroupCommit | undefined;

  constructor(directory: string, options: SqliteOptions = {}) {
    this.appendLimit = options.appendLimit ?? APPEND_LIMIT;
    this.file = ledgerFile(directory);
    if (options.readOnly === true) {
      this.notifier = new PollingNotifier(POLL_MS);
      this.unlock = () => {};
      this.db = openForReading(this.file);
      this.events = new SqliteEvents(this.db);
      return;
    }
    this.notifier = new Notifier();
    makeDirectory(directory);
    this.unlock = lockForWriting(directory);
    try {
      this.db = openForWriting(this.file);
    } catch (error) {
      this.unlock();
      throw error;
    }
    this.events = new SqliteEvents(this.db);
    this.writer = new GroupCommit(this.db, this.file, this.events, () => this.notifier.notify());
  }

  async ledgerId(): Promise<string> {
    return this.ask(() => readLedgerId(this.db as Database.Database, this.file));
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    if (this.events === undefined) throw closed(this.file);
    if (this.writer === undefined) throw new StoreUnavailable(`${this.file} was opened read-only: append where the ledger is written`);
    await this.writer.append(prepare(projectId, expectedRevision, events, this.appendLimit));
  }

  async *read(projectId: string, from = 0, limit = Infinity): AsyncIterable<Envelope> {
    const start = Math.max(from, 0);
    const last = Math.min(
      this.ask((events) => events.revisionOf(projectId)),
      start + limit - 1,
    );
    for (let next = start; next <= last;) {
      const chunk = this.ask((events) => events.stream(projectId, next, last));
      const end = chunk.at(-1);
      // Deleted by somebody: whoever asked for these finds nothing.
      if (end === undefined) return;
      yield* chunk;
      next = end.revision + 1;
      if (next <= last) await turn();
    }
  }

  async *readAll(after?: Position): AsyncIterable<Recorded> {
    const last = this.ask((events) => events.lastPosition());
    for (let next = countOf(after, last); next < last;) {
      const chunk = this.ask((events) => events.recorded(next, last));
      yield* chunk;
      next = Number((chunk.at(-1) as Recorded).position);
      if (next < last) await turn();
    }
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = this.ask((events) => countOf(after, events.lastPosition()));
    const read = (position: Position | undefined): Chunk =>
      this.ask((events) => {
        const last = events.lastPosition();
        const chunk = events.recorded(position === undefined ? start : Number(position), last);
        return { events: chunk, caughtUp: Number(chunk.at(-1)?.position ?? last) === last };
      });
    return subscription(read, this.notifier, after, signal);
  }

  async *heads(): AsyncIterable<StreamHead> {
    for (let project = ''; ;) {
      const head = this.ask((events) => events.headAfter(project));
      if (head === undefined) return;
      yield head;
      project = head.projectId;
    }
  }

  async close(): Promise<void> {
    const db = this.db;
    if (db === undefined) return;
    this.writer?.drain();
    this.notifier.close(closed(this.file));
    try {
      // So that the one file is the whole ledger, to be copied as it is, if no reader holds on to the log.
      if (this.writer !== undefined) db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw unavailable(this.file, error);
    } finally {
      this.db = undefined;
      this.events = undefined;
      this.writer = undefined;
      db.close();
      this.unlock();
    }
  }

  private ask<Answer>(question: (events: SqliteEvents) => Answer): Answer {
    if (this.events === undefined) throw closed(this.file);
    try {
      return question(this.events);
    } catch (error) {
      throw isSqlite(error) ? unavailable(this.file, error) : error;
    }
  }
}

function closed(file: string): StoreUnavailable {
  return new StoreUnavailable(`${file}: the event store has been closed`);
}
