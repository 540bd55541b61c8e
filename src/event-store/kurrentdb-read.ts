import type { Filter, KurrentDBClient, ReadPosition, RecordedEvent, ResolvedEvent } from '@kurrent/kurrentdb-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamDeleted } from './event-store';
import type { KurrentConnection } from './kurrentdb-connection';
import { PREFIX, placeOfRecord, streamOf } from './kurrentdb-event';
import { readFailure, TimedOut } from './kurrentdb-failure';
import { assertReached, isSame, replaced, type EventPosition, type LogPosition } from './kurrentdb-position';

/** How often a read is begun again at the leader that the node has named. */
const LEADER_ATTEMPTS = 3;
const LEADER_PAUSE_MS = 100;

/** The filter that the server applies to `$all`. */
export const OURS: Filter = { filterOn: 'streamName', prefixes: [PREFIX], maxSearchWindow: 4096, checkpointInterval: 1 };

type Open = (client: KurrentDBClient) => AsyncIterable<ResolvedEvent>;

/**
 * Reads of a stream, and of single places of `$all`, by the leader. The client keeps no deadline on a read, so each has a time-out of its own,
 * from one event to the next. What would make the server look at more than a few records is left to a subscription, which reports how far it is.
 */
export class KurrentReads {
  constructor(
    private readonly connection: KurrentConnection,
    private readonly timeoutMs: number,
  ) {}

  /** The ids of the events of a stream that are at these revisions. */
  async ids(projectId: string, from: number, count: number): Promise<Map<bigint, string>> {
    const ids = new Map<bigint, string>();
    for await (const { revision, id } of this.forwards(projectId, from, count)) ids.set(revision, id);
    return ids;
  }

  /** What the first event of a stream of any name says; undefined if the stream is not there. */
  async firstData(stream: string): Promise<unknown> {
    const first = this.records((client) => client.readStream(stream, { ...this.options(), maxCount: 1 }));
    for await (const { data } of first) return data;
    return undefined;
  }

  /** Where the leader's log ends, whose ever its last event is; undefined if it is empty. */
  async end(): Promise<EventPosition | undefined> {
    const options = { ...this.options(), fromPosition: 'end', direction: 'backwards', maxCount: 1 } as const;
    for await (const record of this.records((client) => client.readAll(options))) return placeOfRecord(record);
    return undefined;
  }

  /** When the leader took the last event of its log, by its own clock, in UTC milliseconds; undefined if the log is empty. */
  async lastCreatedMs(): Promise<number | undefined> {
    const options = { ...this.options(), fromPosition: 'end', direction: 'backwards', maxCount: 1 } as const;
    for await (const { created } of this.records((client) => client.readAll(options))) return created.getTime();
    return undefined;
  }

  /** Whether there is an event of the ledger after a place, and where the first is. Only for a place near the end: it scans. */
  async firstAfter(commit: bigint): Promise<LogPosition | undefined> {
    const fromPosition: ReadPosition = commit < 0n ? 'start' : { commit, prepare: commit };
    const options = { ...this.options(), fromPosition, filter: OURS, maxCount: 2 };
    for await (const record of this.records((client) => client.readAll(options))) {
      const place = placeOfRecord(record);
      if (place.commit > commit) return place;
    }
    return undefined;
  }

  /** Throws `AheadOfStore` unless the event of that position is there. `end`: of the log, as it was just now. */
  async assertThere(after: EventPosition, end: EventPosition | undefined): Promise<void> {
    assertReached(after, end);
    const found = await this.at(after).catch(async (error: Error) => {
      // Inside a record the server fails without a word. One that answers all but this, twice, holds another log.
      await this.end();
      const again = await this.at(after).catch(() => undefined);
      if (again === undefined && !(error.cause instanceof this.connection.library.UnavailableError)) throw error;
      return again;
    });
    if (found === undefined || !isSame(found, after)) throw replaced(after);
  }

