import type { Experiment } from '../domain/experiment-state';
import { percentOf } from '../domain/percent';
import { bucketOf, salts, seedOf } from './bucket';
import { conflict } from '../domain/reach';
import { overridesInForce } from './served-experiment';
import { ruleTrail, type RuleTrail } from './rule-trail';
import type { Ruleset } from './ruleset';
import type { Subject } from './subject';
import { HOLDOUT, type Assignment } from './user-record';

/**
 * ASSIGNED: the user is in it. TAKES: it would take the user at the first evaluation of one of its keys. The others say why it does not.
 */
export type StandingState = 'ASSIGNED' | 'TAKES' | 'CONFLICT' | 'OUTSIDE_SAMPLE' | 'OUTSIDE_AUDIENCE' | 'TEST_USER' | 'NO_USER';

/** Whether one user takes part in one running experiment, and why. */
export interface Standing {
  readonly experiment: Experiment;
  readonly state: StandingState;
  /** For ASSIGNED and TAKES, the id of a variant, or `HOLDOUT`. */
  readonly variant?: string;
  /** For ASSIGNED. */
  readonly assignment?: Assignment;
  /** For CONFLICT, the experiments that have the user, or take the user first. */
  readonly inTheWay?: readonly Experiment[];
  /** In words. */
  readonly why: string;
  /** Why the audience has the user or not, where it was asked or an assigned user is no longer in it. */
  readonly audience?: RuleTrail;
}

/** In which running experiments a user is and since when, or why not, in the order of their starts: X4 by walking the set-up (V4). */
export function standingsOf(ruleset: Ruleset, subject: Subject): readonly Standing[] {
  const running = ruleset.running.map(({ from }) => from);
  const assigned = new Map(subject.record.assignments.map((assignment) => [assignment.experiment, assignment]));
  const having = running.filter(({ id }) => assigned.has(id));
  const isTest = overridesInForce(ruleset, subject).length > 0;
  return running.map((experiment) => {
    const assignment = assigned.get(experiment.id);
    if (assignment !== undefined) return standingOfAssigned(experiment, assignment, subject);
    const standing = isTest ? TEST_USER(experiment) : standingOf(experiment, having, subject);
    if (standing.state === 'TAKES') having.push(experiment);
    return standing;
  });
}

const TEST_USER = (experiment: Experiment): Standing => ({
  experiment,
  state: 'TEST_USER',
  why: 'the user has an override in force, so no experiment takes them',
});

function standingOfAssigned(experiment: Experiment, assignment: Assignment, subject: Subject): Standing {
  const { variant, assignedAt, revision } = assignment;
  const since = `since ${new Date(assignedAt).toISOString()} (revision ${revision})`;
  const why = variant === HOLDOUT ? `held out ${since}` : `in ${variantName(experiment, variant)} ${since}`;
  const audience = audienceTrail(experiment, subject);
  return { experiment, state: 'ASSIGNED', variant, assignment, why, ...(audience && { audience }) };
}

function standingOf(experiment: Experiment, having: readonly Experiment[], subject: Subject): Standing {
  const { userId } = subject;
  if (userId === undefined) return { experiment, state: 'NO_USER', why: 'no user id was given' };
  const inTheWay = having.filter((other) => conflict(experiment, other));
  if (inTheWay.length > 0) {
    const why = `the user is in ${inTheWay.map(({ name }) => `"${name}"`).join(', ')}, and a user is not in both`;
    return { experiment, state: 'CONFLICT', inTheWay, why };
  }
  const bucket = bucketOf(userId, seedOf(salts.traffic(experiment.id)));
  if (bucket >= experiment.traffic) {
    const why = `its traffic of ${percentOf(experiment.traffic)} % does not have the user, who is at ${percentOf(bucket)} %`;
    return { experiment, state: 'OUTSIDE_SAMPLE', why };
  }
  const audience = audienceTrail(experiment, subject);
  if (audience?.matched === false) return { experiment, state: 'OUTSIDE_AUDIENCE', why: 'its audience does not have the user', audience };
  const variant = variantFor(experiment, userId);
  const why = variant === HOLDOUT ? 'it would hold the user out' : `it would take the user into ${variantName(experiment, variant)}`;
  return { experiment, state: 'TAKES', variant, why, ...(audience && { audience }) };
}

export function audienceTrail({ started }: Experiment, subject: Subject): RuleTrail | undefined {
  return started?.audience ? ruleTrail(started.audience.rule, subject) : undefined;
}

function variantFor(experiment: Experiment, userId: string): string {
  const isHeldOut = (experiment.started?.holdouts ?? []).some(({ id, share }) => bucketOf(userId, seedOf(salts.holdout(id))) < share);
  if (isHeldOut) return HOLDOUT;
  const bucket = bucketOf(userId, seedOf(salts.variant(experiment.id)));
  let weights = 0;
  return experiment.variants.find(({ weight }) => bucket < (weights += weight))?.id ?? HOLDOUT;
}

export function variantName({ variants }: Experiment, id: string): string {
  return `variant "${variants.find((variant) => variant.id === id)?.name ?? id}"`;
}
