import { StoreUnavailable } from './event-store';
import { readFailure, TimedOut } from './kurrentdb-failure';
import type { Inflow } from './kurrentdb-inflow';
import type { SubscriptionSource } from './kurrentdb-subscription';

/** How many comparisons in a row may fail: an election takes some seconds. */
const FAILURES = 2;

/**
 * Watches a subscription that brings nothing. While history is read the server has something to say, at least checkpoints: it may be silent for a
 * time-out. A live one is compared with the end of the leader's log, since a node that has lost the others keeps its subscriptions open.
 */
export class Silence {
  private timer: NodeJS.Timeout | undefined;
  /** Up to where the leader's log was looked at. */
  private compared = -1n;
  /** An event that the subscription had not brought when it was compared. */
  private missing: bigint | undefined;
  private failures = 0;
  private comparing = false;

  constructor(
    private readonly source: SubscriptionSource,
    private readonly inflow: () => Inflow | undefined,
    private readonly fail: (error: Error) => void,
  ) {}

  begin(): void {
    const everyMs = Math.min(this.source.silenceMs, this.source.timeoutMs / 4);
    this.timer = setInterval(() => void this.look(), everyMs);
    this.timer.unref();
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const inflow = this.inflow();
    if (inflow === undefined || inflow.held || this.comparing) return;
    const silentMs = performance.now() - inflow.heardAt;
    if (!inflow.live) {
      if (silentMs >= this.source.timeoutMs) this.leave(inflow, new TimedOut(this.source.timeoutMs));
      return;
    }
    if (silentMs < this.source.silenceMs) return;
    this.comparing = true;
    try {
      await this.compare(inflow);
      this.failures = 0;
      inflow.heardAt = performance.now();
    } catch (error) {
      this.failures += 1;
      if (this.failures >= FAILURES) this.leave(inflow, error);
    } finally {
      this.comparing = false;
    }
  }

  private async compare(inflow: Inflow): Promise<void> {
    const { reads } = this.source;
    const end = (await reads.end())?.commit ?? -1n;
    const known = last(inflow, this.compared);
    if (this.missing !== undefined && known < this.missing) {
      this.leave(inflow, new StoreUnavailable('a subscription to KurrentDB brings nothing, although the leader holds newer events'));
      return;
    }
    this.missing = undefined;
    if (end <= known) return;
    const first = await reads.firstAfter(known);
    if (first === undefined) this.compared = end;
    // It may just be on its way: if it has not come by the next comparison it never will.
    else if (first.commit > last(inflow, -1n)) this.missing = first.commit;
  }

  private leave(inflow: Inflow, error: unknown): void {
    const { connection } = this.source;
    // Before the client is replaced, which would end the subscription without a reason.
    this.fail(readFailure(error, connection.library));
    if (inflow.lease !== undefined) void connection.recover(inflow.lease);
  }
}

/** The last position that the subscription has reported, or that is known to have nothing before it. */
function last({ reached: { event, checkpoint } }: Inflow, compared: bigint): bigint {
  return [event?.commit ?? -1n, checkpoint ?? -1n, compared].reduce((a, b) => (a > b ? a : b));
}
