import type { Experiment } from './experiment-state';
import { runningExperiments } from './experiment-state';
import { sameJson } from './json';
import { WHOLE } from './percent';
import type { ProjectState } from './project-state';
import type { Rule } from './rule';

/** X6: what a reach rests on. SETUP: on the set-up alone, whatever users there are. */
export const REACH_BASES = ['SETUP'] as const;
export type ReachBasis = (typeof REACH_BASES)[number];

/** How much of its audience an experiment can take. */
export interface Reach {
  readonly basis: ReachBasis;
  /** At most so much of the audience, in basis points. 0: it is proven that no new user can be taken. */
  readonly atMost: number;
  /** The running experiments that keep users from it, in the order of their starts. */
  readonly blockedBy: readonly string[];
}

type Taken = Pick<Experiment, 'id' | 'exclusive' | 'keys'>;

/** X4: two experiments conflict if either is exclusive or they share a key. */
export function conflict(a: Taken, b: Taken): boolean {
  return a.exclusive || b.exclusive || a.keys.some((key) => b.keys.includes(key));
}

/**
 * X6, of the set-up alone. A running experiment keeps the users of its sample from this one if it went before, conflicts with it, and has the whole
 * of its audience; and if what could have taken those users first conflicts with this one too. Samples are drawn one by one, so what is left
 * of the audience by each is multiplied.
 */
export function reachOf(state: ProjectState, experiment: Experiment, traffic: number): Reach {
  if (experiment.status !== 'DRAFT' && experiment.status !== 'RUNNING') return { basis: 'SETUP', atMost: 0, blockedBy: [] };
  const others = runningExperiments(state).filter(({ id }) => id !== experiment.id);
  const startedAt = experiment.started?.revision ?? Infinity;
  const rule = audienceRule(state, experiment);
  const blocking = others.filter((other) => {
    if (other.traffic === 0 || (other.started?.revision ?? 0) > startedAt || !conflict(other, experiment)) return false;
    const theirs = audienceRule(state, other);
    if (theirs !== null && !sameJson(theirs, rule)) return false;
    return others.every((third) => third.id === other.id || !conflict(third, other) || conflict(third, experiment));
  });
  const left = blocking.reduce((share, { traffic: taken }) => (share * (WHOLE - taken)) / WHOLE, traffic);
  return { basis: 'SETUP', atMost: Math.ceil(left), blockedBy: blocking.map(({ id }) => id) };
}

/** The rule that it has started with, or would start with now; `null`: everyone. */
function audienceRule({ segments }: ProjectState, { audience, started }: Experiment): Rule | null {
  if (started !== null) return started.audience?.rule ?? null;
  return audience === null ? null : (segments.get(audience)?.rule ?? null);
}
