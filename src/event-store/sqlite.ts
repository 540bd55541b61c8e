import type Database from 'libsql';
import { join } from 'node:path';
import type { Envelope } from '../domain/event';
import { openThread, type Channel } from '../threads/thread';
import {
  StoreUnavailable,
  type Chunk,
  type DamagedRecord,
  type EventStore,
  type Position,
  type Recorded,
  type RecordedLink,
  type StreamHead,
  APPEND_LIMIT,
  prepare,
} from './event-store';
import { Notifier, PollingNotifier } from './notifier';
import { anchoredPosition, countOf } from './position';
import type { DatabaseLocation } from './sqlite-calls';
import { ledgerFile, makeDirectory, openForReading, openForWriting, readLedgerId, unavailable, lockForWriting } from './sqlite-file';
import { irregularitiesOf } from './sqlite-format';
import { SqliteReads } from './sqlite-reads';
import { SqliteWriter } from './sqlite-writer';
import { subscription } from './subscription';

/** How often a subscription of a read-only store looks for what the writing process has appended. */
export const POLL_MS = 100;

export interface SqliteOptions {
  /** Opens a ledger that is there without locking it: any number of processes may, beside the one that writes. */
  readonly readOnly?: boolean;
  /** Opens it read-only, and holds each row as a whole against the event in it: `RewrittenText` where they differ. */
  readonly audited?: boolean;
  readonly appendLimitBytes?: number;
  /** What starts a thread: tests have it in their own, where they can see and disturb what it does. */
  readonly thread?: (place: DatabaseLocation) => Channel;
}

/**
 * The ledger as one SQLite file, `ledger.db`, in a directory of its own: an append that has resolved survives kill -9 and power loss.
 *
 * One process writes, and a second one is refused when it opens. It writes in a thread of its own, since a commit waits for the disk; long reads
 * have another. What is short is read at once, by a connection of this thread.
 */
export class SqliteEventStore implements EventStore {
  readonly appendLimitBytes: number;
  private readonly file: string;
  private readonly notifier: Notifier;
  private readonly unlock: () => void;
  private readonly reads: SqliteReads;
  private readonly writer: SqliteWriter | undefined;
  private readonly db: Database.Database;
  private closing: Promise<void> | undefined;

  constructor(directory: string, options: SqliteOptions = {}) {
    const { audited = false, readOnly = audited, appendLimitBytes = APPEND_LIMIT, thread = sqliteThread } = options;
    this.appendLimitBytes = appendLimitBytes;
    this.file = ledgerFile(directory);
    if (readOnly) {
      this.notifier = new PollingNotifier(POLL_MS);
      this.unlock = () => {};
      this.db = openForReading(this.file);
    } else {
      this.notifier = new Notifier();
      makeDirectory(directory);
      this.unlock = lockForWriting(directory);
      try {
        this.db = openForWriting(this.file);
      } catch (error) {
        this.unlock();
        throw error;
      }
      this.writer = new SqliteWriter(this.file, () => thread({ file: this.file, access: 'write' }));
    }
    this.reads = new SqliteReads(
      this.db,
      this.file,
      () => thread({ file: this.file, access: 'read', audited }),
      () => closed(this.file),
      audited,
    );
  }

  async ledgerId(): Promise<string> {
    return this.reads.now(() => readLedgerId(this.db, this.file));
  }

  async irregularities(): Promise<readonly string[]> {
    return this.reads.now(() => irregularitiesOf(this.db));
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    if (this.closing !== undefined) throw closed(this.file);
    if (this.writer === undefined) throw new StoreUnavailable(`${this.file} was opened read-only: append where the ledger is written`);
    await this.writer.append(prepare(projectId, expectedRevision, events, this.appendLimitBytes));
    this.notifier.notify();
  }

  read(projectId: string, from = 0, limit = Infinity): AsyncIterable<Envelope> {
    return this.reads.stream(projectId, Math.max(from, 0), limit);
  }

  async *readAll(after?: Position, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<Recorded> {
    yield* this.reads.after(...this.rangeAfter(after), onDamaged);
  }

  readLinks(after?: Position, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<readonly (Recorded | RecordedLink)[]> {
    return this.reads.linksAfter(...this.rangeAfter(after), onDamaged);
  }

  /** From behind which position to which one a reading goes that begins now. */
  private rangeAfter(after: Position | undefined): [from: number, last: number] {
    const last = this.reads.now((events) => events.lastPosition());
    return [this.reads.now((events) => countOf(after, last, (count) => events.idAt(count))), last];
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = this.reads.now((events) => countOf(after, events.lastPosition(), (count) => events.idAt(count)));
    const read = (position: Position | undefined, isLive: boolean) => {
      const count = position === after ? start : Number(position);
      // History is read from the disk, so that what is wrong with it there is found.
      return (isLive ? this.writer?.appended.after(count) : undefined) ?? this.reads.chunk(count);
    };
    return subscription(read, this.notifier, after, signal);
  }

  heads(): AsyncIterable<StreamHead> {
    return this.reads.heads();
  }

  async anchored(position: Position): Promise<Position> {
    return this.reads.now((events) => anchoredPosition(position, (count) => events.idAt(count)));
  }

  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    await this.writer?.close();
    this.notifier.close(closed(this.file));
    await this.reads.close();
    try {
      // So that the one file is the whole ledger, to be copied as it is, if no reader holds on to the log.
      if (this.writer !== undefined) this.db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw unavailable(this.file, error);
    } finally {
      this.db.close();
      this.unlock();
    }
  }
}

function sqliteThread(place: DatabaseLocation): Channel {
  return openThread(join(__dirname, 'sqlite-thread'), place, `sqlite-${place.access}`);
}

function closed(file: string): StoreUnavailable {
  return new StoreUnavailable(`${file}: the event store has been closed`);
}
