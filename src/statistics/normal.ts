import { upperGamma } from './gamma';
import { rootOf } from './root';

/** The probability that a standard normal variable is above z. */
export const normalTail = (z: number): number => (z < 0 ? 1 - normalTail(-z) : 0.5 * upperGamma(0.5, (z * z) / 2));

/** Φ(z) */
export const normalCdf = (z: number): number => normalTail(-z);

const MOST_KNOWN = 1_000;
const known = new Map<number, number>();

/** The z with Φ(z) = p, for p between 0 and 1. Remembered, since a series asks for the same few again and again. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0.5) return 0;
  const before = known.get(p);
  if (before !== undefined) return before;
  // Logarithms make tails nearly straight lines, in which a root is found in a few steps.
  const z = -rootOf((x) => Math.log(normalTail(x)) - Math.log(p), 0);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(p, z);
  return z;
}

/** The z that a standard normal variable exceeds in absolute value with probability alpha. */
export const twoSidedZ = (alpha: number): number => -normalQuantile(alpha / 2);
