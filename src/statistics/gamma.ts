const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** B(2k) / (2k (2k - 1)), k = 1 to 8: DLMF 5.11.1. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
/** From here on the eight terms are exact to a double. */
const STIRLING_FROM = 10;
const TINY = 1e-300;
const EPSILON = 1e-16;
const MOST_STEPS = 100_000;

/** What Stirling's formula leaves of ln Γ(x), for x >= 10. */
function stirlingRest(x: number): number {
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
function continuedFraction(start: number, term: (step: number) => readonly [a: number, b: number]): number {
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

/**
 * ln B(a, b). Where one is large, Stirling's formula is put in before the large terms cancel (Didonato and Morris 1992,
 * ACM TOMS 18:360), so that a billion users cost no digits.
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const rest = stirlingRest(large) - stirlingRest(small + large);
  const share = (large - 0.5) * Math.log1p(-small / (small + large));
  if (small < STIRLING_FROM) return logGamma(small) + rest + share + small - small * Math.log(small + large);
  return HALF_LOG_TWO_PI + stirlingRest(small) + rest + share + small * Math.log(small / (small + large)) - 0.5 * Math.log(small);
}

/** ln x, where 1 - x is known better than x near 1. */
export const logOf = (x: number, complement: number): number => (complement < 0.5 ? Math.log1p(-complement) : Math.log(x));

/**
 * The regularised incomplete beta function I_x(a, b), by the continued fraction of DLMF 8.17.22.
 *
 * @param complement is 1 - x, given apart because it may be far smaller than the rounding of x.
 */
export function regularizedBeta(x: number, complement: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  // Where the fraction converges fast. Asked once: x and its complement can both be above their bounds by a rounding.
  return x > (a + 1) / (a + b + 2) ? 1 - lowerBeta(complement, x, b, a) : lowerBeta(x, complement, a, b);
}

function lowerBeta(x: number, complement: number, a: number, b: number): number {
  const factor = Math.exp(a * logOf(x, complement) + b * logOf(complement, x) - logBeta(a, b)) / a;
  const fraction = continuedFraction(1, (step) => {
    const m = Math.floor(step / 2);
    const above = step % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m);
    const below = step % 2 === 0 ? (a + 2 * m - 1) * (a + 2 * m) : (a + 2 * m) * (a + 2 * m + 1);
    return [(above * x) / below, 1];
  });
  return factor / fraction;
}
