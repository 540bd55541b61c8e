import { regularizedBeta, upperGamma } from './gamma';

const MOST_STEPS = 300;

/**
 * Where a function that rises or falls throughout crosses zero, between `low` and `high` (or, without `high`, from `low`
 * by doubling): regula falsi with the weights of Anderson and Björck (BIT 13:253, 1973), which halves where it stalls.
 */
export function rootOf(f: (x: number) => number, low: number, high?: number): number {
  let [a, fa] = [low, f(low)];
  let b = high ?? Math.max(1, 2 * low);
  let fb = f(b);
  while (high === undefined && Math.sign(fa) === Math.sign(fb) && b < Number.MAX_VALUE / 4) [a, fa, b, fb] = [b, fb, 2 * b, f(2 * b)];
  if (fa === 0) return a;
  for (let step = 0; step < MOST_STEPS && fb !== 0 && Math.abs(b - a) > Number.EPSILON * Math.abs(b); step++) {
    // Each third step halves, so that a badly curved function costs no more than bisection.
    const chord = b - (fb * (b - a)) / (fb - fa);
    const c = step % 3 === 2 || !Number.isFinite(chord) ? (a + b) / 2 : chord;
    const fc = f(c);
    if (Math.sign(fc) === Math.sign(fb)) {
      const weight = 1 - fc / fb;
      fa *= weight > 0 ? weight : 0.5;
    } else {
      [a, fa] = [b, fb];
    }
    [b, fb] = [c, fc];
  }
  return b;
}

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

/** From here on two terms of Hill's expansion are exact to a double, while the continued fraction begins to lose digits. */
const NEARLY_NORMAL = 10_000;

/** The standard normal value with the same tail as t, for many degrees of freedom: Hill 1970, CACM 13:617. */
function normalEquivalent(t: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom - 0.5;
  const y = a * Math.log1p((t * t) / degreesOfFreedom);
  return Math.sqrt(y) * (1 + (y + 3) / (48 * a * a));
}

/** The other way round: the t with the same tail as z. */
function studentEquivalent(z: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom - 0.5;
  const root = z / (1 + (z * z + 3) / (48 * a * a));
  return Math.sign(z) * Math.sqrt(degreesOfFreedom * Math.expm1((root * root) / a));
}

/** The probability that Student's t is above `t` (DLMF 8.17 with x = df / (df + t²)). */
export function studentTail(t: number, degreesOfFreedom: number): number {
  if (t < 0) return 1 - studentTail(-t, degreesOfFreedom);
  if (degreesOfFreedom > NEARLY_NORMAL) return normalTail(normalEquivalent(t, degreesOfFreedom));
  const square = t * t;
  if (square === Infinity) return 0;
  const whole = degreesOfFreedom + square;
  return 0.5 * regularizedBeta(degreesOfFreedom / whole, square / whole, degreesOfFreedom / 2, 0.5);
}

/** The t that Student's t is below with probability p. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degreesOfFreedom);
  if (p === 0.5) return 0;
  const z = normalQuantile(p);
  if (degreesOfFreedom > NEARLY_NORMAL) return studentEquivalent(z, degreesOfFreedom);
  // Its tails are the heavier ones.
  return rootOf((t) => Math.log(studentTail(t, degreesOfFreedom)) - Math.log(1 - p), z);
}

/**
 * The probability that a t with non-centrality `shift` is above `t`: the mean of Φ(shift - t s) over s = sqrt(χ² / df),
 * by the trapezoid rule in ln s, whose error falls exponentially with the number of points.
 */
export function noncentralStudentTail(t: number, degreesOfFreedom: number, shift: number): number {
  const step = Math.min(0.125, 1 / (4 * Math.sqrt(2 * degreesOfFreedom)));
  let sum = 0;
  let whole = 0;
  for (const direction of [1, -1]) {
    for (let k = direction === 1 ? 0 : 1; ; k++) {
      const u = direction * k * step;
      const weight = Math.exp(degreesOfFreedom * (u - Math.expm1(2 * u) / 2));
      if (weight < 1e-18) break;
      sum += weight * normalCdf(shift - t * Math.exp(u));
      whole += weight;
    }
  }
  return sum / whole;
}
