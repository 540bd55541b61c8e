import { missing, type Missing } from './missing';
import { centred, type Sample, type Sums } from './sample';

/** One arm's users, with the same measure of the time before their first exposure. */
export interface PairedSums extends Sums {
  readonly preSum: number;
  readonly preSumSquares: number;
  /** The sum of each user's two measures multiplied. */
  readonly product: number;
}

export interface Adjusted {
  readonly control: Sample;
  readonly variant: Sample;
  readonly theta: number;
}

/** The slope of the measure over the measure before, pooled within the arms; 0 where the time before says nothing. */
export function slope(arms: readonly PairedSums[]): number {
  const pooled = (of: (arm: PairedSums) => number): number => arms.reduce((total, arm) => total + (arm.users === 0 ? 0 : of(arm)), 0);
  const squares = pooled(({ users, preSumSquares, preSum }) => centred(users, preSumSquares, preSum, preSum));
  if (squares <= 0) return 0;
  return pooled(({ users, product, sum, preSum }) => centred(users, product, sum, preSum)) / squares;
}

/**
 * Both arms as they would be if their users had been alike before: Y - theta (X - mean of X), Deng, Xu, Kohavi and Walker
 * 2013 (WSDM). It takes no part of the effect away, as X is of the time before the exposure.
 */
export function cuped(control: PairedSums, variant: PairedSums, theta: number = slope([control, variant])): Adjusted | Missing {
  if (control.users === 0 || variant.users === 0) return missing('NO_USERS');
  if (control.users === 1 || variant.users === 1) return missing('ONE_USER');
  const meanBefore = (control.preSum + variant.preSum) / (control.users + variant.users);
  const adjusted = ({ users, sum, sumSquares, preSum, preSumSquares, product }: PairedSums): Sample => {
    const own = centred(users, sumSquares, sum, sum);
    const before = centred(users, preSumSquares, preSum, preSum);
    const both = centred(users, product, sum, preSum);
    const left = own - theta * (2 * both - theta * before);
    // What is explained wholly leaves rounding, which is no variance.
    const variance = left <= 1e-14 * own ? 0 : left / (users - 1);
    return { users, mean: sum / users - theta * (preSum / users - meanBefore), variance };
  };
  const both = { control: adjusted(control), variant: adjusted(variant), theta };
  const numbers = [theta, both.control.mean, both.control.variance, both.variant.mean, both.variant.variance];
  return numbers.every(Number.isFinite) ? both : missing('OUT_OF_RANGE');
}
