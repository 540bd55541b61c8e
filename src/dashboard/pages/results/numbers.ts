import type { EstimateFragment, FigureFragment } from '../../generated/operations';
import { resultWords as text } from '../../words/results';

const PERCENT_DIGITS = 2;

/** With so many digits after the point that two of a small number say something. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(2);
  const digits = size >= 100 || size === 0 ? 1 : Math.min(8, Math.max(1, PERCENT_DIGITS - Math.floor(Math.log10(size)) - 1));
  return value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1');
}

/** A mean in the unit of its measure: of a conversion, in percent. */
export function meanText(measure: string, mean: number): string {
  return measure === 'CONVERSION' ? `${rounded(mean * 100)} %` : rounded(mean);
}

export function signedPercent(share: number): string {
  const number = rounded(share * 100);
  return `${share > 0 ? '+' : ''}${number} %`;
}

/** A round number of an axis, which needs no digits behind it. */
export function axisText(percent: boolean, value: number): string {
  const number = Number((percent ? value * 100 : value).toPrecision(6));
  return `${number === 0 ? 0 : number}${percent ? ' %' : ''}`;
}

export function pText(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

export function countText(count: number): string {
  return count.toLocaleString('en');
}

export function figureText(measure: string, { missing, mean, low, high }: FigureFragment): string {
  if (missing !== null || mean === null || low === null || high === null) return missing === null ? '' : text.missing[missing];
  return `${meanText(measure, mean)} (${meanText(measure, low)} to ${meanText(measure, high)})`;
}

/** The uplift with its interval, or the difference in the goal's own unit where nothing can be said relative to control. */
export function estimateText(measure: string, { missing, uplift, difference, low, high }: EstimateFragment): string {
  if (missing !== null) return text.missing[missing];
  if (uplift !== null) return `${signedPercent(uplift.uplift)} (${signedPercent(uplift.low)} to ${signedPercent(uplift.high)})`;
  if (difference === null || low === null || high === null) return text.noUplift;
  return `${meanText(measure, difference)} (${meanText(measure, low)} to ${meanText(measure, high)}), ${text.noUplift}`;
}
