import { DAY_MS } from './played-tests';

/* Results computed once more from what was sent, by users and not by sums, sharing nothing with the product. */

export interface Sent {
  readonly user: number;
  readonly at: number;
  readonly price: number;
}

export interface RecomputedGoal {
  readonly measure: 'CONVERSION' | 'COUNT' | 'SUM';
  readonly windowDays: number;
  readonly cap?: number;
}

/** Of one mature user: the measure in the window, and in the 14 days before the first exposure. */
export interface Measured {
  readonly value: number;
  readonly before: number;
}

/** The mature users of those given, first seen up to the end of a day. */
export function measured(
  users: readonly { readonly first: number; readonly events: readonly Sent[] }[],
  goal: RecomputedGoal,
  receivedUpToMs: number,
  lastDay: string,
): readonly Measured[] {
  const valueOf = (events: readonly Sent[]): number => {
    if (goal.measure === 'CONVERSION') return events.length > 0 ? 1 : 0;
    if (goal.measure === 'COUNT') return events.length;
    return Math.min(goal.cap ?? Infinity, events.reduce((sum, { price }) => sum + Math.round(price * 100), 0) / 100);
  };
  const windowMs = goal.windowDays * DAY_MS;
  return users
    .filter(({ first }) => first + windowMs <= receivedUpToMs && new Date(first).toISOString().slice(0, 10) <= lastDay)
    .map(({ first, events }) => ({
      value: valueOf(events.filter(({ at }) => at >= first && at < first + windowMs)),
      before: valueOf(events.filter(({ at }) => at < first && at >= first - 14 * DAY_MS)),
    }));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const variance = (values: readonly number[], without: 0 | 1): number => {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - without);
};

/** The values with what the time before says taken out, by one slope for both arms. */
function adjustedValues(arms: readonly (readonly Measured[])[]): readonly (readonly number[])[] {
  let [products, squares] = [0, 0];
  for (const arm of arms) {
    const [middle, before] = [mean(arm.map(({ value }) => value)), mean(arm.map((user) => user.before))];
    for (const user of arm) {
      products += (user.value - middle) * (user.before - before);
      squares += (user.before - before) ** 2;
    }
  }
  const slope = squares === 0 ? 0 : products / squares;
  const overall = mean(arms.flat().map(({ before }) => before));
  return arms.map((arm) => arm.map(({ value, before }) => value - slope * (before - overall)));
}

/** The interval of the difference, by Waudby-Smith et al., arXiv 2103.06476, eq. 9 and 161. */
export function interval(
  control: readonly Measured[],
  variant: readonly Measured[],
  { measure, isAdjusted, alpha, plannedUsers }: { measure: string; isAdjusted: boolean; alpha: number; plannedUsers: number },
): { readonly difference: number; readonly low: number; readonly high: number } {
  const arms = isAdjusted ? adjustedValues([control, variant]) : [control, variant].map((arm) => arm.map(({ value }) => value));
  const [one, other] = arms as [readonly number[], readonly number[]];
  // The variance of a share is p (1 - p).
  const without = measure === 'CONVERSION' && !isAdjusted ? 0 : 1;
  const error = Math.sqrt(variance(one, without) / one.length + variance(other, without) / other.length);
  const rSquared = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / plannedUsers;
  const grown = (one.length + other.length) * rSquared + 1;
  const reach = Math.sqrt(((2 * grown) / (grown - 1)) * Math.log(Math.sqrt(grown) / alpha)) * error;
  const difference = mean(other) - mean(one);
  return { difference, low: difference - reach, high: difference + reach };
}
