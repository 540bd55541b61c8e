import { upperGamma } from './gamma';
import { rootOf } from './root';

/** The probability that a standard normal variable is above z. */
export const normalTail = (z: number): number => (z < 0 ? 1 - normalTail(-z) : 0.5 * upperGamma(0.5, (z * z) / 2));

/** Φ(z) */
export const normalCdf = (z: number): number => normalTail(-z);

/** The z with Φ(z) = p, for p between 0 and 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0.5) return 0;
  // Logarithms make tails nearly straight lines, in which a root is found in a few steps.
  return -rootOf((z) => Math.log(normalTail(z)) - Math.log(p), 0);
}

/** The z that a standard normal variable exceeds in absolute value with probability alpha. */
export const twoSidedZ = (alpha: number): number => -normalQuantile(alpha / 2);
