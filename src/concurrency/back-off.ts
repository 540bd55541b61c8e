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
