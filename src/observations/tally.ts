/* What is only counted: it concerns results, and is no user's. */

/** UNSTORED: servings while the user store was away; LATE: events that came too late to count; STORE: that a user store was in use. */
export type TallyKind = 'UNSTORED' | 'LATE' | 'STORE';

/** So many of something, since the last time. */
export interface Tally {
  readonly kind: TallyKind;
  /** An experiment; of STORE empty. */
  readonly subject: string;
  /** A variant, an event, or the identity of a user store. */
  readonly name: string;
  readonly count: number;
}

/** What was counted under one name. */
export interface TallyTotal {
  readonly name: string;
  /** The first whole minute in which it was counted. UTC milliseconds. */
  readonly firstAt: number;
  readonly count: number;
}

/** Which tallies are asked for: of whole minutes before `receivedBefore`, so that the answer is the same later (R3). */
export interface TallyQuery {
  readonly projectId: string;
  readonly kind: TallyKind;
  readonly subject: string;
  readonly receivedBefore: number;
}

const MINUTE_MS = 60_000;

export const minuteOf = (timeMs: number): number => Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
