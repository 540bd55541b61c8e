import type { Experiment, HoldoutInForce } from '../domain/experiment-state';
import { canonical, sha256, type Json } from '../domain/json';
import type { Rule } from '../domain/rule';
import { limitOf, sampleOf, salts, seedOf, signedHashOf, type Hashed, type Sample } from './bucket';
import { HOUR_MS } from './counter';
import { outcomeOf, type Outcome } from './outcome';
import type { RuleTest } from './rule-test';
import type { Ruleset } from './ruleset';
import { rollOutPart, runningPart } from './serving-digest';
import type { Subject } from './subject';
import { HOLDOUT, type Override } from './user-record';

/** Compiles a rule, or finds it compiled. */
export type FindRule = (rule: Rule) => RuleTest;

/** A running experiment. */
export interface RunningExperiment {
  readonly from: Experiment;
  readonly id: string;
  readonly startedAt: number;
  readonly sticky: boolean;
  readonly traffic: Sample;
  /** The audience as it was at the start; undefined: everyone. */
  readonly audience: RuleTest | undefined;
  readonly holdouts: readonly Sample[];
  /** The ids of its variants, followed by `HOLDOUT`. */
  readonly variants: readonly string[];
  /** By key, then by variant; undefined where a variant gives the key no value, as control does. */
  readonly outcomes: ReadonlyMap<string, readonly (Outcome | undefined)[]>;
  readonly variantOf: (user: Hashed) => number;
  /** A digest of all that decides which users it takes, and what they get. */
  readonly digest: string;
}

export function serveRunning(experiment: Experiment, find: FindRule): RunningExperiment {
  const { id, variants, keys, started, traffic } = experiment;
  return {
    from: experiment,
    id,
    startedAt: started?.revision ?? 0,
    sticky: experiment.sticky,
    traffic: sampleOf(salts.traffic(id), traffic),
    audience: started?.audience ? find(started.audience.rule) : undefined,
    holdouts: holdoutSamples(started?.holdouts ?? []),
    variants: [...variants.map((variant) => variant.id), HOLDOUT],
    outcomes: new Map(keys.map((key) => [key, variants.map((variant) => variantOutcome(experiment, variant.id, key, 'experiment'))])),
    variantOf: variantByHash(experiment),
    digest: sha256(canonical(runningPart(experiment))),
  };
}

/** The variant that the hash gives a user: the first whose weights, added up, are above the bucket. Its own salt makes it independent of the traffic. */
function variantByHash({ id, variants }: Experiment): (user: Hashed) => number {
  const seed = seedOf(salts.variant(id));
  let weights = 0;
  const limits = variants.map(({ weight }) => limitOf((weights += weight)));
  return (user) => {
    const hash = signedHashOf(user, seed) >>> 0;
    let index = 0;
    while (hash >= limits[index]!) index += 1;
    return index;
  };
}

/** What a variant gives a key, or undefined. */
function variantOutcome(experiment: Experiment, variantId: string, key: string, source: 'experiment' | 'override'): Outcome | undefined {
  const value = valueOf(experiment, variantId, key);
  const reason = source === 'experiment' ? 'SPLIT' : 'TARGETING_MATCH';
  return value === undefined ? undefined : outcomeOf(key, value, reason, source, experiment.id, variantId);
}

function valueOf({ variants }: Experiment, variantId: string, key: string): Json | undefined {
  return variants.find(({ id }) => id === variantId)?.values.find((value) => value.key === key)?.value;
}

function holdoutSamples(holdouts: readonly HoldoutInForce[]): readonly Sample[] {
  return holdouts.map(({ id, share }) => sampleOf(salts.holdout(id), share));
}

/** A variant that everyone of an experiment's audience gets after it. */
export interface RollOut {
  readonly from: Experiment;
  readonly id: string;
  readonly variant: string;
  readonly rolledOutAt: number;
  readonly audience: RuleTest | undefined;
  /** Whom it passes over: those of holdouts that have not ended. */
  readonly holdouts: readonly Sample[];
  readonly heldOut: readonly HoldoutInForce[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly digest: string;
}

export function serveRollOut(experiment: Experiment, heldOut: readonly HoldoutInForce[], find: FindRule): RollOut | undefined {
  const { id, keys, started, rolledOut } = experiment;
  if (rolledOut === null) return undefined;
  const { variant, revision } = rolledOut;
  const reason = started?.audience ? 'TARGETING_MATCH' : 'STATIC';
  const outcomes = new Map<string, Outcome>();
  for (const key of keys) {
    const value = valueOf(experiment, variant, key);
    if (value !== undefined) outcomes.set(key, outcomeOf(key, value, reason, 'rollout', id, variant));
  }
  const audience = started?.audience ? find(started.audience.rule) : undefined;
  const digest = sha256(canonical(rollOutPart(experiment, heldOut)));
  return { from: experiment, id, variant, rolledOutAt: revision, audience, holdouts: holdoutSamples(heldOut), heldOut, outcomes, digest };
}

/** The overrides of a user that hold at the subject's hour: until their time, and while their experiment is a draft or running (E8). */
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
