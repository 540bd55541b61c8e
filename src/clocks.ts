import type { Logger } from 'pino';
import { ClockGuard, type OtherClock } from './application/clock-guard';
import { DatedAhead } from './application/dated-ahead';
import type { EventStore } from './event-store/event-store';
import type { Generations } from './read-model/generations';

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
