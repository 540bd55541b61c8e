import { isMissing, type Interval, type Missing } from './missing';
import type { Uplift } from './uplift';

/** Whether more of a measure is better, or less. */
export type Direction = 'HIGHER' | 'LOWER';

export type Guarded = 'NOT_HURT' | 'HURT' | 'NOT_KNOWN';

/** The interval turned so that more is better. */
const towardsBetter = ({ low, high }: Interval, direction: Direction): Interval =>
  direction === 'HIGHER' ? { low, high } : { low: -high, high: -low };

/** Whether the whole interval is on the better or on the worse side of 0. */
export function sideOf(interval: Interval, direction: Direction): 'BETTER' | 'WORSE' | 'NEITHER' {
  const { low, high } = towardsBetter(interval, direction);
  if (low > 0) return 'BETTER';
  return high < 0 ? 'WORSE' : 'NEITHER';
}

/**
 * Hurt: the two-sided interval of the difference is wholly on the harmful side. Not hurt: the one-sided bound of the
 * uplift lies inside the margin (non-inferiority: Piaggio et al. 2012, JAMA 308:2594).
 *
 * @param oneSided the uplift with the reach of a one-sided bound
 * @param margin how much worse than control, as a share of it, is still accepted
 */
export function guarded(interval: Interval, oneSided: Uplift | Missing, direction: Direction, margin: number): Guarded {
  if (sideOf(interval, direction) === 'WORSE') return 'HURT';
  if (isMissing(oneSided)) return 'NOT_KNOWN';
  return towardsBetter(oneSided, direction).low > -margin ? 'NOT_HURT' : 'NOT_KNOWN';
}
