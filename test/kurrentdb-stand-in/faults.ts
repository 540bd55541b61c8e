import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';

/** The faults that happen a number of times. */
type Counted =
  | 'unacknowledged'
  | 'lostAcknowledgements'
  | 'lostAppends'
  | 'shortAcknowledgements'
  | 'partialAppends'
  | 'forgetfulAppends'
  | 'busy'
  | 'notReady';

/** A scan's cost is paid when it has come to so much: a timer is no finer. */
const PAYMENT_MS = 4;

/** What the server has been asked to do wrong. Each applies until it is taken back, but for a count, which runs out. */
export class Faults implements Record<Counted, number> {
  /** Milliseconds before every answer. */
  delay = 0;
  /** How many appends are written and never acknowledged, as a repeat is of a write that is not indexed yet. */
  unacknowledged = 0;
  /** How many appends are written, and the connection is lost before the acknowledgement. */
  lostAcknowledgements = 0;
  /** How many appends lose the connection before they are written. */
  lostAppends = 0;
  /** How many appends are acknowledged with the revision before theirs, as if only their beginning were there. */
  shortAcknowledgements = 0;
  /** How many appends are written, and acknowledged, but for their last event. */
  partialAppends = 0;
  /** How many appends that are stored are called a conflict. */
  forgetfulAppends = 0;
  /** How many requests are refused because the server has too much to do. */
  busy = 0;
  /** How many requests are refused because the server has just started, or, Infinity, because its cluster has no quorum. */
  notReady = 0;
  /** Where the leader is: appends, and reads that require it, are refused. */
  leader: { readonly host: string; readonly port: number } | undefined;
  /** Whether it leads nodes that it does not reach: it keeps what it is to write, shows it to no reader that wants the leader, and acknowledges nothing. */
  alone = false;
  /** How many requests wait because it is frozen. */
  waiting = 0;
  /** How many of the counted faults have happened. */
  taken = 0;
  /** Whether it refuses every user. */
  denied = false;
  /** Whether it refuses the user of each new read and subscription, as after a change of the password. */
  readsDenied = false;
  /** By how much the server's clock is ahead of the client's, in milliseconds. */
  clockAheadMs = 0;
  /** What it costs to look at one event, in microseconds. */
  scanUs = 0;
  private frozen: Gate | undefined;
  private silent: Gate | undefined;
  private unpaidMs = 0;

  /** It takes requests and answers none, as a process that has been stopped. */
  freeze(): void {
    this.frozen ??= new Gate();
  }

  thaw(): void {
    this.frozen?.open();
    this.frozen = undefined;
  }

  /** Its subscriptions stay open and bring nothing, as those of a node that has lost the others. */
  silence(): void {
    this.silent ??= new Gate();
  }

  speak(): void {
    this.silent?.open();
    this.silent = undefined;
  }

  /** Waits as set before an answer. */
  async before(): Promise<void> {
    if (this.frozen !== undefined) {
      this.waiting += 1;
      await this.frozen.passed;
      this.waiting -= 1;
    }
    if (this.delay > 0) await delay(this.delay);
  }

  /** Waits as set before a subscription goes on. */
  async beforeDelivery(): Promise<void> {
    await this.silent?.passed;
    await this.before();
  }

  /** Takes the time that it costs to look at so many events. */
  async scan(events: number): Promise<void> {
    this.unpaidMs += (events * this.scanUs) / 1_000;
    if (this.unpaidMs < PAYMENT_MS) return;
    const due = this.unpaidMs;
    this.unpaidMs = 0;
    await delay(due);
  }

  /** Whether this fault happens now; one less will. */
  take(name: Counted): boolean {
    if (this[name] === 0) return false;
    this[name] -= 1;
    this.taken += 1;
    return true;
  }

  /** Why the request is refused, if it is. */
  refusal(requiresLeader: boolean): Partial<ServiceError> | undefined {
    if (this.denied) return refused(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
    if (this.leader === undefined || !requiresLeader) return undefined;
    return refused(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': this.leader.host,
      'leader-endpoint-port': String(this.leader.port),
    });
  }

  /** Why a read is refused, if it is. */
  readRefusal(requiresLeader: boolean): Partial<ServiceError> | undefined {
    if (this.take('notReady')) return refused(status.UNAVAILABLE, 'Server Is Not Ready', {});
    if (this.take('busy')) return refused(status.UNAVAILABLE, 'Server Is Too Busy', {});
    if (this.readsDenied) return refused(status.UNAUTHENTICATED, 'Unauthenticated', {});
    return this.refusal(requiresLeader);
  }
}

class Gate {
  readonly passed: Promise<void>;
  open = (): void => {};

  constructor() {
    this.passed = new Promise((resolve) => (this.open = resolve));
  }
}

export function streamDeleted(stream: string): Partial<ServiceError> {
  const trailers = { exception: 'stream-deleted', 'stream-name': stream };
  return refused(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, trailers);
}

function refused(code: status, details: string, trailers: Readonly<Record<string, string>>): Partial<ServiceError> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
}
