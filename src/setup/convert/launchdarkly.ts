import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import type { Branch } from './branch';
import { allOf, anyOf, notOf, oneOf, USER_ID, type Condition, type Lose } from './condition';
import { shapeProblems } from '../shape';
import { OF_LAUNCHDARKLY } from './differences';
import { converter, chooseEnvironment } from './converter';
import { type Draft, neutral, typeOf } from './draft';
import { EVERY_DRAW } from './draw';
import { conditionOf, propertyFor } from './launchdarkly-clause';
import {
  flagSchema,
  schema,
  type Environment,
  type LaunchDarklyFlag,
  type Outcome,
  type Rule,
  type Segment,
  type Target,
} from './launchdarkly-format';
import * as members from './launchdarkly-members';
import { rolloutShares } from './launchdarkly-rollout';
import { segmentCondition } from './launchdarkly-segment';

/** https://launchdarkly.com/docs/api/feature-flags: one flag, or a list of them, and where they use any, the environment's segments. */
export const launchdarkly = converter('launchdarkly', 'LaunchDarkly', schema, OF_LAUNCHDARKLY, (source, draft, options) => {
  const problems = source.items === undefined ? shapeProblems(flagSchema, source) : [];
  if (problems.length > 0) return problems;
  const flags = source.items?.map((flag, index) => ({ flag, path: `items.${index}` })) ?? [{ flag: flagSchema.parse(source), path: '' }];
  if (source.items !== undefined && draft.leftOver(source, '', members.ROOT)) draft.draftAll();
  const environments = flags.flatMap(({ flag }) => Object.keys(flag.environments ?? {}));
  const chosen = chooseEnvironment(draft, environments, options.environment);
  if (typeof chosen === 'object') return [chosen];
  const segments = source.segments?.items ?? [];
  const served = flags.filter(({ flag }) => flag.archived !== true).map(({ flag }) => ({ name: flag.key, title: flag.name }));
  draft.reserve({ flags: served, segments: segments.map(({ key, name }) => name ?? key) });
  for (const [index, { key, name, description }] of segments.entries()) {
    const path = `segments.items.${index}`;
    const condition = segmentCondition(segments, key, path, draft, (at, message) => draft.note(at, message));
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
    this.known(flag, path, members.FLAG);
    if (flag.archived === true) return draft.note(path, `"${excerpt(flag.key)}" is archived: left out`);
    const name = this.environment ?? '';
    const here = Object.hasOwn(flag.environments ?? {}, name) ? flag.environments?.[name] : undefined;
    if (here === undefined) return draft.note(path, `"${excerpt(flag.key)}" is not in the environment that is carried: left out`);
    const at = this.at(`environments.${excerpt(name)}`);
    this.known(here, at, members.ENVIRONMENT);
    for (const [index, variation] of flag.variations.entries()) this.known(variation, this.at(`variations.${index}`), members.VARIATION);
    if ((here.prerequisites ?? []).length > 0) this.lose(`${at}.prerequisites`, 'depends on other flags, which has no counterpart');
    const values = flag.variations.map(({ value }) => value as Json);
    const off = here.offVariation === undefined || here.offVariation === null ? undefined : values[here.offVariation];
    if (off === undefined) draft.note(at, "has no variation for off, so what the app's code says counts: a key always has a default");
    const branches = [
      ...this.targets(here, at),
      ...(here.rules ?? []).flatMap((rule, index) => this.rule(rule, `${at}.rules.${index}`)),
      ...this.fallthrough(here, `${at}.fallthrough`),
    ];
    const rest = { title: flag.name, description: flag.description ?? '', live: here.on, lost: this.lost };
    draft.flag({ path, name: flag.key, off: off ?? neutral(typeOf(values)), values, branches, ...rest });
  }

  private fallthrough({ fallthrough = {} }: Environment, path: string): readonly Branch[] {
    this.known(fallthrough, path, members.FALLTHROUGH);
    return this.outcome(fallthrough, true, path);
  }

  private at(place: string): string {
    return this.path === '' ? place : `${this.path}.${place}`;
  }

  /** Members that nothing here reads lose the flag, unless they are known to be of no account. */
  private known(object: object, path: string, of: Parameters<Draft['leftOver']>[2]): void {
    if (this.draft.leftOver(object, path, of)) this.lost = true;
  }

  /**
   * In the order in which LaunchDarkly looks: that of `contextTargets`, if there are any. There an entry for users has no values of its own: it stands for the one of
   * `targets` with its variation.
   */
  private targets({ targets = [], contextTargets = [] }: Environment, at: string): readonly Branch[] {
    const listed = targets.map((target, index) => ({ target, path: `${at}.targets.${index}` }));
    const contexts = contextTargets.map((target, index) => ({ target, path: `${at}.contextTargets.${index}` }));
    for (const { target, path } of [...listed, ...contexts]) this.known(target, path, members.TARGET);
    if (contexts.length === 0) return listed.flatMap(({ target, path }) => this.target(target, path));
    const ofUsers = ({ contextKind = 'user' }: Target): boolean => contextKind === 'user';
    const standsFor = ({ variation }: Target) => listed.find(({ target }) => target.variation === variation);
    for (const one of listed.filter(
      ({ target }) => !contexts.some((other) => ofUsers(other.target) && standsFor(other.target)?.target === target),
    ))
      this.lose(one.path, 'has no place among contextTargets, whose order decides');
    return contexts.flatMap(({ target, path }) => {
      if (!ofUsers(target)) return this.target(target, path);
      const found = standsFor(target);
      if (found !== undefined) return this.target(found.target, found.path);
      if (target.values.length > 0) this.lose(path, 'is for users whom targets does not have');
      return [];
    });
  }

  private target({ values, variation, contextKind }: Target, path: string): readonly Branch[] {
    return this.outcome({ variation }, oneOf(propertyFor('key', contextKind), values), path);
  }

  private rule(rule: Rule, path: string): readonly Branch[] {
    this.known(rule, path, members.RULE);
    if (rule.disabled === true) return [];
    for (const [index, clause] of rule.clauses.entries()) this.known(clause, `${path}.clauses.${index}`, members.CLAUSE);
    const conditions = rule.clauses.map((clause, index) => {
      const at = `${path}.clauses.${index}`;
      if (clause.op !== 'segmentMatch') return conditionOf(clause, at, this.lose);
      const parts = clause.values.map((key) => segmentCondition(this.segments, String(key), at, this.draft, this.lose));
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

  /** One variation, which goes before a rollout, or the shares of a rollout. */
  private outcome(outcome: Outcome, condition: Condition, path: string, name?: string): readonly Branch[] {
    const { variation, rollout } = outcome;
    const fixed = typeof variation === 'number' ? [{ draw: EVERY_DRAW, value: variation }] : undefined;
    const shares = fixed ?? (rollout === null || rollout === undefined ? [] : rolloutShares(rollout, path, this.draft, this.lose));
    if (shares === undefined) return [];
    const valued = shares.map(({ draw, value }) => ({ draw, value: this.flag.variations[value]?.value as Json | undefined }));
    if (valued.length === 0 || valued.some(({ value }) => value === undefined)) {
      this.lose(path, 'gives no variation of the flag');
      return [];
    }
    return [
      { path, condition, shares: valued.map(({ draw, value }) => ({ draw, value: value ?? null })), ...(name !== undefined && { name }) },
    ];
  }
}
