import { NOT_TAKEN, type Taking } from './assignment';
import { isTestUser } from './override';
import type { Ruleset } from './ruleset';
import type { ServedKey } from './served-key';
import type { Subject } from './subject';

/** A variant that a user is served where one of these keys is served, control and the holdout group included. */
export interface Exposed {
  readonly experiment: string;
  readonly variant: string;
}

/** The experiments that a user is exposed to by being served these keys: those that have the user, by stored assignments only. */
export function exposedTo(ruleset: Ruleset, subject: Subject, taking: Taking, keys: readonly ServedKey[]): readonly Exposed[] {
  if (subject.userId === undefined || isTestUser(ruleset, subject)) return [];
  return keys.flatMap(({ experiments }) =>
    experiments.flatMap(({ experiment, number }) => {
      const variant = taking.variants[number];
      if (variant === undefined || variant === NOT_TAKEN) return [];
      // X5: served as if outside, which exposes the user to nothing.
      if (!experiment.sticky && experiment.audience?.matches(subject) === false) return [];
      return [{ experiment: experiment.id, variant: experiment.variants[variant]! }];
    }),
  );
}
