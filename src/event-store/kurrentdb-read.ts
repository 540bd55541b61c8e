import type {
  AllStreamResolvedEvent,
  Filter,
  KurrentDBClient,
  ReadPosition,
  RecordedEvent,
  ResolvedEvent,
} from '@kurrent/kurrentdb-client';
import type { Envelope } from '../domain/event';
import type { Position, Recorded } from './event-store';
import type { KurrentConnection, Lease } from './kurrentdb-connection';
import { envelopeOf, PREFIX, recordedOf, streamOf } from './kurrentdb-event';
import { readFailure, TimedOut } from './kurrentdb-failure';
import { assertReached, compare, isSame, placeOf, replaced, type EventPlace } from './kurrentdb-position';

/** What is read of a stream before anything is given out: nearly always all of it, in one round trip. */
const FIRST = 256;

/** The filter that the server applies to `$all`. */
export const OURS: Filter = { filterOn: 'streamName', prefixes: [PREFIX], checkpointInterval: 32 };

/**
 * Reads that see every append which was acknowledged before them: the leader answers them. The client keeps no deadline on a read, so each
 * has a time-out of its own, from one event to the next.
 */
export class KurrentReads {
  constructor(
    private readonly connection: KurrentConnection,
    private readonly timeout: number,
  ) {}

  /** The stream from a revision on, up to its end as it was at some moment before the first event is given out. */
  async *stream(projectId: string, from: number, limit: number): AsyncIterable<Envelope> {
    if (limit <= 0) return;
    const first: Envelope[] = [];
    for await (const event of this.forwards(projectId, from, Math.min(limit, FIRST))) first.push(envelopeOf(event));
    const whole = first.length < FIRST || limit <= FIRST;
    const end = whole ? undefined : Math.min((await this.lastRevision(projectId)) ?? -1, from + limit - 1);
    yield* first;
    const next = from + FIRST;
    if (end === undefined || end < next) return;
    for await (const event of this.forwards(projectId, next, end - next + 1)) yield envelopeOf(event);
  }

  /** The ids of the events of a stream that are at these revisions. */
  async ids(projectId: string, from: number, count: number): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of this.forwards(projectId, from, count)) ids.push(id);
    return ids;
  }

  /** What the first event of a stream of any name says; undefined if the stream is not there. */
  async firstData(stream: string): Promise<unknown> {
    const first = this.events((client) => client.readStream(stream, { maxCount: 1, requiresLeader: true }));
    for await (const { data } of first) return data;
    return undefined;
  }

  /** Where the last event of all is; undefined if there is none. */
  async end(): Promise<EventPlace | undefined> {
    const last = this.events((client) => this.all(client, { fromPosition: 'end', direction: 'backwards', maxCount: 1 }));
    for await (const event of last) return recordedOf(event).place;
    return undefined;
  }

  /** Throws `AheadOfStore` unless the event of that position is there. */
  async assertThere(after: EventPlace): Promise<void> {
    assertReached(after, await this.end());
    const found = await this.at(after).catch(async (error: Error) => {
      // Inside a record the server fails without a word. One that answers all but this, twice, holds another log.
      await this.end();
      const again = await this.at(after).catch(() => undefined);
      if (again === undefined && !(error.cause instanceof this.connection.library.UnavailableError)) throw error;
      return again;
    });
    if (found === undefined || !isSame(found, after)) throw replaced(after);
  }

  private async at(place: EventPlace): Promise<EventPlace | undefined> {
    for await (const event of this.events((client) => this.all(client, { fromPosition: placed(place), maxCount: 1 })))
      return recordedOf(event).place;
    return undefined;
  }

  /** All events after a position, up to the last one that was there at the beginning. */
  async *after(position: Position | undefined): AsyncIterable<Recorded> {
    const after = position === undefined ? undefined : placeOf(position);
    const end = await this.end();
    if (after !== undefined) assertReached(after, end);
    if (end === undefined || (after !== undefined && isSame(after, end))) return;
    if (after !== undefined) await this.assertThere(after);
    for await (const event of this.events((client) => this.all(client, { fromPosition: placed(after) }))) {
      const { place, ...recorded } = recordedOf(event);
      // The server begins at the position, not after it.
      if (after !== undefined && compare(place, after) <= 0) continue;
      if (compare(place, end) > 0) return;
      yield recorded;
    }
  }

  private forwards(projectId: string, from: number, maxCount: number): AsyncIterable<RecordedEvent> {
    const fromRevision = BigInt(from);
    return this.events((client) => client.readStream(streamOf(projectId), { fromRevision, maxCount, requiresLeader: true }));
  }

  private async lastRevision(projectId: string): Promise<number | undefined> {
    const options = { direction: 'backwards', fromRevision: 'end', maxCount: 1, requiresLeader: true } as const;
    for await (const { revision } of this.events((client) => client.readStream(streamOf(projectId), options))) return Number(revision);
    return undefined;
  }

  private all(client: KurrentDBClient, options: { fromPosition: ReadPosition; direction?: 'backwards'; maxCount?: number }) {
    return client.readAll({ ...options, filter: OURS, requiresLeader: true });
  }

  /** A stream that is not there has no events. A read whose client turns out to be of no use is begun again, once, by another. */
  private async *events(
    open: (client: KurrentDBClient) => AsyncIterable<ResolvedEvent | AllStreamResolvedEvent>,
  ): AsyncIterable<RecordedEvent> {
    const { library } = this.connection;
    let again = true;
    for (;;) {
      const lease: Lease = this.connection.lease();
      try {
        for await (const { event } of timed(open(lease.client), this.timeout)) {
          again = false;
          if (event !== undefined) yield event;
        }
        return;
      } catch (error) {
        if (error instanceof library.StreamNotFoundError) return;
        const late = error instanceof TimedOut;
        const replaced = (late || error instanceof library.UnavailableError) && this.connection.giveUp(lease);
        if (lease.lost.aborted && lease.lost.reason instanceof Error && !replaced) throw lease.lost.reason;
        if (!replaced || late || !again) throw readFailure(error, library);
        again = false;
      }
    }
  }
}

const placed = (place: EventPlace | undefined): ReadPosition => (place ? { commit: place.commit, prepare: place.prepare } : 'start');

/**
 * The items, and `TimedOut` if the source keeps one back for too long. One timer watches over all of them, since there may be a million.
 * A source that hangs is left behind: to ask it to return would be to wait for it.
 */
async function* timed<Item>(source: AsyncIterable<Item>, timeout: number): AsyncIterable<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let asked = Number.POSITIVE_INFINITY;
  let refuse = (_: Error): void => {};
  const watch = setInterval(() => {
    if (performance.now() - asked >= timeout) refuse(new TimedOut(timeout));
  }, timeout / 10).unref();
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
