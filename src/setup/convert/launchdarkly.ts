import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import { allOf, anyOf, notOf, oneOf, USER_ID, type Condition, type Lose } from './condition';
import { shapeProblems } from '../shape';
import { converter } from './converter';
import type { Branch, Draft } from './draft';
import { chooseEnvironment } from './environment';
import { conditionOf, propertyFor } from './launchdarkly-clause';
import { flagSchema, schema, type LaunchDarklyFlag, type Outcome, type Rule, type Segment, type Target } from './launchdarkly-format';
import { segmentCondition } from './launchdarkly-segment';
import { byWeight, type Share } from './split';
import { neutral, typeOf } from './value-type';

const FLAG = ['key', 'name', 'description', 'kind', 'variations', 'environments', 'archived', 'segments'];
const SEGMENT = ['included', 'excluded', 'includedContexts', 'excludedContexts', 'rules', 'unbounded'];
const BOOKKEEPING = [
  '_links',
  '_version',
  '_maintainer',
  'maintainerId',
  'creationDate',
  'archivedDate',
  '_id',
  'defaults',
  'includeInSnippet',
];
const ENVIRONMENT = ['on', 'archived', 'targets', 'contextTargets', 'rules', 'fallthrough', 'offVariation', 'prerequisites'];
const ENVIRONMENT_BOOKKEEPING = [
  'salt',
  'sel',
  'lastModified',
  'version',
  '_site',
  '_environmentName',
  '_summary',
  '_debugEventsUntilDate',
];

/** https://launchdarkly.com/docs/api/feature-flags: one flag, or a list of them, and where they use any, the environment's segments. */
export const launchdarkly = converter('launchdarkly', 'LaunchDarkly', schema, (source, draft, options) => {
  const problems = source.items === undefined ? shapeProblems(flagSchema, source) : [];
  if (problems.length > 0) return problems;
  const flags = source.items?.map((flag, index) => ({ flag, path: `items.${index}` })) ?? [{ flag: flagSchema.parse(source), path: '' }];
  if (source.items !== undefined) draft.leftOver(source, '', ['items', 'segments'], ['_links', 'totalCount', 'totalCountWithDifferences']);
  const environments = flags.flatMap(({ flag }) => Object.keys(flag.environments ?? {}));
  const chosen = chooseEnvironment(draft, environments, options.environment);
  if (typeof chosen === 'object') return [chosen];
  const segments = source.segments?.items ?? [];
  for (const [index, { key, name, description, ...rest }] of segments.entries()) {
    const path = `segments.items.${index}`;
    draft.leftOver(rest, 'segments.items', SEGMENT, [...BOOKKEEPING, 'version', 'generation']);
    const condition = segmentCondition(segments, key, path, (at, message) => draft.note(at, message));
    if (condition !== undefined) draft.segment(path, condition, name ?? key, description);
  }
  for (const { flag, path } of flags) new Flag(flag, path, chosen, segments, draft).convert();
  draft.note('', 'variations are carried by their values: their names are not');
  draft.note(
    '',
    `the user's key is ${USER_ID} here; other attributes have the names that they have in LaunchDarkly, behind their context's kind`,
  );
  return [];
});

class Flag {
  private lost = false;
  private readonly lose: Lose = (path, message) => {
    this.lost = true;
    this.draft.note(path, message);
  };

  constructor(
    private readonly flag: LaunchDarklyFlag,
    private readonly path: string,
    private readonly environment: string | undefined,
    private readonly segments: readonly Segment[],
    private readonly draft: Draft,
  ) {}

