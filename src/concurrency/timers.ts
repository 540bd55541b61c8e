import { setTimeout as sleep } from 'node:timers/promises';

export interface BackOffRange {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Waits before the next attempt, of which the first is number 0: twice as long each time, up to the longest, less up to half of it by chance, so that
 * instances do not try in step. An abort ends it at once, without an error.
 */
export async function backOff(attempt: number, { firstMs, longestMs }: BackOffRange, signal: AbortSignal): Promise<void> {
  const mostMs = Math.min(longestMs, firstMs * 2 ** attempt);
  try {
    await sleep(mostMs * (0.5 + Math.random() / 2), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The longest time that a timer can have, in milliseconds: about 25 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Does something at a time, in UTC milliseconds, or at once if it is over, or after 25 days if it is further off than that; clear the timer when what it is
 * about ends before. It keeps the process running. Node keeps the list of each duration of timers that do not, until its time is over: with a duration of
 * its own for each connection, that would be one list per connection, also after it was closed.
 */
export function atTime(timeMs: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, Math.max(0, Math.min(MAX_TIMER_MS, timeMs - Date.now())));
}
