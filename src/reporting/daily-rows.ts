import type { Report } from './experiment-results';

/** What users of one variant who were first exposed on one day came to by one goal; of a test without goals, the users alone. */
export interface DailyRow {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly variant: string;
  readonly variantName: string;
  /** All who were first exposed on the day. */
  readonly exposedUsers: number;
  readonly goal: string;
  readonly goalName: string;
  readonly role: string;
  readonly measure: string;
  readonly windowDays: number | '';
  /** Users whose window has closed: the sums are over these. */
  readonly matureUsers: number;
  readonly converted: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** The same measure over the 14 days before the first exposure, and the products of both. */
  readonly preSum: number;
  readonly preSumSquares: number;
  readonly product: number;
}

const NO_GOAL = { id: '', name: '', role: '', measure: '', windowDays: '' } as const;
const NOTHING = { users: 0, converted: 0, sum: 0, sumSquares: 0, preSum: 0, preSumSquares: 0, product: 0 };

/** The names of the columns, in their order. */
export const DAILY_COLUMNS = [
  'day',
  'variant',
  'variantName',
  'exposedUsers',
  'goal',
  'goalName',
  'role',
  'measure',
  'windowDays',
  'matureUsers',
  'converted',
  'sum',
  'sumSquares',
  'preSum',
  'preSumSquares',
  'product',
] as const satisfies readonly (keyof DailyRow)[];

/** The daily aggregates that results are made of: by day, then variant, then goal. */
export function* dailyRows({ input }: Pick<Report, 'input'>): Generator<DailyRow> {
  const arms = [...input.arms, ...(input.holdout ? [input.holdout] : [])];
  const keyOf = (day: string, arm: string, goal: string): string => `${day}\n${arm}\n${goal}`;
  const exposed = new Map(input.exposed.map((row) => [keyOf(row.day, row.arm, ''), row.users]));
  const moments = new Map(input.moments.map((row) => [keyOf(row.day, row.arm, row.goal), row]));
  for (const day of [...new Set(input.exposed.map((row) => row.day))].sort()) {
    for (const arm of arms) {
      const exposedUsers = exposed.get(keyOf(day, arm.id, '')) ?? 0;
      for (const goal of input.goals.length > 0 ? input.goals : [NO_GOAL]) {
        const of = moments.get(keyOf(day, arm.id, goal.id)) ?? NOTHING;
        const { users: matureUsers, converted, sum, sumSquares, preSum, preSumSquares, product } = of;
        const { id, name: goalName, role, measure, windowDays } = goal;
        const about = { goal: id, goalName, role, measure, windowDays };
        const sums = { matureUsers, converted, sum, sumSquares, preSum, preSumSquares, product };
        yield { day, variant: arm.id, variantName: arm.name, exposedUsers, ...about, ...sums };
      }
    }
  }
}
