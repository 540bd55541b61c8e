import type { MeasuredGoal, ResultsInput } from './input';

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
