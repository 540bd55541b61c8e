import type { AllStreamSubscription, Filter } from '@kurrent/kurrentdb-client';
import type { KurrentConnection, Lease } from './kurrentdb-connection';
import { foundIn, type Found } from './kurrentdb-event';
import { isCutOff } from './kurrentdb-failure';
import { compare, type Reached } from './kurrentdb-position';
import { OURS } from './kurrentdb-read';

/** While history is read the server waits for us: so much is taken ahead of the reader. */
const HISTORY_AHEAD = 512;
/** The buffer of a live subscription: what is read from it, which the server would cut off if it had to wait, before we leave it and read on later. */
const LIVE_AHEAD = 4_096;

/** How often a subscription is made anew that brought nothing before it ended. */
const FRUITLESS = 5;
const LEADER_PAUSE_MS = 100;

export interface InflowEvents {
  /** Something may be taken, or the state has changed. */
  changed(): void;
  failed(error: unknown, lease?: Lease): void;
  /** The server has cut off a subscription that was not read fast enough for it. It is made again. */
  cut(): void;
}

/**
 * One subscription of the client's to the streams of the ledger, and the events read from it. It is made anew, from where it was, when the
 * server has cut it off, and when it was left because nothing took its events; any other end is a failure.
 */
export class Inflow {
  /** Events that have come and were not taken yet. */
  readonly waiting: Found[] = [];
  /** The position up to which all events have been received. */
  reached: Reached;
  /** When there was the last sign of life. */
  heardAt = performance.now();
  lease: Lease | undefined;
  private stream: AllStreamSubscription | undefined;
  /** Notices of the server, each with the number of events that it had sent before. */
  private readonly remarks: { after: number; apply: () => void }[] = [];
  private taken = 0;
  private caughtUp = false;
  private fruitless = 0;
  private reopening: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: KurrentConnection,
    from: Reached,
    private readonly events: InflowEvents,
  ) {
    this.reached = from;
  }

  /** Whether the end of history was reached, and all that waits came before or after it. */
  get live(): boolean {
    return this.caughtUp && this.stream !== undefined;
  }

  /** Whether the stream is paused, so that silence of the server is no sign of a lost connection. */
  get held(): boolean {
    return this.stream === undefined || this.stream.isPaused();
  }

  open(): void {
    let lease: Lease;
    try {
      lease = this.connection.lease();
    } catch (error) {
      this.events.failed(error);
      return;
    }
    this.lease = lease;
    lease.lost.addEventListener('abort', this.leave, { once: true });
    this.heardAt = performance.now();
    const { event, checkpoint } = this.reached;
    const from = checkpoint === undefined ? event : { commit: checkpoint, prepare: checkpoint };
    const filter: Filter = { ...OURS, checkpointReached: (_, { commit }) => this.remark(() => this.checkpoint(commit)) };
    const stream = lease.client.subscribeToAll({
      fromPosition: from === undefined ? this.connection.library.START : { commit: from.commit, prepare: from.prepare },
      filter,
      requiresLeader: true,
    });
    this.stream = stream;
    const current = (act: () => void) => () => this.stream === stream && act();
    stream.on(
      'confirmation',
      current(() => this.heard()),
    );
    stream.on(
      'caughtUp',
      current(() => this.remark(() => this.end())),
    );
    stream.on(
      'fellBehind',
      current(() => this.remark(() => (this.caughtUp = false))),
    );
    stream.on('data', (resolved) => this.stream === stream && resolved.event !== undefined && this.take(foundIn(resolved.event)));
    stream.on('error', (error) => this.stream === stream && this.failed(error, lease));
    stream.on(
      'end',
      current(() => this.failed(new Error('KurrentDB ended the subscription'), lease)),
    );
  }

  /** Takes some of what waits; what was left before is read on when nothing waits any more. */
  shift(count: number): readonly Found[] {
    const found = this.waiting.splice(0, count);
    if (this.waiting.length < HISTORY_AHEAD / 2 && this.stream?.isPaused() === true) {
      this.heardAt = performance.now();
      this.stream.resume();
    }
    if (this.waiting.length === 0 && this.stream === undefined) this.open();
    return found;
  }

  close(): void {
    const { stream } = this;
    clearTimeout(this.reopening);
    this.lease?.lost.removeEventListener('abort', this.leave);
    this.stream = undefined;
    this.caughtUp = false;
    this.remarks.splice(0);
    this.taken = 0;
    // Otherwise the call goes on for nothing. That it cannot be cancelled means that it never began, which the event `error` has reported.
    stream?.unsubscribe().catch(() => undefined);
  }

  private take(found: Found): void {
    this.heard();
    this.taken += 1;
    const { event } = this.reached;
    // The server begins after the place; what it sends again is passed over.
    if (event === undefined || compare(found.place, event) > 0) {
      this.waiting.push(found);
      this.reached = { event: found.place };
      this.fruitless = 0;
    }
    this.applyRemarks();
    if (this.caughtUp) {
      if (this.waiting.length > LIVE_AHEAD) this.close();
    } else if (this.waiting.length > HISTORY_AHEAD) this.stream?.pause();
    this.events.changed();
  }

  /** The client tells it while events before it wait in its stream. */
  private remark(apply: () => void): void {
    this.heard();
    this.remarks.push({ after: this.taken + (this.stream?.readableLength ?? 0), apply });
    this.applyRemarks();
    this.events.changed();
  }

  private applyRemarks(): void {
    while (this.remarks[0] !== undefined && this.remarks[0].after <= this.taken) this.remarks.shift()?.apply();
  }

  private checkpoint(commit: bigint): void {
    const { event } = this.reached;
    if (event === undefined || commit > event.commit) this.reached = { ...(event && { event }), checkpoint: commit };
    this.fruitless = 0;
  }

  private end(): void {
    this.caughtUp = true;
  }

  private heard(): void {
    this.heardAt = performance.now();
  }

  /** Disposing of a client does not end its subscriptions, so they are ended here. */
  private readonly leave = (): void => {
    const reason = this.lease?.lost.reason as unknown;
    this.close();
    this.events.failed(reason);
  };

  private failed(error: unknown, lease: Lease): void {
    this.close();
    this.fruitless += 1;
    const moved = error instanceof this.connection.library.NotLeaderError;
    if ((!moved && !isCutOff(error)) || this.fruitless > FRUITLESS) {
      this.events.failed(error, lease);
    } else if (moved) {
      // The client has learnt where the leader is, and goes there with the next call.
      this.reopening = setTimeout(() => this.open(), LEADER_PAUSE_MS);
    } else {
      this.events.cut();
      if (this.waiting.length === 0) this.open();
    }
  }
}
