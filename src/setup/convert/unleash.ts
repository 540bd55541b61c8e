import { z } from 'zod';
import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import { allOf, oneOf, USER_ID, type Condition } from './condition';
import { converter, type ConvertOptions } from './converter';
import type { Branch, Draft } from './draft';
import { chooseEnvironment } from './environment';
import { byWeight, type Share } from './split';
import { conditionOf, constraintSchema } from './unleash-constraint';

const variantSchema = z.looseObject({
  name: z.string(),
  weight: z.number(),
  payload: z.unknown().optional(),
  overrides: z.array(z.unknown()).optional(),
});
const strategySchema = z.looseObject({
  featureName: z.string(),
  name: z.string(),
  environment: z.string().optional(),
  disabled: z.boolean().nullable().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  constraints: z.array(constraintSchema).optional(),
  segments: z.array(z.number()).optional(),
  variants: z.array(variantSchema).optional(),
});
const featureSchema = z.looseObject({ name: z.string(), description: z.string().nullable().optional(), archived: z.boolean().optional() });
const schema = z.looseObject({
  features: z.array(featureSchema),
  featureStrategies: z.array(strategySchema).optional(),
  featureEnvironments: z
    .array(
      z.looseObject({
        featureName: z.string(),
        environment: z.string(),
        enabled: z.boolean(),
        variants: z.array(variantSchema).optional(),
      }),
    )
    .optional(),
  segments: z.array(z.looseObject({ id: z.number(), name: z.string(), constraints: z.array(constraintSchema).optional() })).optional(),
  dependencies: z.array(z.looseObject({ feature: z.string() })).optional(),
});
type Source = z.output<typeof schema>;
type Strategy = z.output<typeof strategySchema>;
type Variant = z.output<typeof variantSchema>;

const READ = ['features', 'featureStrategies', 'featureEnvironments', 'segments', 'dependencies'];
const FEATURE = ['name', 'description', 'archived'];
const STRATEGY = ['name', 'environment', 'disabled', 'parameters', 'constraints', 'segments', 'variants'];
const BOOKKEEPING = ['createdAt', 'archivedAt', 'lastSeenAt', 'createdBy', 'version'];

/** https://docs.getunleash.io/reference/deploy/environment-import-export: features, each on by its first strategy that takes the user. */
export const unleash = converter('unleash', 'Unleash', schema, (source, draft, options: ConvertOptions) => {
  draft.leftOver(source, '', READ, ['version']);
  const environments = [...(source.featureEnvironments ?? []), ...(source.featureStrategies ?? [])].map((one) => one.environment);
  const chosen = chooseEnvironment(draft, environments, options.environment);
  if (typeof chosen === 'object') return [chosen];
  for (const [index, { name, constraints, ...rest }] of (source.segments ?? []).entries()) {
    const path = `segments.${index}`;
    draft.leftOver(rest, 'segments', ['id'], BOOKKEEPING);
    const parts = constraints?.map((one, at) =>
      conditionOf(one, `${path}.constraints.${at}`, (place, message) => draft.note(place, message)),
    );
    if (parts === undefined) draft.note(path, `the export does not say who is in "${excerpt(name)}"`);
    else if (parts.every((part) => part !== undefined)) draft.segment(path, allOf(parts), name);
  }
  for (const [index, feature] of source.features.entries()) new Feature(source, index, feature.name, chosen, draft).convert();
  draft.note('', `the user's id, userId, is ${USER_ID} here; other properties have the names that they have in Unleash`);
  return [];
});

class Feature {
  private readonly path: string;
  private lost = false;

  constructor(
    private readonly source: Source,
    private readonly index: number,
    private readonly name: string,
    private readonly environment: string | undefined,
    private readonly draft: Draft,
  ) {
    this.path = `features.${index}`;
  }

  convert(): void {
    const { draft, path, name, source } = this;
    const feature = source.features[this.index];
    if (feature === undefined) return;
    draft.leftOver(feature, 'features', FEATURE, BOOKKEEPING);
    if (feature.archived === true) return draft.note(path, `"${excerpt(name)}" is archived: left out`);
    if (source.dependencies?.some((one) => one.feature === name) === true)
      this.lose(path, 'depends on another feature, which has no counterpart');
    const here = source.featureEnvironments?.find((one) => one.featureName === name && one.environment === this.environment);
    const strategies = (source.featureStrategies ?? [])
      .map((strategy, index) => ({ strategy, path: `featureStrategies.${index}` }))
      .filter(({ strategy }) => strategy.featureName === name && (strategy.environment ?? this.environment) === this.environment);
    const variants = here?.variants ?? [];
    const varied = variants.length > 0 || strategies.some(({ strategy }) => (strategy.variants ?? []).length > 0);
    const off: Json = varied ? { name: 'disabled', enabled: false, feature_enabled: false } : false;
    if (varied)
      draft.note(path, "has variants, so its key's values are what Unleash's getVariant gives: name, enabled, feature_enabled and payload");
    const branches = strategies
      .filter(({ strategy }) => strategy.disabled !== true)
      .flatMap(({ strategy, path }) => this.branch(strategy, varied, variants, path));
    if (strategies.length === 0) branches.push({ path, condition: true, shares: this.shares(1, varied, variants, path) });
    const values = branches.flatMap(({ shares }) => shares.map(({ value }) => value));
    const description = feature.description ?? '';
    draft.flag({ path, name, description, off, values, live: here?.enabled === true, branches, lost: this.lost });
  }

