import { twoSidedZ } from '../statistics/normal';
import { wilson } from '../statistics/proportion';

const Z_95 = twoSidedZ(0.05);

/** A share of users, from a sample of them, with an interval that has it in 95 of 100 samples. Parts of 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The share of `count` among `sampled` users out of `all`, by Wilson's interval. The fewer users are left out of the sample, the less is uncertain:
 * the sample counts as `sampled * (all - 1) / (all - sampled)` users (the correction for a finite population), and as certain where it is all of
 * them. undefined: no user was sampled.
 */
export function shareOf(count: number, sampled: number, all: number): Share | undefined {
  if (sampled === 0) return undefined;
  const share = count / sampled;
  if (sampled >= all) return { share, low: share, high: share };
  const users = (sampled * (all - 1)) / (all - sampled);
  const interval = wilson({ converted: share * users, users }, Z_95);
  return 'missing' in interval ? undefined : { share, ...interval };
}
