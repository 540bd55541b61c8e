import { PulledItems } from '../concurrency/pulled-items';
import { AheadOfStore, StoreUnavailable, type Position } from './event-store';
import type { KurrentConnection, Lease } from './kurrentdb-connection';
import type { Found } from './kurrentdb-event';
import { readFailure } from './kurrentdb-failure';
import { Inflow } from './kurrentdb-inflow';
import { isSame, positionOf, reachedAt, type EventPosition, type Reached } from './kurrentdb-position';
import type { KurrentReads } from './kurrentdb-read';
import { Silence } from './kurrentdb-silence';

/** The most events in one chunk. */
const CHUNK_EVENTS = 256;
/** How long what comes from history is put together, since each chunk costs its reader about as much as a hundred events. */
const DELIVERY_MS = 10;
/** How often it reports how far the log has been read, where nothing of ours is found. */
const STEP_MS = 1_000;

/** Some of what a subscription found, in order. */
export interface FoundChunk {
  readonly found: readonly Found[];
  readonly caughtUp: boolean;
  /** Up to where everything has been given out, also where there was nothing of ours. Absent: where it was before. */
  readonly position?: Position | undefined;
  /** An estimate of how many more are to be read up to where the log ended when the reading began. Absent: unknown. */
  readonly left?: number;
}

export interface SubscriptionSource {
  readonly connection: KurrentConnection;
  readonly reads: KurrentReads;
  /** How long the server may say nothing while it has something to say, in milliseconds. */
  readonly timeoutMs: number;
  /** How often a live subscription that is silent is compared with the leader, in milliseconds. */
  readonly silenceMs: number;
  /** The server has cut a subscription off: nothing is lost, and it is made anew. */
  readonly onCut: () => void;
  /** All between two places has been read, and this was found. */
  readonly onRead: (from: Reached, to: Reached, found: readonly Found[]) => void;
  /** What was to be read on from is not in this store, which was restored from an older copy or is another. All up to this place is the same. */
  readonly onRetreat: (to: Reached) => void;
}

/**
 * A catch-up subscription to the streams of the ledger. It goes on by itself after the server has cut it off for being slow; a lost connection
 * ends it with `StoreUnavailable`, and only the reader knows from where to go on. One that brings nothing, while the leader holds events that it
 * has not brought, is of a node that has lost the others: that ends it, too.
 */
