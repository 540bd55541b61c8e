import type { Direction } from '../statistics/uplift';

/** How a test is analysed, frozen by its start. */
export interface Analysis {
  readonly method: 'SEQUENTIAL' | 'FIXED';
  readonly alpha: number;
  /** Users of all arms that the test is planned for: where the sequential intervals are at their tightest. */
  readonly plannedUsers: number;
  /** In a fixed test, the number of UTC days of first exposures after which it is decided. */
  readonly horizonDays?: number;
  /** Whether the numbers that the time before the exposure was taken out of decide. */
  readonly cuped: boolean;
}

export interface MeasuredGoal {
  readonly id: string;
  readonly name: string;
  readonly role: 'PRIMARY' | 'SECONDARY' | 'GUARDRAIL';
  readonly measure: 'CONVERSION' | 'COUNT' | 'SUM';
  readonly direction: Direction;
  readonly windowDays: number;
  /** For a guardrail, how much worse than control is accepted, in basis points of control. */
  readonly margin?: number;
  /** A goal that was added after the start never decides. */
  readonly addedLater?: boolean;
}

/** A variant. Weights are basis points of the test's users, and sum to 10,000. */
export interface Arm {
  readonly id: string;
  readonly name: string;
  readonly control: boolean;
  readonly weight: number;
}

/** Users of an arm by the UTC day of their first exposure, `YYYY-MM-DD`. */
export interface ExposedUsers {
  readonly arm: string;
  readonly day: string;
  readonly users: number;
}

/** What a goal came to for the mature users of an arm (those whose window has closed) who were first exposed on a day. */
export interface DayMoments {
  readonly goal: string;
  readonly arm: string;
  readonly day: string;
  readonly users: number;
  /** Those whose value is not 0. */
  readonly converted: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** The same measure over the 14 days before the first exposure, and the products of both. */
  readonly preSum: number;
  readonly preSumSquares: number;
  readonly product: number;
}

/** How many users of this test were in one variant of an earlier one with a key in common, by their arm in this one. */
export interface EarlierVariant {
  readonly experiment: string;
  readonly variant: string;
  readonly users: Readonly<Record<string, number>>;
}

/** What the checks need to know beside the moments. */
export interface Observed {
  /** Users who were seen in two variants, and are left out. */
  readonly inTwoVariants: number;
  readonly exposures: number;
  /** Exposures at or after the revision of the end, which are left out. */
  readonly afterEnd?: number;
  /** Servings while the user store was away; absent: that is not recorded. */
  readonly servedWithoutStore?: number;
  /** Events that changed what control gives while the test ran. */
  readonly baselineChanges: readonly { readonly revision: number; readonly at: string }[];
  readonly earlierVariants: readonly EarlierVariant[];
  /** Times at which assignments were lost and an operator accepted it; absent: that is not recorded. */
  readonly assignmentsLost?: readonly string[];
  /** Users of the test who were erased since. */
  readonly erasedUsers: number;
  /** User events of the goals that were counted, and those that came too late to be; absent: that is not recorded. */
  readonly countedEvents: number;
  readonly lateEvents?: number;
}

/** All that the results of one test are made of. */
export interface ResultsInput {
  readonly analysis: Analysis;
  readonly arms: readonly Arm[];
  /** The group that gets no values from experiments, shown beside control. */
  readonly holdout?: { readonly id: string; readonly name: string };
  readonly goals: readonly MeasuredGoal[];
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** The time that the observations reach. */
  readonly atMs: number;
  readonly exposed: readonly ExposedUsers[];
  readonly moments: readonly DayMoments[];
  readonly observed: Observed;
}

const DAY_MS = 86_400_000;

/** A test before it has run a week has not seen each weekday. */
export const FEWEST_DAYS = 7;

/** The UTC day that holds this time, as a number of days. */
const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

type Times = Pick<ResultsInput, 'analysis' | 'startedAtMs' | 'endedAtMs' | 'atMs' | 'goals'>;

/** The goals that can decide: those of the start that are no secondary ones. */
export const decisive = (goals: readonly MeasuredGoal[]): readonly MeasuredGoal[] =>
  goals.filter(({ role, addedLater }) => role !== 'SECONDARY' && addedLater !== true);

/** How many whole days the test had run. */
export const daysRun = ({ startedAtMs, endedAtMs, atMs }: Times): number =>
  Math.max(0, Math.floor((Math.min(atMs, endedAtMs ?? atMs) - startedAtMs) / DAY_MS));

/** The first UTC day whose newly exposed users no longer count in a fixed test. */
export function horizonDay({ analysis, startedAtMs }: Pick<ResultsInput, 'analysis' | 'startedAtMs'>): string | undefined {
  if (analysis.horizonDays === undefined) return undefined;
  return new Date((dayOf(startedAtMs) + analysis.horizonDays) * DAY_MS).toISOString().slice(0, 10);
}

/** When the last window of those who take part has closed, so that nothing changes any more; never without an end or a horizon. */
export function closesAtMs(times: Times): number {
  const horizon = horizonDay(times);
  const lastMs = Math.min(times.endedAtMs ?? Infinity, horizon === undefined ? Infinity : Date.parse(horizon));
  return lastMs + Math.max(0, ...decisive(times.goals).map(({ windowDays }) => windowDays)) * DAY_MS;
}

export const isClosed = (times: Times): boolean => times.atMs >= closesAtMs(times);

/** Whether a fixed test was stopped before its horizon, which it may not be judged by. */
export function stoppedEarly(times: Times): boolean {
  const horizon = horizonDay(times);
  return horizon !== undefined && times.endedAtMs !== undefined && times.endedAtMs < Date.parse(horizon);
}