  private branch(strategy: Strategy, varied: boolean, ofFeature: readonly Variant[], path: string): readonly Branch[] {
    this.draft.leftOver(strategy, 'featureStrategies', STRATEGY, [...BOOKKEEPING, 'id', 'sortOrder', 'featureName']);
    const part = this.rollout(strategy, path);
    const conditions = [this.users(strategy, path), ...this.constraints(strategy.constraints, path), ...this.segments(strategy, path)];
    if (part === undefined || conditions.some((one) => one === undefined)) return [];
    const own = strategy.variants ?? [];
    const shares = this.shares(part, varied, own.length > 0 ? own : ofFeature, path);
    const [only] = strategy.constraints?.length ? [] : (strategy.segments ?? []);
    const named = strategy.segments?.length === 1 ? this.source.segments?.find(({ id }) => id === only) : undefined;
    return [{ path, condition: allOf(conditions as Condition[]), shares, ...(named && { name: named.name }) }];
  }

  /** The part of those it is meant for that a strategy turns the feature on for, from 0 to 1. */
  private rollout({ name, parameters = {} }: Strategy, path: string): number | undefined {
    const gradual = name.startsWith('gradualRollout');
    if (name !== 'flexibleRollout' && !gradual) return 1;
    const given = gradual ? parameters.percentage : (parameters.rollout ?? 100);
    const percentage = given === '' || given === undefined ? Number.NaN : Number(given);
    if (!(percentage >= 0 && percentage <= 100)) return this.lose(path, 'has a rollout that is not from 0 to 100');
    const { stickiness } = parameters;
    if (typeof stickiness === 'string' && !['default', 'userId', ''].includes(stickiness)) {
      this.draft.note(path, `draws users by ${excerpt(stickiness)}: here they are always drawn by their id`);
    }
    return percentage / 100;
  }

  private users({ name, parameters = {} }: Strategy, path: string): Condition | undefined {
    const list = (parameter: unknown): readonly string[] =>
      String(parameter ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    if (['default', 'flexibleRollout', 'gradualRolloutUserId', 'gradualRolloutSessionId', 'gradualRolloutRandom'].includes(name))
      return true;
    if (name === 'userWithId') return oneOf(USER_ID, list(parameters.userIds));
    if (name === 'remoteAddress') {
      const addresses = list(parameters.IPs);
      return addresses.some((one) => one.includes('/'))
        ? this.lose(path, 'has ranges of addresses, which have no counterpart')
        : oneOf('remoteAddress', addresses);
    }
    return this.lose(path, `the strategy "${excerpt(name)}" has no counterpart`);
  }

  private constraints(constraints: Strategy['constraints'], path: string): readonly (Condition | undefined)[] {
    return (constraints ?? []).map((one, index) =>
      conditionOf(one, `${path}.constraints.${index}`, (at, message) => this.lose(at, message)),
    );
  }

  private segments({ segments = [] }: Strategy, path: string): readonly (Condition | undefined)[] {
    return segments.flatMap((id) => {
      const index = (this.source.segments ?? []).findIndex((one) => one.id === id);
      const segment = this.source.segments?.[index];
      if (segment?.constraints === undefined) return [this.lose(path, `is for segment ${id}, whose constraints the export does not have`)];
      return this.constraints(segment.constraints, `segments.${index}`);
    });
  }

  private shares(part: number, varied: boolean, variants: readonly Variant[], path: string): readonly Share[] {
    if (!varied) return [{ part, value: true }];
    if (variants.length === 0) return [{ part, value: { name: 'disabled', enabled: false, feature_enabled: true } }];
    if (variants.some(({ overrides = [] }) => overrides.length > 0))
      this.lose(path, 'has variants with overrides, which have no counterpart');
    for (const variant of variants) this.draft.leftOver(variant, 'variants', ['name', 'weight', 'payload', 'overrides'], ['weightType']);
    const weights = variants.map(({ name, weight, payload }) => {
      return {
        weight,
        value: {
          name,
          enabled: true,
          feature_enabled: true,
          ...(payload === undefined || payload === null ? {} : { payload: payload as Json }),
        },
      };
    });
    return byWeight(weights).map((share) => ({ ...share, part: share.part * part }));
  }

  private lose(path: string, message: string): undefined {
    this.lost = true;
    this.draft.note(path, message);
    return undefined;
  }
}
