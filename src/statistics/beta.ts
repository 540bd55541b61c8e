import { STIRLING_FROM, continuedFraction, logGamma, stirlingRest } from './gamma';

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

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
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(complement, x, b, a);
  const factor = Math.exp(a * logOf(x, complement) + b * logOf(complement, x) - logBeta(a, b)) / a;
  const fraction = continuedFraction(1, (step) => {
    const m = Math.floor(step / 2);
    const above = step % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m);
    const below = step % 2 === 0 ? (a + 2 * m - 1) * (a + 2 * m) : (a + 2 * m) * (a + 2 * m + 1);
    return [(above * x) / below, 1];
  });
  return factor / fraction;
}
