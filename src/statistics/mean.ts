import { around, isMissing, missing, type Interval, type Missing } from './missing';
import { difference, varianceOfMean, type Sample } from './sample';
import { studentQuantile, studentTail } from './distributions';

/** The interval of one mean: Student 1908, Biometrika 6:1. */
export function meanInterval(sample: Sample | Missing, alpha: number): Interval | Missing {
  if (isMissing(sample)) return sample;
  if (sample.users < 2) return missing('ONE_USER');
  return around(sample.mean, studentQuantile(1 - alpha / 2, sample.users - 1) * Math.sqrt(varianceOfMean(sample)));
}

export interface Welch extends Interval {
  readonly t: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  /** How many standard errors the interval reaches to each side. */
  readonly reach: number;
}

/** The test that two means are equal, without equal variances: Welch 1947, Biometrika 34:28. */
export function welch(control: Sample | Missing, variant: Sample | Missing, alpha: number): Welch | Missing {
  const estimate = difference(control, variant);
  if (isMissing(control)) return control;
  if (isMissing(variant)) return variant;
  if (isMissing(estimate)) return estimate;
  if (control.users < 2 || variant.users < 2) return missing('ONE_USER');
  const t = estimate.difference / estimate.standardError;
  const degreesOfFreedom = satterthwaite(varianceOfMean(control), control.users - 1, varianceOfMean(variant), variant.users - 1);
  const reach = studentQuantile(1 - alpha / 2, degreesOfFreedom);
  const interval = around(estimate.difference, reach * estimate.standardError);
  return { t, degreesOfFreedom, p: 2 * studentTail(Math.abs(t), degreesOfFreedom), reach, ...interval };
}

/** How many degrees of freedom the sum of two variances has: Satterthwaite 1946, Biometrics Bulletin 2:110. */
function satterthwaite(a: number, freeA: number, b: number, freeB: number): number {
  const shareA = a / (a + b);
  const shareB = b / (a + b);
  return 1 / (shareA ** 2 / freeA + shareB ** 2 / freeB);
}