  convert(): void {
    const { flag, path, draft } = this;
    draft.leftOver(flag, path, FLAG, BOOKKEEPING);
    if (flag.archived === true) return draft.note(path, `"${excerpt(flag.key)}" is archived: left out`);
    const name = this.environment ?? '';
    const here = Object.hasOwn(flag.environments ?? {}, name) ? flag.environments?.[name] : undefined;
    if (here === undefined) return draft.note(path, `"${excerpt(flag.key)}" is not in the environment that is carried: left out`);
    const at = this.at(`environments.${excerpt(name)}`);
    draft.leftOver(here, at, ENVIRONMENT, ENVIRONMENT_BOOKKEEPING);
    if ((here.prerequisites ?? []).length > 0) this.lose(`${at}.prerequisites`, 'depends on other flags, which has no counterpart');
    const values = flag.variations.map(({ value }) => value as Json);
    const off = here.offVariation === undefined || here.offVariation === null ? undefined : values[here.offVariation];
    if (off === undefined) draft.note(at, "has no variation for off, so what the app's code says counts: a key always has a default");
    const branches = [
      ...this.targets(here.targets ?? [], here.contextTargets ?? [], `${at}.targets`),
      ...(here.rules ?? []).flatMap((rule, index) => this.rule(rule, `${at}.rules.${index}`)),
      ...this.outcome(here.fallthrough ?? {}, true, `${at}.fallthrough`),
    ];
    const rest = { title: flag.name, description: flag.description ?? '', live: here.on, lost: this.lost };
    draft.flag({ path, name: flag.key, off: off ?? neutral(typeOf(values)), values, branches, ...rest });
  }

  private at(place: string): string {
    return this.path === '' ? place : `${this.path}.${place}`;
  }

  /** A target of the kind `user` in `contextTargets` only says where those in `targets` come in the order. */
  private targets(targets: readonly Target[], contexts: readonly Target[], path: string): readonly Branch[] {
    return [...targets, ...contexts.filter(({ values }) => values.length > 0)].flatMap((target, index) => {
      const condition = oneOf(propertyFor('key', target.contextKind), target.values);
      return this.outcome({ variation: target.variation }, condition, `${path}.${index}`);
    });
  }

  private rule(rule: Rule, path: string): readonly Branch[] {
    this.draft.leftOver(rule, 'rules', ['clauses', 'variation', 'rollout'], ['_id', 'ref']);
    const conditions = rule.clauses.map((clause, index) => {
      const at = `${path}.clauses.${index}`;
      if (clause.op !== 'segmentMatch') return conditionOf(clause, at, this.lose);
      const parts = clause.values.map((key) => segmentCondition(this.segments, String(key), at, this.lose));
      if (parts.some((part) => part === undefined)) return undefined;
      const matched = anyOf(parts as Condition[]);
      return clause.negate === true ? notOf(matched) : matched;
    });
    if (conditions.some((one) => one === undefined)) return [];
    const [clause] = rule.clauses;
    const alone = rule.clauses.length === 1 && clause?.op === 'segmentMatch' && clause.negate !== true && clause.values.length === 1;
    const named = alone ? this.segments.find(({ key }) => key === clause.values[0]) : undefined;
    return this.outcome(rule, allOf(conditions as Condition[]), path, named?.name);
  }

  private outcome({ variation, rollout }: Outcome, condition: Condition, path: string, name?: string): readonly Branch[] {
    const value = (index: number): Json | undefined => this.flag.variations[index]?.value as Json | undefined;
    const weights = rollout?.variations ?? (typeof variation === 'number' ? [{ variation, weight: 1 }] : []);
    if (weights.length === 0 || weights.some((one) => value(one.variation) === undefined)) {
      this.lose(path, 'gives no variation of the flag');
      return [];
    }
    const by = rollout?.bucketBy;
    if ((by ?? 'key') !== 'key' || (rollout?.contextKind ?? 'user') !== 'user') {
      this.draft.note(
        path,
        `draws users by ${excerpt(propertyFor(by ?? 'key', rollout?.contextKind))}: here they are always drawn by their id`,
      );
    }
    if (rollout?.experimentAllocation !== undefined) this.lose(path, 'is an experiment of LaunchDarkly: set it up as an experiment here');
    const shares: readonly Share[] = byWeight(weights.map((one) => ({ weight: one.weight, value: value(one.variation) ?? null })));
    return [{ path, condition, shares, ...(name !== undefined && { name }) }];
  }
}
