import type { Observations } from '../observations/observations';
import type { TallyKind, TallyTotal } from '../observations/tally';
import type { Observed } from '../results/input';
import type { ExperimentPast } from './experiment-past';

/** What the checks know from counts alone (R4). */
export type Counted = Required<Pick<Observed, 'servedWithoutStore' | 'lateEvents' | 'assignmentsLost'>>;

/** Of an experiment, from what was received up to a time. Rejects with `ObservationsUnavailable`. */
export async function countedOf(
  observations: Pick<Observations, 'tallied'>,
  projectId: string,
  { experiment, goals, startedAtMs, ended }: ExperimentPast,
  receivedBefore: number,
): Promise<Counted> {
  const tallied = (kind: TallyKind, project: string, subject: string): Promise<readonly TallyTotal[]> =>
    observations.tallied({ projectId: project, kind, subject, receivedBefore });
  const [unstored, late, stores] = await Promise.all([
    tallied('UNSTORED', projectId, experiment.id),
    tallied('LATE', projectId, experiment.id),
    // A store of users is of all projects.
    tallied('STORE', '', ''),
  ]);
  const events = new Set(goals.map(({ event }) => event));
  // The first store of users took over from none.
  const [, ...later] = stores.map(({ firstAt }) => firstAt).sort((a, b) => a - b);
  return {
    servedWithoutStore: countOf(unstored),
    lateEvents: countOf(late.filter(({ name }) => events.has(name))),
    assignmentsLost: later.filter((at) => at >= startedAtMs && at < (ended?.atMs ?? Infinity)).map((at) => new Date(at).toISOString()),
  };
}

const countOf = (totals: readonly TallyTotal[]): number => totals.reduce((sum, { count }) => sum + count, 0);
