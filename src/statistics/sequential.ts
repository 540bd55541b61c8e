import { around, checkShare, type Interval } from './missing';
import type { Difference } from './sample';

/*
 * The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476: intervals and
 * p-values that hold at every look at once, so that results may be read each day and a test may end at any of them.
 */

/** The tuning r: the sequence is at its tightest near `plannedUsers`. Eq. 161. It is fixed at the start, never by data. */
export function tuning(alpha: number, plannedUsers: number): number {
  checkShare('alpha', alpha);
  if (!(plannedUsers >= 1 && Number.isFinite(plannedUsers)))
    throw new RangeError(`\`plannedUsers\` must be at least 1, not ${plannedUsers}.`);
  const twice = -2 * Math.log(alpha);
  return Math.sqrt((twice + Math.log(twice + 1)) / plannedUsers);
}

/** N r² + 1 */
const grown = (users: number, r: number): number => users * r * r + 1;

/** How many standard errors the interval reaches to each side, with this many users of both arms: eq. 9. */
export function reach(users: number, r: number, alpha: number): number {
  const k = grown(users, r);
  return Math.sqrt(((2 * k) / (k - 1)) * Math.log(Math.sqrt(k) / alpha));
}

/**
 * The same to one side only: the mixture over the positive half of the normal distribution, whose evidence is
 * 2 Φ(x) exp(x²/2) / sqrt(k) for x = z sqrt((k - 1) / k), and (1 - Φ(x)) exp(x²/2) <= 1/2 bounds the Φ.
 */
export function oneSidedReach(users: number, r: number, alpha: number): number {
  const k = grown(users, r);
  return Math.sqrt(((2 * k) / (k - 1)) * Math.log((1 + Math.sqrt(k) / alpha) / 2));
}

/** The logarithm of the e-value against "no difference", z standard errors from it: eq. 155. */
export function logEvidence(z: number, users: number, r: number): number {
  const k = grown(users, r);
  return (z * z * (k - 1)) / (2 * k) - Math.log(k) / 2;
}

/** The p-value at this look: it does not remember the smallest one so far, so that late data can take a conclusion back. */
export const sequentialP = ({ difference, standardError }: Difference, users: number, r: number): number =>
  Math.min(1, Math.exp(-logEvidence(difference / standardError, users, r)));

/** The interval of the difference at this look. */
export const sequentialInterval = (estimate: Difference, users: number, r: number, alpha: number): Interval =>
  around(estimate.difference, reach(users, r, alpha) * estimate.standardError);
