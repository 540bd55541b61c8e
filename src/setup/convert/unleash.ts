import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import type { Branch } from './branch';
import { allOf, oneOf, USER_ID, type Condition, type Lose } from './condition';
import { OF_UNLEASH } from './differences';
import { converter, type ConvertOptions, chooseEnvironment } from './converter';
import type { Draft } from './draft';
import { EVERY_DRAW, type Share } from './draw';
import { conditionOf } from './unleash-constraint';
import { OFF_VARIANT, rolloutDraw, variantShares, within } from './unleash-draw';
import * as format from './unleash-format';
import type { Source, Strategy, UnleashFeature, UnleashSegment, Variant } from './unleash-format';

/** https://docs.getunleash.io/reference/deploy/environment-import-export: features, each on by its first strategy that takes the user. */
export const unleash = converter('unleash', 'Unleash', format.schema, OF_UNLEASH, (source, draft, options: ConvertOptions) => {
  if (draft.leftOver(source, '', format.ROOT)) draft.draftAll();
  const environments = [...(source.featureEnvironments ?? []), ...(source.featureStrategies ?? [])].map(
    (one) => one.environment ?? undefined,
  );
  const chosen = chooseEnvironment(draft, environments, options.environment);
  if (typeof chosen === 'object') return [chosen];
  const served = source.features.filter(({ archived }) => archived !== true);
  draft.reserve({ flags: served, segments: (source.segments ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])) });
  for (const [index, segment] of (source.segments ?? []).entries()) {
    const condition = segmentCondition(segment, `segments.${index}`, draft, (at, message) => draft.note(at, message));
    if (condition !== undefined) draft.segment(`segments.${index}`, condition, segment.name, segment.description ?? '');
  }
  for (const [index, feature] of source.features.entries()) new Feature(source, feature, `features.${index}`, chosen, draft).convert();
  draft.note('', `the user's id, userId, is ${USER_ID} here; other properties have the names that they have in Unleash`);
  return [];
});

/** Undefined: the export does not say who is in it, or not in a way that has a counterpart. */
function segmentCondition(segment: UnleashSegment, path: string, draft: Draft, lose: Lose): Condition | undefined {
  const { id, name = String(id), constraints } = segment;
  if (constraints === undefined) return void lose(path, `the export does not say who is in "${excerpt(name)}"`);
  const unknown = draft.leftOver(segment, path, format.SEGMENT);
  const parts = constraintConditions(constraints, path, draft, lose);
  return unknown || parts === undefined ? undefined : allOf(parts);
}

