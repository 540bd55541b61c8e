import type { Experiment } from '../domain/experiment-state';
import { HOUR_MS } from './counter';
import type { Outcome } from './outcome';
import type { Ruleset } from './ruleset';
import { variantOutcome } from './served-experiment';
import type { Subject } from './subject';
import type { Override } from './user-record';

/** Those of a user that hold at the subject's hour: until their time, and while their experiment is a draft or running (E8). */
export function overridesInForce({ source }: Ruleset, { record, hour }: Subject): readonly Override[] {
  return record.overrides.filter(({ experiment, until }) => {
    const status = source.experiments.get(experiment)?.status;
    return Math.floor(until / HOUR_MS) >= hour && (status === 'DRAFT' || status === 'RUNNING');
  });
}

/** A user with an override in force is a test user, who is assigned and counted nowhere (E8). */
export function isTestUser(ruleset: Ruleset, subject: Subject): boolean {
  return subject.record.overrides.length > 0 && overridesInForce(ruleset, subject).length > 0;
}

/** The experiments with the key that an override is about, with what their variant gives the key: nothing, if it is control. */
export function overridesOf(
  ruleset: Ruleset,
  subject: Subject,
  key: string,
): readonly { readonly experiment: Experiment; readonly override: Override; readonly outcome: Outcome | undefined }[] {
  return overridesInForce(ruleset, subject).flatMap((override) => {
    const experiment = ruleset.source.experiments.get(override.experiment);
    if (!experiment?.keys.includes(key)) return [];
    return [{ experiment, override, outcome: variantOutcome(experiment, override.variant, key, 'override') }];
  });
}
