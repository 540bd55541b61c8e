import { isMissing, missing, type Missing } from './missing';

/** The sums that one arm's users come to. */
export interface Sums {
  readonly users: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** What is known of one arm: how many users, their mean, and the variance of one user. */
export interface Sample {
  readonly users: number;
  readonly mean: number;
  readonly variance: number;
}

/** How far an arm's mean is above control's, and how exactly that is known. */
export interface Difference {
  readonly difference: number;
  readonly standardError: number;
}

/** A variance this small a part of the mean square is what rounding left of zero. */
const ROUNDING = 1e-14;

/** The sum of squares around the mean, or of products around both means; 0 where it is no more than rounding. */
export function centred(users: number, product: number, sumA: number, sumB: number): number {
  const value = product - (sumA / users) * sumB;
  return Math.abs(value) <= ROUNDING * Math.abs(product) ? 0 : value;
}

/** Users who each have a number: the mean, and the variance without bias. */
export function sampleOfSums({ users, sum, sumSquares }: Sums): Sample | Missing {
  if (users === 0) return missing('NO_USERS');
  if (users === 1) return missing('ONE_USER');
  const variance = Math.max(0, centred(users, sumSquares, sum, sum)) / (users - 1);
  return Number.isFinite(variance) && Number.isFinite(sum) ? { users, mean: sum / users, variance } : missing('OUT_OF_RANGE');
}

/** Users who each did something or did not: p and p (1 - p). */
export function sampleOfProportion(converted: number, users: number): Sample | Missing {
  if (users === 0) return missing('NO_USERS');
  const mean = converted / users;
  return { users, mean, variance: mean * ((users - converted) / users) };
}

/** The variance of the arm's mean. */
export const varianceOfMean = ({ variance, users }: Sample): number => variance / users;

/** The difference of two means with the unpooled standard error. */
export function difference(control: Sample | Missing, variant: Sample | Missing): Difference | Missing {
  if (isMissing(control)) return control;
  if (isMissing(variant)) return variant;
  const standardError = Math.sqrt(varianceOfMean(control) + varianceOfMean(variant));
  const value = variant.mean - control.mean;
  if (!Number.isFinite(standardError) || !Number.isFinite(value)) return missing('OUT_OF_RANGE');
  // A deviation of next to nothing beside a difference says as little as none.
  const hasVariance = standardError > 0 && Number.isFinite(value / standardError);
  return hasVariance ? { difference: value, standardError } : missing('NO_VARIANCE');
}
