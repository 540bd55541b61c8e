import { checkShare } from './missing';
import { reach, tuning } from './sequential';
import { noncentralStudentTail, studentQuantile, normalCdf, normalQuantile, twoSidedZ, rootOf } from './distributions';

/** Two arms that are compared: their share of all users of the test, and what is expected of each. */
export interface Planned {
  readonly controlShare: number;
  readonly variantShare: number;
  readonly alpha: number;
  readonly power: number;
}

export interface PlannedProportions extends Planned {
  readonly baseline: number;
  readonly expected: number;
}

export interface PlannedMeans extends Planned {
  readonly effect: number;
  readonly standardDeviation: number;
}

export interface PlannedSequence extends Planned {
  /** The difference of the means that is to be found, and the variance of one user in each arm. */
  readonly effect: number;
  readonly controlVariance: number;
  readonly variantVariance: number;
  /** How many hypotheses share alpha, 1 or more. */
  readonly hypotheses: number;
}

/** @throws RangeError where the plan is no plan */
function check({ alpha, power, controlShare, variantShare }: Planned, effect: number): void {
  checkShare('alpha', alpha);
  checkShare('power', power);
  if (!(controlShare > 0 && variantShare > 0 && controlShare + variantShare <= 1 + 1e-9)) {
    throw new RangeError('`controlShare` and `variantShare` must be above 0 and at most 1 together.');
  }
  if (!(effect !== 0 && Number.isFinite(effect))) throw new RangeError('The effect must not be 0: no number of users finds no difference.');
}

/**
 * Users of all arms for a fixed test of two proportions, with the pooled variance under "no difference" (Fleiss, Statistical
 * Methods for Rates and Proportions, 4.3; R's power.prop.test). Not rounded.
 */
export function fixedUsersForProportions({ baseline, expected, ...plan }: PlannedProportions): number {
  const { alpha, power, controlShare, variantShare } = plan;
  checkShare('baseline', baseline);
  checkShare('expected', expected);
  check(plan, expected - baseline);
  const pooled = (baseline * controlShare + expected * variantShare) / (controlShare + variantShare);
  const equal = Math.sqrt(pooled * (1 - pooled) * (1 / controlShare + 1 / variantShare));
  const different = Math.sqrt((baseline * (1 - baseline)) / controlShare + (expected * (1 - expected)) / variantShare);
  return ((twoSidedZ(alpha) * equal + normalQuantile(power) * different) / (expected - baseline)) ** 2;
}

/** Users of all arms for a fixed test of two means: the power of the t-test by the non-central t distribution. Not rounded. */
export function fixedUsersForMeans({ effect, standardDeviation, ...plan }: PlannedMeans): number {
  const { alpha, power, controlShare, variantShare } = plan;
  check(plan, effect);
  if (!(standardDeviation > 0)) throw new RangeError('`standardDeviation` must be above 0.');
  const perUser = Math.abs(effect) / standardDeviation / Math.sqrt(1 / controlShare + 1 / variantShare);
  const shares = controlShare + variantShare;
  const lacking = (users: number): number => {
    const degreesOfFreedom = users * shares - 2;
    const critical = studentQuantile(1 - alpha / 2, degreesOfFreedom);
    const shift = perUser * Math.sqrt(users);
    const found = noncentralStudentTail(critical, degreesOfFreedom, shift) + noncentralStudentTail(critical, degreesOfFreedom, -shift);
    return found - power;
  };
  return rootOf(lacking, 3 / shares);
}

/**
 * Users of all arms for a sequential test: the smallest N with Phi(effect / se(N) - c(N)) >= power, where the sequence is
 * tuned for N. It asks for an effect at N alone, while the test may end at any look before, so it is rather too many.
 */
export function sequentialUsers({ effect, controlVariance, variantVariance, hypotheses, ...plan }: PlannedSequence): number {
  const { alpha, power, controlShare, variantShare } = plan;
  check(plan, effect);
  if (!(controlVariance >= 0 && variantVariance >= 0 && controlVariance + variantVariance > 0)) {
    throw new RangeError('The variances must be at least 0, and not both 0.');
  }
  const perUser = Math.abs(effect) / Math.sqrt(controlVariance / controlShare + variantVariance / variantShare);
  const enough = (users: number): boolean => {
    const seen = users * (controlShare + variantShare);
    return normalCdf(perUser * Math.sqrt(users) - reach(seen, tuning(alpha, users), alpha / hypotheses)) >= power;
  };
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > Number.MAX_SAFE_INTEGER) throw new RangeError('The effect is too small: no number of users would find it.');
  }
  for (let low = high / 2; high - low > 1;) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
