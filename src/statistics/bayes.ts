import { logBeta, logOf, regularizedBeta } from './gamma';
import { isMissing, type Missing } from './missing';
import { normalCdf } from './distributions';
import type { Proportion } from './proportion';
import { difference, type Sample } from './sample';

/*
 * Not valid under peeking: a test that ends when such a chance looks good is wrong more often than the chance says. So
 * these are shown on request and decide nothing.
 */

interface Beta {
  readonly a: number;
  readonly b: number;
}

/** The posterior of a proportion after a uniform prior. */
const posterior = ({ converted, users }: Proportion): Beta => ({ a: converted + 1, b: users - converted + 1 });

/** The standard deviation of ln(p / (1 - p)), nearly. */
const spread = ({ a, b }: Beta): number => Math.sqrt(1 / a + 1 / b);

/**
 * The chance that `higher` is above `lower`: the mean of the one's distribution function over the other, by the trapezoid rule in
 * ln(p / (1 - p)), where both are smooth and its error falls exponentially.
 */
function chanceAbove(lower: Beta, higher: Beta): number {
  // Over the narrower one, so that the steps see the other as nearly a line.
  if (spread(lower) > spread(higher)) return 1 - chanceAbove(higher, lower);
  const { a, b } = lower;
  const step = Math.min(0.125, spread(lower) / 4);
  const constant = logBeta(a, b);
  const middle = Math.log(a / b);
  let sum = 0;
  let whole = 0;
  for (const direction of [1, -1]) {
    for (let k = direction === 1 ? 0 : 1; ; k++) {
      const odds = Math.exp(middle + direction * k * step);
      const p = odds / (1 + odds);
      const rest = 1 / (1 + odds);
      const weight = Math.exp(a * logOf(p, rest) + b * logOf(rest, p) - constant);
      if (!(weight * step > 1e-18)) break;
      sum += weight * regularizedBeta(rest, p, higher.b, higher.a);
      whole += weight;
    }
  }
  return sum / whole;
}

/** The chance that the variant's proportion is above control's, both unknown before: beta-binomial, uniform priors. */
export const chanceOfHigherProportion = (control: Proportion, variant: Proportion): number =>
  chanceAbove(posterior(control), posterior(variant));

/** The chance that the variant's mean is above control's: normal posteriors after flat priors. */
export function chanceOfHigherMean(control: Sample | Missing, variant: Sample | Missing): number | Missing {
  const estimate = difference(control, variant);
  return isMissing(estimate) ? estimate : normalCdf(estimate.difference / estimate.standardError);
}
