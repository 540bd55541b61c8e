import type { Logger } from 'pino';
import { ClockGuard, type OtherClock } from './application/clock-guard';
import type { EventStore } from './event-store/event-store';
import type { Generations } from './read-model/generations';

const TOLERATED_MS = 60_000;
const REPEAT_MS = 3_600_000;

/**
 * Warns, at the start and once an hour, while the newest event is dated ahead of this machine's clock. A clock that was wrong once leaves that
 * behind: no event is dated before the one that it follows, so each later event of the project has that date until the clock has caught up.
 */
export class DatedAhead {
  private readonly timer: NodeJS.Timeout;
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    /** When the newest event that is shown is dated, in UTC milliseconds. */
    private readonly newestMs: () => number | undefined,
    private readonly log: { warn(fields: object, message: string): void },
  ) {
    this.timer = setInterval(() => this.look(), 10_000).unref();
  }

  /** By how much, in milliseconds; 0: it is not. */
  get aheadMs(): number {
    const aheadMs = (this.newestMs() ?? 0) - Date.now();
    return aheadMs > TOLERATED_MS ? aheadMs : 0;
  }

  look(): void {
    const { aheadMs } = this;
    if (aheadMs === 0 || performance.now() - this.warnedAtMs < REPEAT_MS) return;
    this.warnedAtMs = performance.now();
    const newest = new Date(Date.now() + aheadMs).toISOString();
    this.log.warn({ newest }, 'events are dated ahead of this clock: it is behind, or one was ahead when they were written');
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** How long a start waits to hear other clocks; one that is away is asked again later. */
const FIRST_COMPARISON_MS = 2_000;

export interface WatchedClocks {
  readonly guard: ClockGuard;
  readonly ahead: DatedAhead;
  stop(): Promise<void>;
}

export interface WatchClocksOptions {
  readonly store: EventStore;
  readonly generations: Generations;
  /** Whether other clocks have no say. */
  readonly allowDifference: boolean;
  /** When the newest event that is shown is dated, in UTC milliseconds. */
  readonly newestMs: () => number | undefined;
  readonly logger: Logger;
}

/** Compares this machine's clock with those of the stores, and with the dates of the events. Resolves after the first comparison. */
export async function watchClocks({ store, generations, allowDifference, newestMs, logger }: WatchClocksOptions): Promise<WatchedClocks> {
  const guard = new ClockGuard({ clocks: allowDifference ? [] : otherClocks(store, generations), log: logger });
  const ahead = new DatedAhead(newestMs, logger);
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, FIRST_COMPARISON_MS)));
  await Promise.race([guard.start(), waited]);
  clearTimeout(timer);
  return {
    guard,
    ahead,
    stop: async () => {
      guard.stop();
      ahead.stop();
    },
  };
}

/** The clocks of the stores that have one of their own. */
function otherClocks(store: EventStore, generations: Generations): readonly OtherClock[] {
  return [
    ...(store.clockMs ? [{ name: 'KurrentDB', read: () => store.clockMs!(), isLowerBound: true }] : []),
    ...(generations.clockMs ? [{ name: 'Redis', read: () => generations.clockMs!() }] : []),
  ];
}

/**
 * A clock that keeps its last value while the given one is set back. Cut-offs of counters and stamps of events are compared, so in one process they come
 * from one such clock. Nothing else is to use it: a clock that was once set ahead would stay there.
 */
export function neverBackwards(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  return () => (last = Math.max(last, clock()));
}
