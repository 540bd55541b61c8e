import { isMissing, type Reason } from '../statistics/missing';
import type { Comparison } from './comparison';
import type { Estimate } from './estimate';

/** "1 day", "7 days" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** At most so many digits after the point that a small number keeps two that say something. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(2);
  const digits = size >= 0.1 || size === 0 ? 1 : Math.min(8, 1 - Math.floor(Math.log10(size)));
  const text = value.toFixed(digits).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${rounded(value)}`;

/** "0.8 %" of a share */
export const shareText = (share: number): string => `${rounded(share * 100)} %`;

/** "purchases +8.1 % (95 % 2.3 to 14.4)", or in the goal's own units where nothing can be said relative to control. */
export function effectText(name: string, measure: Comparison['goal']['measure'], estimate: Estimate): string {
  const confidence = shareText(Number(estimate.confidence.toFixed(6)));
  const { uplift } = estimate;
  if (!isMissing(uplift)) {
    const [value, low, high] = [uplift.uplift, uplift.low, uplift.high].map((share) => share * 100);
    return `${name} ${signed(value!)} % (${confidence} ${rounded(low!)} to ${rounded(high!)})`;
  }
  const [scale, unit] = measure === 'CONVERSION' ? [100, ' percentage points'] : [1, ' a user'];
  const [value, low, high] = [estimate.difference, estimate.low, estimate.high].map((difference) => difference * scale);
  return `${name} ${signed(value!)}${unit} (${confidence} ${rounded(low!)} to ${rounded(high!)})`;
}

const REASONS: Readonly<Record<Reason, string>> = {
  NO_USERS: 'an arm has no mature user yet',
  ONE_USER: 'an arm has one mature user only',
  NO_VARIANCE: 'all users of both arms are alike',
  BASELINE_NEAR_ZERO: 'control may be zero',
  OUT_OF_RANGE: 'the sums are too large',
};

export const reasonText = (reason: Reason): string => REASONS[reason];

/** What a comparison has found, or why it has not, in words. */
export function comparisonText({ goal, deciding }: Comparison): string {
  return isMissing(deciding)
    ? `${goal.name} unknown, since ${reasonText(deciding.missing)}`
    : effectText(goal.name, goal.measure, deciding);
}
