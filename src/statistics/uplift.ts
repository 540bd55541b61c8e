import { isMissing, missing, type Interval, type Missing } from './missing';
import { varianceOfMean, type Sample } from './sample';

export interface Uplift extends Interval {
  readonly uplift: number;
}

/**
 * How far a variant's mean is above control's, as a share of control's, with the interval of Fieller 1954 (J. R. Stat.
 * Soc. B 16:175). With the reach of the absolute interval it has 0 exactly when that one has. A negative baseline counts
 * by its size, so that a positive uplift is always more.
 */
export function uplift(control: Sample | Missing, variant: Sample | Missing, reach: number): Uplift | Missing {
  if (isMissing(control)) return control;
  if (isMissing(variant)) return variant;
  // In parts of control's mean, so that no product is too large or too small for a number.
  const size = Math.abs(control.mean);
  const ofControl = reach * Math.sqrt(varianceOfMean(control));
  if (!(ofControl < size)) return missing('BASELINE_NEAR_ZERO');
  const sign = Math.sign(control.mean);
  const g = (ofControl / size) ** 2;
  const h = ((reach * Math.sqrt(varianceOfMean(variant))) / size) ** 2;
  const ratio = (sign * variant.mean) / size;
  const half = Math.sqrt(Math.max(0, h * (1 - g) + g * ratio * ratio)) / (1 - g);
  const value = sign * (ratio - 1);
  const centre = sign * (ratio / (1 - g) - 1);
  if (!Number.isFinite(value) || !Number.isFinite(centre) || !Number.isFinite(half)) return missing('OUT_OF_RANGE');
  return { uplift: value, low: centre - half, high: centre + half };
}

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