export class KurrentSubscription extends PulledItems<FoundChunk> {
  private readonly stop = () => this.end();
  private readonly silence: Silence;
  private inflow: Inflow | undefined;
  private given: Reached;
  private announced = false;
  private deliveredAt = performance.now();
  /** Where the log ended when the reading began, and where it began. */
  private span: { readonly from: bigint; readonly to: bigint } | undefined;
  private count = 0;
  private delivering: NodeJS.Immediate | undefined;
  private deliveryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: SubscriptionSource,
    after: Position | undefined,
    private readonly signal: AbortSignal,
    /** Where the log ends, if that has just been asked. */
    private readonly knownEnd?: EventPosition,
  ) {
    super();
    this.given = reachedAt(after);
    this.silence = new Silence(
      source,
      () => this.inflow,
      (error) => this.fail(error),
    );
    signal.addEventListener('abort', this.stop, { once: true });
    if (signal.aborted) this.end();
    else this.begin().catch((error: Error) => this.fail(error));
  }

  protected override onAsked(): void {
    this.deliverSoon();
  }

  protected override onEnded(): void {
    clearTimeout(this.deliveryTimer);
    this.silence.end();
    this.signal.removeEventListener('abort', this.stop);
    this.inflow?.close();
  }

  private async begin(): Promise<void> {
    const { connection, onCut } = this.source;
    const { event } = this.given;
    const last = this.knownEnd ?? (await this.source.reads.end());
    if (event !== undefined) await this.assertThere(event, last);
    const end = last?.commit ?? -1n;
    if (!(await this.holdsCheckpoint(end))) {
      // What is at the checkpoint may be after events of ours which were not there: the log is read again from the event before it.
      this.given = event === undefined ? {} : { event };
      this.source.onRetreat(this.given);
    }
    if (this.isEnded) return;
    this.span = { from: placeOf(this.given), to: end };
    this.inflow = new Inflow(connection, this.given, {
      changed: () => this.deliverSoon(),
      cut: onCut,
      failed: (error, lease) => this.failed(error, lease),
    });
    this.inflow.open();
    this.silence.begin();
  }

  private async holdsCheckpoint(end: bigint): Promise<boolean> {
    const { checkpoint, checkpointMark: mark } = this.given;
    if (checkpoint === undefined) return true;
    if (checkpoint > end) return false;
    return mark === undefined || this.source.reads.isThere({ commit: checkpoint, prepare: checkpoint, mark });
  }

  private async assertThere(event: EventPosition, end: EventPosition | undefined): Promise<void> {
    try {
      await this.source.reads.assertThere(event, end);
    } catch (error) {
      if (error instanceof AheadOfStore) this.source.onRetreat({});
      throw error;
    }
  }

  private failed(error: unknown, lease?: Lease): void {
    const { connection } = this.source;
    if (lease !== undefined) void connection.callFailed(lease, Promise.resolve(), error);
    this.fail(readFailure(error, connection.library));
  }

  /** What comes in the same turn of the event loop is one chunk; of history, what comes in some milliseconds. */
  private deliverSoon(): void {
    const isHistory = this.inflow?.live === false;
    if (isHistory && this.inflow!.waiting.length < CHUNK_EVENTS) {
      this.deliveryTimer ??= setTimeout(() => this.deliver(), DELIVERY_MS);
    } else {
      this.delivering ??= setImmediate(() => this.deliver());
    }
  }

  private deliver(): void {
    clearTimeout(this.deliveryTimer);
    clearImmediate(this.delivering);
    this.deliveryTimer = this.delivering = undefined;
    while (!this.isEnded && this.inflow !== undefined && this.isAsked) {
      const { inflow } = this;
      // Asked before, since what is taken may open it again.
      const { live, reached } = inflow;
      const found = inflow.shift(CHUNK_EVENTS);
      const caughtUp = live && inflow.waiting.length === 0;
      const isNews = found.length > 0 || (caughtUp && !this.announced) || this.isDue(inflow);
      if (!isNews) return;
      this.announced = caughtUp;
      const last = found.at(-1);
      const before = this.given;
      this.given = inflow.waiting.length === 0 ? reached : { event: last?.place ?? this.given.event };
      this.count += found.length;
      this.deliveredAt = performance.now();
      this.source.onRead(before, this.given, found);
      const position = positionOf(this.given);
      const left = caughtUp ? 0 : this.left();
      this.give({ found, caughtUp, ...(position !== positionOf(before) && { position }), ...(left !== undefined && { left }) });
    }
  }

  /** Whether it reports how far the log has been read, although nothing was found. */
  private isDue({ waiting, reached }: Inflow): boolean {
    if (waiting.length > 0 || performance.now() - this.deliveredAt < STEP_MS) return false;
    return positionOf(reached) !== positionOf(this.given);
  }

  /** As many to each byte of the log as were found so far. */
  private left(): number | undefined {
    if (this.span === undefined || this.count === 0) return undefined;
    const { from, to } = this.span;
    const at = placeOf(this.given);
    if (at >= to) return 0;
    return Math.round((this.count * Number(to - at)) / Math.max(1, Number(at - from)));
  }
}

function placeOf({ event, checkpoint }: Reached): bigint {
  return checkpoint ?? event?.commit ?? 0n;
}

/** All that the store holds after a position when it is asked, chunk by chunk. */
export async function* scan(source: SubscriptionSource, after: Position | undefined): AsyncIterable<FoundChunk> {
  const { event } = reachedAt(after);
  const end = await source.reads.end();
  if (end === undefined && event === undefined) return;
  if (end !== undefined && event !== undefined && isSame(end, event)) return;
  const aborter = new AbortController();
  const chunks = new KurrentSubscription(source, after, aborter.signal, end);
  for await (const chunk of chunks) {
    const found = chunk.found.filter(({ place }) => place.commit <= (end?.commit ?? -1n));
    yield found.length === chunk.found.length
      ? chunk
      : { found, caughtUp: true, position: positionOf({ event: found.at(-1)?.place ?? event }) };
    if (chunk.caughtUp || found.length < chunk.found.length) return;
  }
  throw new StoreUnavailable('KurrentDB ended the subscription');
}