  /** The last record before a place of the log, whose ever it is. */
  async before(commit: bigint): Promise<EventPosition | undefined> {
    const fromPosition: ReadPosition = { commit, prepare: commit };
    const options = { ...this.options(), fromPosition, direction: 'backwards', maxCount: 1 } as const;
    for await (const record of this.records((client) => client.readAll(options))) return placeOfRecord(record);
    return undefined;
  }

  /** Whether a record is still where it was, whose ever it is. Not, if the server cannot say. */
  async isThere(place: EventPosition): Promise<boolean> {
    const found = await this.at(place).catch((error: Error) => {
      if (error.cause instanceof this.connection.library.UnavailableError) return undefined;
      throw error;
    });
    return found !== undefined && isSame(found, place);
  }

  private async at({ commit, prepare }: LogPosition): Promise<EventPosition | undefined> {
    const fromPosition: ReadPosition = { commit, prepare };
    const options = { ...this.options(), fromPosition, maxCount: 1 };
    for await (const record of this.records((client) => client.readAll(options))) return placeOfRecord(record);
    return undefined;
  }

  /** The events of the project's stream, from a revision on. `missing` is called if there is no such stream. */
  forwards(projectId: string, from: number, maxCount: number, missing?: () => void): AsyncIterable<RecordedEvent> {
    const options = { ...this.options(), fromRevision: BigInt(from), maxCount };
    return this.records((client) => client.readStream(streamOf(projectId), options), projectId, missing);
  }

  async lastRevision(projectId: string): Promise<number | undefined> {
    const options = { ...this.options(), direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
    const last = this.records((client) => client.readStream(streamOf(projectId), options), projectId);
    for await (const { revision } of last) return Number(revision);
    return undefined;
  }

  private options() {
    return { requiresLeader: true, ...this.connection.credentials };
  }

  /** A stream that is not there has no events. A read that finds another leader, or a client of no use, is begun again as long as it has given nothing. */
  private async *records(open: Open, projectId?: string, missing?: () => void): AsyncIterable<RecordedEvent> {
    const { library } = this.connection;
    let begun = false;
    for (let attempt = 1; ; attempt += 1) {
      const lease = this.connection.lease();
      try {
        for await (const { event } of timedItems(open(lease.client), this.timeoutMs)) {
          begun = true;
          lease.works();
          if (event !== undefined) yield event;
        }
        lease.works();
        return;
      } catch (error) {
        if (error instanceof library.StreamNotFoundError) return missing?.();
        if (error instanceof library.StreamDeletedError && projectId !== undefined) throw new StreamDeleted(projectId);
        if (error instanceof library.NotLeaderError && !begun && attempt < LEADER_ATTEMPTS) {
          await sleep(LEADER_PAUSE_MS);
          continue;
        }
        if (error instanceof TimedOut) {
          // The caller has waited long enough.
          void this.connection.recover(lease);
          throw readFailure(error, library);
        }
        if (!(error instanceof library.UnavailableError)) throw readFailure(error, library);
        const replaced = await this.connection.recover(lease);
        if (!replaced || begun || attempt > 1) throw readFailure(error, library, this.connection.reason);
      }
    }
  }
}

/**
 * The items, and `TimedOut` if the source keeps one back for too long. One timer watches over all of them, since there may be a million.
 * A source that hangs is left behind: to ask it to return would be to wait for it.
 */
async function* timedItems<Item>(source: AsyncIterable<Item>, timeoutMs: number): AsyncIterable<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let asked = Number.POSITIVE_INFINITY;
  let refuse = (_: Error): void => {};
  const watch = setInterval(() => {
    if (performance.now() - asked >= timeoutMs) refuse(new TimedOut(timeoutMs));
  }, timeoutMs / 10).unref();
  try {
    for (;;) {
      asked = performance.now();
      const result = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) return;
      asked = Number.POSITIVE_INFINITY;
      yield result.value;
    }
  } finally {
    clearInterval(watch);
  }
}
