const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** B(2k) / (2k (2k - 1)), k = 1 to 8: DLMF 5.11.1. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
/** From here on the eight terms are exact to a double. */
export const STIRLING_FROM = 10;
const TINY = 1e-300;
const EPSILON = 1e-16;
const MOST_STEPS = 100_000;

/** What Stirling's formula leaves of ln Γ(x), for x >= 10. */
export function stirlingRest(x: number): number {
  const square = x * x;
  let rest = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) rest = rest / square + STIRLING[k]!;
  return rest / x;
}

/** ln Γ(x) for x > 0, to the precision of a double. Stirling's series (DLMF 5.11.1), below 10 by Γ(x + 1) = x Γ(x). */
export function logGamma(x: number): number {
  let product = 1;
  let raised = x;
  while (raised < STIRLING_FROM) product *= raised++;
  return (raised - 0.5) * Math.log(raised) - raised + HALF_LOG_TWO_PI + stirlingRest(raised) - Math.log(product);
}

/** The value of a continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) by Lentz's method (Thompson and Barnett 1986). */
export function continuedFraction(start: number, term: (step: number) => readonly [a: number, b: number]): number {
  let value = start === 0 ? TINY : start;
  let c = value;
  let d = 0;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const [a, b] = term(step);
    d = 1 / (b + a * d || TINY);
    c = b + a / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < EPSILON * 4) break;
  }
  return value;
}

/** The regularised upper incomplete gamma function Q(a, x): series below a + 1 (DLMF 8.7.1), continued fraction above (8.9.2). */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x >= a + 1) return factor / continuedFraction(x + 1 - a, (step) => [-step * (step - a), x + 2 * step + 1 - a]);
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MOST_STEPS && term > sum * EPSILON; n++) sum += term *= x / (a + n);
  return 1 - factor * sum;
}

/** The probability of a chi-squared above `value`. */
export const chiSquaredTail = (value: number, degreesOfFreedom: number): number => upperGamma(degreesOfFreedom / 2, value / 2);
