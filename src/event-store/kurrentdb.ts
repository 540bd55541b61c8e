import type { Envelope } from '../domain/event';
import { APPEND_LIMIT, prepare } from './append';
import { StoreUnavailable, type Chunk, type EventStore, type Position, type Recorded, type StreamHead } from './event-store';
import { KurrentAppends } from './kurrentdb-append';
import { KurrentConnection, loadLibrary } from './kurrentdb-connection';
import { KurrentHeads } from './kurrentdb-heads';
import { KurrentLedgerId } from './kurrentdb-ledger-id';
import { KurrentReads } from './kurrentdb-read';
import { KurrentSubscription } from './kurrentdb-subscription';

export interface KurrentOptions {
  /** How long the server may take for an append, and for the next event of a read, in milliseconds. */
  readonly timeout?: number;
  readonly appendLimit?: number;
}

const TIMEOUT = 5_000;

/**
 * The ledger in a KurrentDB, one node or a cluster, that any number of instances write and read at the same time.
 *
 * Each project is a stream, `project-<id>`, and each event's data is the whole envelope. It opens also while the server is away: calls
 * fail until it is there, and then go on by themselves.
 */
export class KurrentEventStore implements EventStore {
  readonly appendLimit: number;
  private readonly reads: KurrentReads;
  private readonly appends: KurrentAppends;
  private readonly listing: KurrentHeads;
  private readonly identity: KurrentLedgerId;

  private closing = false;

  private constructor(
    private readonly connection: KurrentConnection,
    private readonly timeout: number,
    appendLimit: number,
  ) {
    this.appendLimit = appendLimit;
    this.reads = new KurrentReads(connection, timeout);
    this.appends = new KurrentAppends(connection, this.reads, timeout);
    this.listing = new KurrentHeads(this.reads);
    this.identity = new KurrentLedgerId(connection, this.reads, timeout);
  }

  /** `url` as `kurrentUrl` gives it. Throws if the client is not installed, or does not understand the address. */
  static async open(url: string, options: KurrentOptions = {}): Promise<KurrentEventStore> {
    const { timeout = TIMEOUT, appendLimit = APPEND_LIMIT } = options;
    return new KurrentEventStore(new KurrentConnection(await loadLibrary(), url), timeout, appendLimit);
  }

  ledgerId(): Promise<string> {
    return this.identity.get();
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    if (this.closing) throw new StoreUnavailable('the event store has been closed');
    await this.appends.append(prepare(projectId, expectedRevision, events, this.appendLimit));
  }

  read(projectId: string, from = 0, limit = Infinity): AsyncIterable<Envelope> {
    return this.reads.stream(projectId, Math.max(from, 0), limit);
  }

  readAll(after?: Position): AsyncIterable<Recorded> {
    return this.reads.after(after);
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    const { connection, reads, timeout } = this;
    return { [Symbol.asyncIterator]: () => new KurrentSubscription({ connection, reads, timeout }, after, signal) };
  }

  async *heads(): AsyncIterable<StreamHead> {
    yield* await this.listing.current();
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.appends.settled();
    await this.connection.close();
  }
}
