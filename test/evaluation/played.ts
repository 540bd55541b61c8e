import { evolve, EMPTY_PROJECT } from '../../src/domain/decider';
import type { ProjectState } from '../../src/domain/project-state';
import { servingRevisionAfter } from '../../src/evaluation/serving-digest';
import { take, type Taking } from '../../src/evaluation/assignment';
import { HOUR_MS } from '../../src/evaluation/counter';
import type { Outcome } from '../../src/evaluation/outcome';
import { compileRuleset, type Ruleset } from '../../src/evaluation/ruleset';
import { serve } from '../../src/evaluation/serving';
import { servingTrail, type ServingTrail } from '../../src/evaluation/serving-trail';
import { Subject } from '../../src/evaluation/subject';
import { EMPTY_RECORD, type Assignment, type Properties, type UserRecord } from '../../src/evaluation/user-record';
import type { Envelope } from '../../src/domain/event';
import type { Ledger } from '../fixtures/ledger';

/** The hour at which tests ask. */
export const HOUR = Date.UTC(2026, 2, 5, 17) / HOUR_MS;

/** A project as its events are followed. */
export interface Followed {
  readonly state: ProjectState;
  readonly servingRevision: number;
}

export const NOTHING_FOLLOWED: Followed = { state: EMPTY_PROJECT, servingRevision: -1 };

export function follow({ state, servingRevision }: Followed, event: Envelope): Followed {
  const next = evolve(state, event);
  return { state: next, servingRevision: servingRevisionAfter(servingRevision, state, next, event.entity) };
}

/** Each state of a history, with the revision that last changed what is served. */
export function* states(events: readonly Envelope[]): Iterable<Followed & { readonly event: Envelope }> {
  let followed = NOTHING_FOLLOWED;
  for (const event of events) {
    followed = follow(followed, event);
    yield { ...followed, event };
  }
}

/** Compiled from nothing, unless a ruleset before it is given. */
export function rulesetOf({ events, state }: Ledger, previous?: Ruleset): Ruleset {
  const { servingRevision } = [...states(events)].at(-1)!;
  return compileRuleset(state, servingRevision, previous);
}

export interface Asked {
  readonly userId?: string | undefined;
  readonly properties?: Properties;
  readonly record?: Partial<UserRecord>;
  readonly hour?: number;
}

export function subjectOf({ userId, properties = {}, record, hour = HOUR }: Asked): Subject {
  return new Subject({ ...EMPTY_RECORD, ...record }, { userId, properties }, hour);
}

/** What a key serves, by both ways of evaluation, which must agree (V4). */
export function ask(
  ruleset: Ruleset,
  key: string,
  asked: Asked,
): { readonly outcome: Outcome; readonly trail: ServingTrail; readonly taking: Taking } {
  const subject = subjectOf(asked);
  const taking = take(ruleset, subject);
  const outcome = serve(ruleset, ruleset.keys.get(key)!, subject, taking);
  const trail = servingTrail(ruleset, key, subject)!;
  const { source, id, variant, value } = trail.steps.at(-1)!;
  expect({ source, id, variant, value }).toEqual({
    source: outcome.source,
    id: outcome.id,
    variant: outcome.variant,
    value: outcome.value,
  });
  return { outcome, trail, taking };
}

/** A user's id for which something holds, such as being in a sample. */
export function userWhere(holds: (userId: string) => boolean): string {
  for (let number = 0; ; number += 1) if (holds(`user-${number}`)) return `user-${number}`;
}

export function assigned(experiment: string, variant: string, revision = 0): Assignment {
  return { experiment, variant, revision, assignedAt: HOUR * HOUR_MS };
}
