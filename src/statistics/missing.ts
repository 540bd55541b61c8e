/** Why there is no number. */
export type Reason =
  /** An arm has no user yet. */
  | 'NO_USERS'
  /** An arm has one user, whose spread cannot be estimated. */
  | 'ONE_USER'
  /** All users of both arms are alike. */
  | 'NO_VARIANCE'
  /** Control's mean may be zero, so nothing can be said relative to it. */
  | 'BASELINE_NEAR_ZERO'
  /** The sums are beyond what a number holds. */
  | 'OUT_OF_RANGE';

/** In the place of a number that cannot be computed: never NaN, never infinite. */
export interface Missing {
  readonly missing: Reason;
}

export const missing = (reason: Reason): Missing => ({ missing: reason });

export const isMissing = (value: object): value is Missing => 'missing' in value;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The interval of this half width around an estimate. */
export const around = (estimate: number, halfWidth: number): Interval => ({ low: estimate - halfWidth, high: estimate + halfWidth });

/** @throws RangeError unless it is between 0 and 1, both excluded */
export function checkShare(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`\`${name}\` must be between 0 and 1, both excluded, not ${value}.`);
}
