import type { PairedSums } from '../statistics/cuped';
import { type DayMoments, type ResultsInput, horizonDay } from './input';

/** The sums of one goal over the mature users of one arm. */
export interface Totals extends PairedSums {
  readonly converted: number;
}

export const NONE: Totals = { users: 0, converted: 0, sum: 0, sumSquares: 0, preSum: 0, preSumSquares: 0, product: 0 };

export const added = (a: Totals, b: Totals): Totals => ({
  users: a.users + b.users,
  converted: a.converted + b.converted,
  sum: a.sum + b.sum,
  sumSquares: a.sumSquares + b.sumSquares,
  preSum: a.preSum + b.preSum,
  preSumSquares: a.preSumSquares + b.preSumSquares,
  product: a.product + b.product,
});

/** Totals by arm. */
export type TotalsByArm = ReadonlyMap<string, Totals>;

/** A goal's moments that take part: of a fixed test those of users first exposed before the horizon. */
export function momentsOf(input: ResultsInput, goalId: string): readonly DayMoments[] {
  const horizon = input.analysis.method === 'FIXED' ? horizonDay(input) : undefined;
  return input.moments.filter(({ goal, day }) => goal === goalId && (horizon === undefined || day < horizon));
}

/** What one goal came to in each arm that has mature users. */
export function totalsOf(moments: readonly DayMoments[]): TotalsByArm {
  const totals = new Map<string, Totals>();
  for (const row of moments) totals.set(row.arm, added(totals.get(row.arm) ?? NONE, row));
  return totals;
}

/** Users by arm, mature or not. */
export function usersByArm({ exposed }: Pick<ResultsInput, 'exposed'>): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const row of exposed) users.set(row.arm, (users.get(row.arm) ?? 0) + row.users);
  return users;
}

/** @throws RangeError if a row is of an arm or a goal that the test does not have, or if it has no control */
export function checkInput({ arms, holdout, goals, exposed, moments }: ResultsInput): void {
  if (arms.filter(({ control }) => control).length !== 1) throw new RangeError('A test has one control.');
  const armIds = new Set([...arms.map(({ id }) => id), ...(holdout ? [holdout.id] : [])]);
  const goalIds = new Set(goals.map(({ id }) => id));
  for (const { arm } of [...exposed, ...moments]) if (!armIds.has(arm)) throw new RangeError(`The test has no arm "${arm}".`);
  for (const { goal } of moments) if (!goalIds.has(goal)) throw new RangeError(`The test has no goal "${goal}".`);
}
