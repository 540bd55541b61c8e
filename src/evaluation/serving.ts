import { NOT_TAKEN, type Taking } from './assignment';
import type { ServedRow } from './baseline';
import { takes } from './bucket';
import type { Outcome } from './outcome';
import type { Ruleset } from './ruleset';
import { type RollOut, overridesOf, isTestUser } from './served-experiment';
import type { KeyExperiment, ServedKey } from './served-key';
import type { Subject } from './subject';

/**
 * The value of one key for one user (E8): an override; the running experiment that the user is in, unless the user's variant gives the key no
 * value; the newest roll-out that has the user; the flag; the config; the default. Nothing is allocated but for test users.
 */
export function serve(ruleset: Ruleset, key: ServedKey, subject: Subject, taking: Taking): Outcome {
  if (subject.userId !== undefined && (key.isTested || subject.record.overrides.length > 0)) {
    const outcome = outcomeOfExperiments(ruleset, key, subject, taking);
    if (outcome !== undefined) return outcome;
  }
  const { rows } = key;
  for (let index = 0; index < rows.length; index += 1) if (rowTakes(rows[index]!, subject)) return rows[index]!.outcome;
  return key.fallback;
}

function outcomeOfExperiments(ruleset: Ruleset, key: ServedKey, subject: Subject, taking: Taking): Outcome | undefined {
  const overrides = subject.record.overrides.length === 0 ? undefined : overridesOf(ruleset, subject, key.name);
  const outcome = overrides?.find((override) => override.outcome !== undefined)?.outcome;
  if (outcome !== undefined) return outcome;
  for (const experiment of key.experiments) {
    if (overrides?.some((override) => override.experiment.id === experiment.experiment.id) === true) continue;
    const given = outcomeOfExperiment(experiment, subject, taking);
    if (given !== undefined) return given;
  }
  for (const { rollOut, outcome: given } of key.rollOuts) if (rollOutHas(rollOut, subject)) return given;
  return undefined;
}

/** X5: an experiment that is not sticky serves a user who has left its audience as if outside. */
function outcomeOfExperiment({ experiment, number, outcomes }: KeyExperiment, subject: Subject, { variants }: Taking): Outcome | undefined {
  const variant = variants[number];
  if (variant === undefined || variant === NOT_TAKEN) return undefined;
  return experiment.sticky || experiment.audience?.matches(subject) !== false ? outcomes[variant] : undefined;
}

/** E8, X8: by the audience, or since the user had been assigned to the variant that was rolled out; never in a holdout that has not ended. */
function rollOutHas({ id, variant, audience, holdouts }: RollOut, subject: Subject): boolean {
  for (const holdout of holdouts) if (takes(holdout, subject)) return false;
  return audience?.matches(subject) !== false || subject.assignments.byExperiment.get(id)?.variant === variant;
}

/** E1: a user whom the sample misses falls to the next row. V3: without an id the request is passed over by every sample. */
function rowTakes({ audience, sample }: ServedRow, subject: Subject): boolean {
  if (audience !== undefined && !audience.matches(subject)) return false;
  return sample === undefined || (subject.userId !== undefined && takes(sample, subject));
}

/** A variant that a user is served where one of these keys is served, control and the holdout group included. */
export interface Exposed {
  readonly experiment: string;
  readonly variant: string;
}

/** The experiments that a user is exposed to by being served these keys: those that have the user, by stored assignments only. */
export function exposedTo(ruleset: Ruleset, subject: Subject, taking: Taking, keys: readonly ServedKey[]): readonly Exposed[] {
  if (subject.userId === undefined || isTestUser(ruleset, subject)) return [];
  const exposed: Exposed[] = [];
  for (const { experiments } of keys) {
    for (const { experiment, number } of experiments) {
      const variant = taking.variants[number];
      if (variant === undefined || variant === NOT_TAKEN) continue;
      // X5: served as if outside, which exposes the user to nothing.
      if (!experiment.sticky && experiment.audience?.matches(subject) === false) continue;
      exposed.push({ experiment: experiment.id, variant: experiment.variants[variant]! });
    }
  }
  return exposed;
}
