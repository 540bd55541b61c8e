import { canonical, sameJson, type Json } from '../../domain/json';
import { allOf, notOf, type Condition } from './condition';
import type { Share } from './draw';
import { takesAll } from './overlap';
import { Cells, NOTHING, related, taken, type Part } from './parts';

/** Who gets what: of the users whom the condition takes, those of the draws. Whom they leave over falls to the next branch. */
export interface Branch {
  readonly path: string;
  readonly condition: Condition;
  /** What the source calls these users. */
  readonly name?: string;
  /** Their draws take no user twice. */
  readonly shares: readonly Share<Json>[];
}

/** Users of a branch, and the part of each share in those of them whom the rows before leave over. */
export interface Group {
  readonly condition: Condition;
  readonly parts: readonly Part<Json>[];
}

/** Whether it leaves over none of the users whom its condition takes. */
export function takesEveryone({ shares }: Branch): boolean {
  return taken(shares) > 1 - NOTHING;
}

/** Earlier conditions that may take some of a branch's users: each more of them doubles the groups. */
const QUESTIONS = 4;

/**
 * The users of a branch in groups, in each of which its parts are the same. Rows draw anew, each by itself. A product whose branches share a seed does
 * not: whom an earlier branch leaves over are not evenly spread over a later one's band, and how they are spread depends on which earlier
 * branches were open to them. Undefined where that is too much to say in rows.
 */
export function groupsOf({ condition, shares }: Branch, earlier: readonly Branch[]): readonly Group[] | undefined {
  const open = earlier.filter((branch) => takesAll(condition, branch.condition) !== false);
  if (open.some((branch) => takesEveryone(branch) && takesAll(condition, branch.condition) === true)) return [];
  const before = related(
    open.filter((branch) => !takesEveryone(branch)),
    shares,
  ).map((branch) => ({ shares: branch.shares, asks: takesAll(condition, branch.condition) === true ? true : branch.condition }));
  const cells = Cells.of([...before.map((branch) => branch.shares), shares]);
  const questions = [...new Map(before.map(({ asks }) => [canonical(asks), asks])).values()].filter((asks) => asks !== true);
  if (cells === undefined || questions.length > QUESTIONS) return undefined;
  const parts = (yes: readonly Condition[]): readonly Group[] => {
    const reached = before.filter(({ asks }) => asks === true || yes.some((one) => sameJson(one as Json, asks as Json)));
    const found = cells.partsOf(
      reached.map((branch) => branch.shares),
      shares,
    );
    return found === undefined ? [] : [{ condition: true, parts: shares.map(({ value }, index) => ({ part: found[index] ?? 0, value })) }];
  };
  return answers(questions, [], parts)
    .map((group) => ({ ...group, condition: group.condition === true ? condition : allOf([condition, group.condition]) }))
    .filter((group) => group.condition !== false);
}

/** Asks one question after another, and keeps apart only those whose answer changes something. */
function answers(
  [question, ...rest]: readonly Condition[],
  yes: readonly Condition[],
  parts: (yes: readonly Condition[]) => readonly Group[],
): readonly Group[] {
  if (question === undefined) return parts(yes);
  const within = answers(rest, [...yes, question], parts);
  const without = answers(rest, yes, parts);
  if (within.length === 0 || alike(within, without)) return without;
  if (without.length === 0) return within;
  const of = (users: Condition, groups: readonly Group[]): readonly Group[] =>
    groups.map((group) => ({ ...group, condition: allOf([users, group.condition]) }));
  return [...of(question, within), ...of(notOf(question), without)];
}

/** Compared to a billionth: what is beyond that is the arithmetic's. */
function alike(some: readonly Group[], others: readonly Group[]): boolean {
  const shape = (groups: readonly Group[]): string =>
    canonical(groups.map(({ condition, parts }) => [condition, parts.map(({ part }) => Math.round(part * 1e9))]));
  return shape(some) === shape(others);
}
