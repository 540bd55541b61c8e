import { missing, type Missing } from '../statistics/missing';
import { tuning } from '../statistics/sequential';
import { hypotheses, levelOf } from './comparison';
import { estimate, figure, type Estimate, type Figure } from './estimate';
import type { DayMoments, ResultsInput } from './input';
import { added, checkInput, momentsOf, NONE, type Totals } from './totals';

/** What a goal came to in all users who were first exposed up to a day and are mature. */
export interface SeriesDay {
  readonly day: string;
  readonly arms: readonly {
    readonly arm: string;
    readonly figure: Figure | Missing;
    /** Beside control; missing of control itself and of the held-out group. */
    readonly plain?: Estimate | Missing;
    readonly adjusted?: Estimate | Missing;
  }[];
}

/**
 * One goal day by day of first exposure, each day with all before it. It goes over the moments once.
 *
 * @throws RangeError if the test has no such goal, or as `resultsOf`
 */
export function seriesOf(input: ResultsInput, goalId: string): readonly SeriesDay[] {
  checkInput(input);
  const { analysis, arms, holdout, goals } = input;
  const goal = goals.find(({ id }) => id === goalId);
  if (!goal) throw new RangeError(`The test has no goal "${goalId}".`);
  const control = arms.find((arm) => arm.control)!.id;
  const level = levelOf(goal, analysis, tuning(analysis.alpha, analysis.plannedUsers), hypotheses(goals, arms));
  const totals = new Map<string, Totals>();
  return byDay(momentsOf(input, goalId)).map(([day, rows]) => {
    for (const row of rows) totals.set(row.arm, added(totals.get(row.arm) ?? NONE, row));
    const of = (arm: string): Totals => totals.get(arm) ?? NONE;
    const beside = (arm: string, adjust: boolean): Estimate | Missing =>
      of(control).users === 0 ? missing('NO_USERS') : estimate(goal.measure, of(control), of(arm), adjust, level);
    return {
      day,
      arms: [
        ...arms.map(({ id }) => ({
          arm: id,
          figure: figure(goal.measure, of(id)),
          ...(id === control ? {} : { plain: beside(id, false), adjusted: beside(id, true) }),
        })),
        ...(holdout ? [{ arm: holdout.id, figure: figure(goal.measure, of(holdout.id)) }] : []),
      ],
    };
  });
}

/** Rows by day, in order. */
function byDay(rows: readonly DayMoments[]): readonly (readonly [string, readonly DayMoments[]])[] {
  const days = new Map<string, DayMoments[]>();
  for (const row of rows) {
    const ofDay = days.get(row.day);
    if (ofDay) ofDay.push(row);
    else days.set(row.day, [row]);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
