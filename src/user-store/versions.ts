import { DAY_HOURS, HOUR_MS } from '../evaluation/counter';

/** The version after another: also above every one that the user had before it was forgotten, as long as the clock does not go back. */
export function nextVersion(version: number, nowMs: number): number {
  return Math.max(version + 1, nowMs);
}

export const DAY_MS = DAY_HOURS * HOUR_MS;

/** The UTC day of an instant. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** When the id of an event of an instant need not be known any more. */
export function idExpiry(at: number, keptDays: number): number {
  return at + keptDays * DAY_MS;
}
