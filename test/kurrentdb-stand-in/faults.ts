import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';

/** What the server has been told to do wrong. Each applies until it is taken back, but for a count, which runs out. */
export class Faults {
  /** Milliseconds before every answer. */
  delay = 0;
  /** How many appends are written and never acknowledged. */
  unacknowledged = 0;
  /** How many appends are written, and the connection is lost before the acknowledgement. */
  lostAcknowledgements = 0;
  /** How many appends lose the connection before they are written. */
  lostAppends = 0;
  /** How many appends are acknowledged with the revision before theirs, as if only their beginning were there. */
  shortAcknowledgements = 0;
  /** How many appends are written, and acknowledged, but for their last event. */
  partialAppends = 0;
  /** How many appends that stand are called a conflict. */
  forgetfulAppends = 0;
  /** Where the leader is: appends, and reads that require it, are refused. */
  leader: { readonly host: string; readonly port: number } | undefined;
  /** How many of the counted faults have happened. */
  taken = 0;
  /** Whether it refuses every user. */
  denied = false;
  private gate: Promise<void> | undefined;
  private open = (): void => {};

  /** It takes requests and answers none, as a process that has been stopped. */
  freeze(): void {
    this.gate ??= new Promise((resolve) => (this.open = resolve));
  }

  thaw(): void {
    this.open();
    this.gate = undefined;
  }

  /** Waits as told before an answer. */
  async before(): Promise<void> {
    await this.gate;
    if (this.delay > 0) await delay(this.delay);
  }

  /** Whether this fault happens now; one less will. */
  take(
    name: 'unacknowledged' | 'lostAcknowledgements' | 'lostAppends' | 'shortAcknowledgements' | 'partialAppends' | 'forgetfulAppends',
  ): boolean {
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
}

function refused(code: status, details: string, trailers: Readonly<Record<string, string>>): Partial<ServiceError> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
}
