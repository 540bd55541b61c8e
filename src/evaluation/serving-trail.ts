import type { Config } from '../domain/config';
import type { Experiment } from '../domain/experiment-state';
import type { Flag, FlagRow } from '../domain/flag';
import type { Json } from '../domain/json';
import { percentOf, WHOLE } from '../domain/percent';
import { bucketOf, salts, seedOf } from './bucket';
import type { SourceKind } from './outcome';
import { overridesInForce } from './served-experiment';
import { ruleTrail, type RuleTrail } from './rule-trail';
import type { Ruleset } from './ruleset';
import { activeHoldouts } from './serving-digest';
import { audienceTrail, standingsOf, variantName, type Standing } from './standing';
import type { Subject } from './subject';

/** One thing that could have given a key its value. */
export interface ServingStep {
  readonly source: SourceKind;
  /** The id of the experience that gives the value, with its name; absent: it is the default. */
  readonly id?: string;
  readonly name?: string;
  /** The id of the row or variant. */
  readonly variant?: string;
  /** It gives the key its value. */
  readonly serves: boolean;
  readonly value?: Json;
  /** In words: why it gives the value, or why not. */
  readonly why: string;
  /** Each condition of the audience, where one was asked. */
  readonly audience?: RuleTrail;
}

/** Why a key has the value that it has: everything that comes before, and what serves it. */
export interface ServingTrail {
  readonly key: string;
  /** The last one serves. */
  readonly steps: readonly ServingStep[];
}

/** The same as `serve`, step by step in the order of E8 and in words, by walking the set-up (V4). undefined: there is no such key. */
export function servingTrail(ruleset: Ruleset, name: string, subject: Subject): ServingTrail | undefined {
  const key = ruleset.keys.get(name);
  if (key === undefined) return undefined;
  const steps: ServingStep[] = [];
  for (const step of allSteps(ruleset, name, subject)) {
    steps.push(step);
    if (step.serves) return { key: name, steps };
  }
  const why = key.fallback.reason === 'DISABLED' ? 'what would give it a value is paused' : 'nothing else gives it a value';
  return { key: name, steps: [...steps, { source: 'default', serves: true, value: key.fallback.value, why }] };
}

function* allSteps(ruleset: Ruleset, key: string, subject: Subject): Iterable<ServingStep> {
  const { experiments, rollOuts, flag, config } = ruleset.keys.get(key)!.parts;
  const overridden = new Set<string>();
  for (const { experiment: id, variant, until } of overridesInForce(ruleset, subject)) {
    const experiment = ruleset.source.experiments.get(id);
    if (!experiment?.keys.includes(key)) continue;
    overridden.add(id);
    const why = `an override gives the user ${variantName(experiment, variant)} until ${new Date(until).toISOString()}`;
    yield variantStep('override', experiment, key, variant, why);
  }
  if (experiments.length > 0) {
    for (const standing of standingsOf(ruleset, subject)) {
      const { experiment } = standing;
      if (experiment.keys.includes(key) && !overridden.has(experiment.id)) yield experimentStep(standing, key);
    }
  }
  for (const { from } of rollOuts) yield rollOutStep(ruleset, from, key, subject);
  if (flag?.from.status === 'LIVE') yield* rowSteps(ruleset, 'flag', flag.from, key, subject);
  if (config?.from.status === 'LIVE') yield* rowSteps(ruleset, 'config', config.from, key, subject);
}

function variantStep(source: SourceKind, experiment: Experiment, key: string, variant: string, why: string): ServingStep {
  const given = experiment.variants.find(({ id }) => id === variant)?.values.find((value) => value.key === key);
  const about = { source, id: experiment.id, name: experiment.name, variant };
  return given === undefined
    ? { ...about, serves: false, why: `${why}, which gives the key no value` }
    : { ...about, serves: true, value: given.value, why };
}

function experimentStep({ experiment, state, variant, why, audience }: Standing, key: string): ServingStep {
  const { id, name } = experiment;
  const trail = audience && { audience };
  if (variant === undefined) return { source: 'experiment', id, name, serves: false, why, ...trail };
  if (state === 'ASSIGNED' && !experiment.sticky && audience?.matched === false) {
    return { source: 'experiment', id, name, variant, serves: false, why: `${why}, and outside the audience now (not sticky)`, ...trail };
  }
  return { ...variantStep('experiment', experiment, key, variant, why), ...trail };
}

function rollOutStep(ruleset: Ruleset, experiment: Experiment, key: string, subject: Subject): ServingStep {
  const { id, name } = experiment;
  const variant = experiment.rolledOut?.variant ?? '';
  const { userId } = subject;
  const passedOver = (why: string): ServingStep => ({ source: 'rollout', id, name, variant, serves: false, why });
  if (userId === undefined) return passedOver('no user id was given');
  const isHeldOut = activeHoldouts(ruleset.source, experiment).some(
    ({ id: holdout, share }) => bucketOf(userId, seedOf(salts.holdout(holdout))) < share,
  );
  if (isHeldOut) return passedOver('the user is in a holdout that has not ended');
  const audience = audienceTrail(experiment, subject);
  const hadIt = subject.record.assignments.some((assignment) => assignment.experiment === id && assignment.variant === variant);
  if (audience?.matched === false && !hadIt) return { ...passedOver('its audience does not have the user'), audience };
  const why = audience?.matched === false ? 'the user had the variant before it was rolled out' : 'it is rolled out to its audience';
  return { ...variantStep('rollout', experiment, key, variant, why), ...(audience && { audience }) };
}

function* rowSteps(
  ruleset: Ruleset,
  source: 'flag' | 'config',
  experience: Flag | Config,
  key: string,
  subject: Subject,
): Iterable<ServingStep> {
  for (const row of experience.rows) {
    const value = 'values' in row ? row.values.find((given) => given.key === key)?.value : row.value;
    if (value === undefined) continue;
    const about = { source, id: experience.id, name: experience.name, variant: row.id };
    const rule = row.segment === null ? undefined : ruleset.source.segments.get(row.segment)?.rule;
    const audience = rule && ruleTrail(rule, subject);
    const trail = audience && { audience };
    const missed = 'percentage' in row ? missedBy(experience.id, row, subject) : undefined;
    if (audience?.matched === false) yield { ...about, serves: false, why: 'its segment does not have the user', ...trail };
    else if (missed !== undefined) yield { ...about, serves: false, why: missed, ...trail };
    else yield { ...about, serves: true, value, why: audience ? 'its segment has the user' : 'it is for everyone', ...trail };
  }
}

/** Why the sample of a row misses the user, if it does. */
function missedBy(flag: string, { id, percentage }: FlagRow, { userId }: Subject): string | undefined {
  if (percentage === WHOLE) return undefined;
  if (userId === undefined) return `no user id was given, and it is for ${percentOf(percentage)} % of users`;
  const bucket = bucketOf(userId, seedOf(salts.row(flag, id)));
  return bucket < percentage
    ? undefined
    : `its sample of ${percentOf(percentage)} % does not have the user, who is at ${percentOf(bucket)} %`;
}
