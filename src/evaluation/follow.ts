import { evolve, EMPTY_PROJECT } from '../domain/decider';
import type { Envelope } from '../domain/event';
import type { ProjectState } from '../domain/project-state';
import { compileRuleset, type Ruleset } from './ruleset';
import { servingRevisionAfter } from './serving-digest';
import type { UserRecord } from './user-record';

/** A project as its events are followed: all that a ruleset is compiled from. */
export interface Followed {
  readonly state: ProjectState;
  /** The last revision that changed what is served; -1: none yet. */
  readonly servingRevision: number;
}

export const NOTHING_FOLLOWED: Followed = { state: EMPTY_PROJECT, servingRevision: -1 };

/** After the next event of the project. */
export function follow({ state, servingRevision }: Followed, event: Envelope): Followed {
  const next = evolve(state, event);
  return { state: next, servingRevision: servingRevisionAfter(servingRevision, state, next, event.entity) };
}

/** Compiled on top of the ruleset before it, if there is one: it may be several events older. */
export function rulesetOf({ state, servingRevision }: Followed, previous?: Ruleset): Ruleset {
  return compileRuleset(state, servingRevision, previous);
}

/** The record as it counts for a ruleset of the past: present facts, the assignments up to its revision, and no overrides, which are about now. */
export function recordAsOf(record: UserRecord, { revision }: Ruleset): UserRecord {
  return { ...record, assignments: record.assignments.filter((assignment) => assignment.revision <= revision), overrides: [] };
}
