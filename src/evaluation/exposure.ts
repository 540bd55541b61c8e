import { NOT_TAKEN, type Taking } from './assignment';
import { isTestUser } from './override';
import type { Ruleset } from './ruleset';
import type { ServedKey } from './served-key';
import type { Subject } from './subject';

/** That an assigned user is served a key of an experiment. */
export interface Exposure {
  readonly experiment: string;
  /** The id of a variant, or `HOLDOUT`. */
  readonly variant: string;
}

/**
 * What serving a key exposes the user to: each experiment with the key that has them, control and the holdout group included, and also where one that
 * is not sticky serves a user who left its audience as if outside (X5). A test user is exposed to nothing (E8). `taking`: with stored assignments only.
 */
export function exposuresOf(ruleset: Ruleset, key: ServedKey, subject: Subject, taking: Taking): readonly Exposure[] {
  if (subject.userId === undefined || key.experiments.length === 0 || isTestUser(ruleset, subject)) return [];
  return key.experiments.flatMap(({ experiment, number }) => {
    const variant = taking.variants[number];
    if (variant === undefined || variant === NOT_TAKEN) return [];
    return [{ experiment: experiment.id, variant: experiment.variants[variant]! }];
  });
}
