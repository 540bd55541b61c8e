import type { Missing } from '../statistics/missing';
import type { SampleRatio } from '../statistics/sample-ratio';
import { tuning } from '../statistics/sequential';
import { checksOf, ratioOf, type Check } from './checks';
import { compare, figuresOf, hypotheses, type ArmFigure, type Comparison } from './comparison';
import { conclude, type Conclusion } from './conclusion';
import { type MeasuredGoal, type ResultsInput, daysRun, isClosed } from './input';
import { checkInput, momentsOf, totalsOf, usersByArm } from './totals';

export interface GoalResults {
  readonly goal: MeasuredGoal;
  readonly figures: readonly ArmFigure[];
  readonly comparisons: readonly Comparison[];
}

/** What a test shows. */
export interface Results {
  /** Whole days that it had run. */
  readonly days: number;
  /** Whether nothing changes any more: the last window of the last user has closed. */
  readonly closed: boolean;
  /** How many statements share alpha. */
  readonly hypotheses: number;
  readonly users: ReadonlyMap<string, number>;
  readonly sampleRatio: SampleRatio | Missing;
  readonly checks: readonly Check[];
  readonly goals: readonly GoalResults[];
  /** One for each variant but control. */
  readonly conclusions: readonly Conclusion[];
}

/**
 * The results of a test: a pure function of its input, so that the same sums give the same conclusion, whenever and wherever.
 *
 * @throws RangeError if the input is of another test: an arm or a goal that is not in it, or no control
 */
export function resultsOf(input: ResultsInput): Results {
  checkInput(input);
  const { analysis, arms, holdout, goals } = input;
  const r = tuning(analysis.alpha, analysis.plannedUsers);
  const totals = goals.map((goal) => ({ goal, totals: totalsOf(momentsOf(input, goal.id)) }));
  const comparisons = compare(totals, arms, analysis, r);
  const users = usersByArm(input);
  const sampleRatio = ratioOf(arms, users);
  const checks = checksOf(input, users, sampleRatio, comparisons);
  const shown = [...arms, ...(holdout ? [holdout] : [])].map(({ id }) => id);
  return {
    days: daysRun(input),
    closed: isClosed(input),
    hypotheses: hypotheses(goals, arms),
    users,
    sampleRatio,
    checks,
    goals: totals.map((each) => ({
      goal: each.goal,
      figures: figuresOf(each, shown),
      comparisons: comparisons.filter(({ goal }) => goal.id === each.goal.id),
    })),
    conclusions: arms.filter(({ control }) => !control).map((arm) => conclude(input, arm, checks, comparisons)),
  };
}
