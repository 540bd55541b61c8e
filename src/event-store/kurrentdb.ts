import type { Envelope } from '../domain/event';
import {
  AppendTooLarge,
  StoreUnavailable,
  type Chunk,
  type DamagedRecord,
  type EventStore,
  type KnownStreams,
  type Position,
  type Recorded,
  type StreamHead,
  APPEND_LIMIT,
  prepare,
} from './event-store';
import { KurrentAppends } from './kurrentdb-append';
import { KurrentBases } from './kurrentdb-bases';
import { KurrentCluster } from './kurrentdb-cluster';
import { KurrentConnection, loadLibrary } from './kurrentdb-connection';
import { KurrentHeads } from './kurrentdb-heads';
import { KurrentLedgerId } from './kurrentdb-ledger-id';
import { positionOf, reachedAt } from './kurrentdb-position';
import { KurrentReads } from './kurrentdb-read';
import { KurrentStreams } from './kurrentdb-stream';
import { KurrentSubscription, scan, type FoundChunk, type SubscriptionSource } from './kurrentdb-subscription';

export interface KurrentOptions {
  /** How long the server may take for an append, and may say nothing while it reads. */
  readonly timeoutMs?: number;
  /** How often a subscription that brings nothing is compared with the leader. */
  readonly silenceMs?: number;
  readonly appendLimitBytes?: number;
  /** The server has cut off a subscription that was too slow for it; it has been made anew, and nothing is lost. */
  readonly onCut?: () => void;
}

const TIMEOUT_MS = 5_000;
const SILENCE_MS = 3_000;

/**
 * The ledger in a KurrentDB, one node or a cluster, that any number of instances write and read at the same time.
 *
 * Each project is a stream, `project-<id>`, and each event's data is the whole envelope. It opens also while the server is away: calls
 * fail until it is there, and then go on by themselves.
 */
export class KurrentEventStore implements EventStore {
  readonly isShared = true;
  private limitBytes: number;
  private readonly reads: KurrentReads;
  private readonly bases: KurrentBases;
  private readonly appends: KurrentAppends;
  private readonly streams: KurrentStreams;
  private readonly listing: KurrentHeads;
  private readonly source: SubscriptionSource;
  private readonly identity: KurrentLedgerId;
  private readonly cluster: KurrentCluster;

  private closing = false;

  private constructor(
    private readonly connection: KurrentConnection,
    url: string,
    { timeoutMs = TIMEOUT_MS, silenceMs = SILENCE_MS, appendLimitBytes = APPEND_LIMIT, onCut = () => {} }: KurrentOptions,
  ) {
    this.limitBytes = appendLimitBytes;
    const reads = new KurrentReads(connection, timeoutMs);
    this.reads = reads;
    this.bases = new KurrentBases(reads, () => connection.disturbedAtMs);
    this.appends = new KurrentAppends(connection, reads, this.bases, timeoutMs);
    this.listing = new KurrentHeads((after) => scan(this.source, after));
    const { listing } = this;
    const onRead: SubscriptionSource['onRead'] = (from, to, found) => listing.learn(from, to, found);
    this.source = { connection, reads, timeoutMs, silenceMs, onCut, onRead, onRetreat: (to) => listing.retreat(to) };
    this.streams = new KurrentStreams(reads, this.listing);
    this.identity = new KurrentLedgerId(connection, reads, timeoutMs);
    this.cluster = new KurrentCluster(connection.library, url);
  }

  /** `url` as `kurrentUrl` gives it. Throws if the client is not installed, or does not understand the address. */
  static async open(url: string, options: KurrentOptions = {}): Promise<KurrentEventStore> {
    return new KurrentEventStore(new KurrentConnection(await loadLibrary(), url), url, options);
  }

  ledgerId(): Promise<string> {
    return this.identity.get();
  }

  clockMs(): Promise<number | undefined> {
    return this.reads.lastCreatedMs();
  }

  get appendLimitBytes(): number {
    return this.limitBytes;
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    if (this.closing) throw new StoreUnavailable('the event store has been closed');
    try {
      await this.appends.append(prepare(projectId, expectedRevision, events, this.limitBytes));
    } catch (error) {
      // From here on what is too large for this server is refused before it is sent.
      if (error instanceof AppendTooLarge) this.limitBytes = Math.min(this.limitBytes, error.limitBytes);
      throw error;
    }
  }

  async *read(projectId: string, from = 0, limit = Infinity): AsyncIterable<Envelope> {
    let last: Envelope | undefined;
    for await (const event of this.streams.read(projectId, Math.max(from, 0), limit)) yield (last = event);
    if (last !== undefined) this.bases.note(projectId, last.hash);
  }

  confirmEnd(projectId: string, revision: number): Promise<boolean> {
    return this.cluster.confirmEnd(projectId, revision);
  }

  async *readAll(after?: Position, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<Recorded> {
    for await (const { found } of scan(this.source, after)) {
      for (const { place, event, damage } of found) {
        if (event !== undefined) yield { position: positionOf({ event: place }) as Position, event };
        if (damage === undefined) continue;
        if (onDamaged === undefined) throw damage;
        onDamaged(damage);
      }
    }
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    return { [Symbol.asyncIterator]: () => chunksOf(new KurrentSubscription(this.source, after, signal)) };
  }

  async *heads(): AsyncIterable<StreamHead> {
    yield* await this.listing.current();
  }

  async anchored(position: Position): Promise<Position> {
    const { event, checkpoint } = reachedAt(position);
    if (checkpoint === undefined) return position;
    // A checkpoint need not be a record, and so cannot be recognised.
    const record = await this.reads.before(checkpoint);
    const isFurther = record !== undefined && record.commit > (event?.commit ?? -1n);
    const anchor = isFurther ? { checkpoint: record.commit, checkpointMark: record.mark } : {};
    return positionOf({ ...(event && { event }), ...anchor }) ?? position;
  }

  recall(known: KnownStreams): void {
    this.listing.recall(known);
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.appends.settled();
    await this.cluster.close();
    await this.connection.close();
  }
}

/** What was found, as the port has it. Its `return` ends the subscription at once, also while it waits. */
function chunksOf(subscription: KurrentSubscription): AsyncIterator<Chunk> {
  return {
    next: async () => {
      const result = await subscription.next();
      return result.done === true ? { done: true, value: undefined } : { done: false, value: chunkOf(result.value) };
    },
    return: async () => {
      await subscription.return();
      return { done: true, value: undefined };
    },
  };
}

function chunkOf({ found, caughtUp, position, left }: FoundChunk): Chunk {
  const events = found.flatMap(({ place, event }) =>
    event === undefined ? [] : [{ position: positionOf({ event: place }) as Position, event }],
  );
  const damaged = found.flatMap(({ damage }) => (damage === undefined ? [] : [damage]));
  const further = position !== undefined && position !== events.at(-1)?.position;
  return { events, caughtUp, ...(damaged.length > 0 && { damaged }), ...(further && { position }), ...(left !== undefined && { left }) };
}
