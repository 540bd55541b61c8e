import type { Arm, DayMoments, ExposedUsers, MeasuredGoal, Observed, ResultsInput } from '../../src/results/input';

export const DAY_MS = 86_400_000;
export const STARTED_AT_MS = Date.parse('2026-03-02T09:00:00Z');
export const dayOf = (index: number): string => new Date(STARTED_AT_MS + index * DAY_MS).toISOString().slice(0, 10);

export const ARMS: readonly Arm[] = [
  { id: 'c', name: 'control', control: true, weight: 5_000 },
  { id: 'v2', name: 'v2', control: false, weight: 5_000 },
];

export const PURCHASES: MeasuredGoal = {
  id: 'g1',
  name: 'purchases',
  role: 'PRIMARY',
  measure: 'CONVERSION',
  direction: 'HIGHER',
  windowDays: 1,
};

export const SOUND: Observed = {
  inTwoVariants: 0,
  exposures: 100_000,
  servedWithoutStore: 0,
  baselineChanges: [],
  earlierVariants: [],
  assignmentsLost: [],
  erasedUsers: 0,
  countedEvents: 10_000,
  lateEvents: 0,
};

/** The moments of an arm on one day: of `users` users, `of` converted, each once. */
export const converted = (goal: string, arm: string, day: number, of: number, users: number): DayMoments => ({
  goal,
  arm,
  day: dayOf(day),
  users,
  converted: of,
  sum: of,
  sumSquares: of,
  preSum: 0,
  preSumSquares: 0,
  product: 0,
});

export const exposed = (arm: string, day: number, users: number): ExposedUsers => ({ arm, day: dayOf(day), users });

/** A test of twelve days: 17,000 mature users an arm, of whom these bought. */
export function bought(control: number, variant: number, change: Partial<ResultsInput> = {}): ResultsInput {
  return {
    analysis: { method: 'SEQUENTIAL', alpha: 0.05, plannedUsers: 20_000, cuped: false },
    arms: ARMS,
    goals: [PURCHASES],
    startedAtMs: STARTED_AT_MS,
    atMs: STARTED_AT_MS + 11.5 * DAY_MS,
    exposed: [exposed('c', 0, 17_000), exposed('v2', 0, 17_000)],
    moments: [converted('g1', 'c', 0, control, 17_000), converted('g1', 'v2', 0, variant, 17_000)],
    observed: SOUND,
    ...change,
  };
}

/** The input of a win: +8.1 %. */
export const win = (change: Partial<ResultsInput> = {}): ResultsInput => bought(4_250, 4_596, change);
