import { WHOLE } from '../domain/percent';
import type { Experiment } from '../domain/experiment-state';
import type { Steps } from '../domain/steps';
import { compileSteps, type Ruleset, addBit, haveCommon, noBits } from '../evaluation/ruleset';
import { standingsOf, type StandingState } from '../evaluation/standing';
import { Subject } from '../evaluation/subject';
import type { SampledUser } from '../user-store/user-store';

type Sampled = Pick<SampledUser, 'user' | 'record'>;

/** How many users have this standing in an experiment. */
export interface CountedStanding {
  readonly state: StandingState;
  /** For CONFLICT, the first experiment that keeps the users out. */
  readonly inTheWay?: Experiment;
  readonly count: number;
}

/** A stored user, for whom no request gives an id or properties. */
export const subjectOf = ({ user, record }: Sampled, hour: number): Subject => new Subject(record, { userId: user, properties: {} }, hour);

/** The standings of users in a running experiment, the largest part first. */
export function* countStandings(
  ruleset: Ruleset,
  experimentId: string,
  users: readonly Sampled[],
  hour: number,
): Steps<readonly CountedStanding[]> {
  const ofTheRest = yield* forUnassigned(ruleset, users, hour);
  const counts = new Map<string, CountedStanding>();
  for (const user of users) {
    const standing = standingsOf(ofTheRest, subjectOf(user, hour)).find(({ experiment }) => experiment.id === experimentId)!;
    const [inTheWay] = standing.inTheWay ?? [];
    const id = `${standing.state} ${inTheWay?.id ?? ''}`;
    const count = (counts.get(id)?.count ?? 0) + 1;
    counts.set(id, { state: standing.state, ...(inTheWay && { inTheWay }), count });
    yield;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/**
 * The same set-up for users who are drawn by another id than their own. Of those whom an experiment could have, its traffic is a known share, and the
 * users who are in it are a part of that share already: so of the others it takes only what is left of it.
 */
function* forUnassigned(ruleset: Ruleset, users: readonly Sampled[], hour: number): Steps<Ruleset> {
  const { running, conflicts, source } = ruleset;
  const counts = running.map(() => ({ assigned: 0, free: 0 }));
  for (const user of users) {
    const subject = subjectOf(user, hour);
    const held = noBits(running.length);
    for (const [number, { id }] of running.entries()) if (subject.assignments.byExperiment.has(id)) addBit(held, number);
    for (const [number, { id, audience }] of running.entries()) {
      if (subject.assignments.byExperiment.has(id)) counts[number]!.assigned += 1;
      else if (!haveCommon(conflicts[number]!, held) && audience?.matches(subject) !== false) counts[number]!.free += 1;
    }
    yield;
  }
  const experiments = source.experiments.withMutations((all) => {
    for (const [number, { from }] of running.entries()) all.set(from.id, { ...from, traffic: trafficOfTheRest(from, counts[number]!) });
  });
  return yield* compileSteps({ ...source, experiments }, ruleset.servingRevision, ruleset);
}

function trafficOfTheRest({ traffic }: Experiment, { assigned, free }: { readonly assigned: number; readonly free: number }): number {
  if (assigned === 0 || free === 0) return traffic;
  const left = (traffic / WHOLE) * (assigned + free) - assigned;
  return Math.round(WHOLE * Math.min(1, Math.max(0, left / free)));
}