function constraintConditions(
  constraints: Strategy['constraints'],
  path: string,
  draft: Draft,
  lose: Lose,
): readonly Condition[] | undefined {
  const parts = (constraints ?? []).map((one, index) => {
    const at = `${path}.constraints.${index}`;
    if (draft.leftOver(one, at, format.CONSTRAINT)) return void lose(at, 'is left out');
    return conditionOf(one, at, lose);
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

class Feature {
  private lost = false;
  private readonly name: string;
  private readonly lose: Lose = (path, message) => {
    this.lost = true;
    this.draft.note(path, message);
  };

  constructor(
    private readonly source: Source,
    private readonly feature: UnleashFeature,
    private readonly path: string,
    private readonly environment: string | undefined,
    private readonly draft: Draft,
  ) {
    this.name = feature.name;
  }

  convert(): void {
    const { draft, path, name, source, feature } = this;
    this.known(feature, path, format.FEATURE);
    if (feature.archived === true) return draft.note(path, `"${excerpt(name)}" is archived: left out`);
    const depends = (feature.dependencies ?? []).length > 0 || source.dependencies?.some((one) => one.feature === name) === true;
    if (depends) this.lose(path, 'depends on another feature, which has no counterpart');
    const { enabled, variants } = this.here();
    const strategies = this.strategies();
    const varied = variants.length > 0 || strategies.some(({ strategy }) => (strategy.variants ?? []).length > 0);
    if (varied)
      draft.note(path, "has variants, so its key's values are what Unleash's getVariant gives: name, enabled, feature_enabled and payload");
    const branches = strategies
      .filter(({ strategy }) => strategy.disabled !== true)
      .flatMap(({ strategy, path }) => this.branch(strategy, varied, variants, path));
    if (strategies.length === 0) branches.push(...this.everyone(varied, variants));
    const values = branches.flatMap(({ shares }) => shares.map(({ value }) => value));
    const off: Json = varied ? OFF_VARIANT : false;
    draft.flag({ path, name, description: feature.description ?? '', off, values, live: enabled, branches, lost: this.lost });
  }

  /** Whether the feature is on, and its variants: in the environment, or, in an export of the first generation, by the feature itself. */
  private here(): { readonly enabled: boolean; readonly variants: readonly Variant[] } {
    const { feature, source, path, name } = this;
    const index = (source.featureEnvironments ?? []).findIndex((one) => one.featureName === name && one.environment === this.environment);
    const here = source.featureEnvironments?.[index];
    if (here !== undefined) this.known(here, `featureEnvironments.${index}`, format.ENVIRONMENT);
    if (here === undefined && feature.enabled === undefined)
      this.lose(path, 'is not among the featureEnvironments: the export does not say who gets it');
    const own = here?.variants ?? [];
    const variants = own.length > 0 ? own : (feature.variants ?? []);
    return { enabled: here?.enabled ?? feature.enabled === true, variants };
  }

  /** In the order in which Unleash asks them: by `sortOrder` where they have one, those without it last. */
  private strategies(): readonly { readonly strategy: Strategy; readonly path: string }[] {
    const { feature, source, name, environment } = this;
    const inside = (feature.strategies ?? []).map((strategy, index) => ({ strategy, path: `${this.path}.strategies.${index}` }));
    const listed = (source.featureStrategies ?? [])
      .map((strategy, index) => ({ strategy, path: `featureStrategies.${index}` }))
      .filter(({ strategy }) => strategy.featureName === name && (strategy.environment ?? environment) === environment);
    if (inside.length > 0 && listed.length > 0) this.lose(this.path, 'has strategies of its own, and others among the featureStrategies');
    const order = ({ strategy }: { readonly strategy: Strategy }): number => strategy.sortOrder ?? Number.MAX_SAFE_INTEGER;
    return [...inside, ...listed].sort((a, b) => order(a) - order(b));
  }

  /** A feature without strategies is on for everyone. */
  private everyone(varied: boolean, variants: readonly Variant[]): readonly Branch[] {
    const shares = this.shares(undefined, varied, variants, this.path);
    return shares === undefined ? [] : [{ path: this.path, condition: true, shares }];
  }

  private branch(strategy: Strategy, varied: boolean, ofFeature: readonly Variant[], path: string): readonly Branch[] {
    this.known(strategy, path, format.STRATEGY);
    const draw = rolloutDraw(strategy, this.name, path, this.lose);
    const segments = this.segmentsOf(strategy);
    const conditions = [
      this.users(strategy, path),
      ...(constraintConditions(strategy.constraints, path, this.draft, this.lose) ?? [undefined]),
      ...segments.map((id) => this.segment(id, path)),
    ];
    const shares = this.shares(strategy, varied, ofFeature, path);
    if (draw === undefined || shares === undefined || conditions.some((one) => one === undefined)) return [];
    const [only] = (strategy.constraints ?? []).length > 0 ? [] : segments;
    const named = segments.length === 1 ? this.source.segments?.find(({ id }) => id === only)?.name : undefined;
    return [
      { path, condition: allOf(conditions as Condition[]), shares: within(draw, shares), ...(named !== undefined && { name: named }) },
    ];
  }

  private users(strategy: Strategy, path: string): Condition | undefined {
    const name = strategy.name ?? strategy.strategyName ?? '';
    const parameters = strategy.parameters ?? {};
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
        ? void this.lose(path, 'has ranges of addresses, which have no counterpart')
        : oneOf('remoteAddress', addresses);
    }
    return void this.lose(path, `the strategy "${excerpt(name)}" has no counterpart`);
  }

  private segmentsOf({ id, segments }: Strategy): readonly number[] {
    const linked = (this.source.featureStrategySegments ?? []).filter(({ featureStrategyId }) => featureStrategyId === id);
    return [...new Set([...(segments ?? []), ...linked.map(({ segmentId }) => segmentId)])];
  }

  private segment(id: number, path: string): Condition | undefined {
    const index = (this.source.segments ?? []).findIndex((one) => one.id === id);
    const segment = this.source.segments?.[index];
    if (segment?.constraints === undefined) return void this.lose(path, `is for segment ${id}, whose constraints the export does not have`);
    const condition = segmentCondition(segment, `segments.${index}`, this.draft, this.lose);
    return condition ?? void this.lose(path, `is for segment ${id}, which cannot be carried`);
  }

  private shares(
    strategy: Strategy | undefined,
    varied: boolean,
    ofFeature: readonly Variant[],
    path: string,
  ): readonly Share<Json>[] | undefined {
    if (!varied) return [{ draw: EVERY_DRAW, value: true }];
    const own = strategy?.variants ?? [];
    for (const variant of [...own, ...ofFeature]) this.known(variant, path, format.VARIANT);
    return variantShares(own, ofFeature, strategy, this.name, path, this.lose);
  }

  /** Members that nothing here reads lose the feature, unless they are known to be of no account. */
  private known(object: object, path: string, of: Parameters<Draft['leftOver']>[2]): void {
    if (this.draft.leftOver(object, path, of)) this.lost = true;
  }
}
