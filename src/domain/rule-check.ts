import { INSTANT_WORDS, instantOf } from './instant';
import { type Json, leavesAsItIs } from './json';
import type { Problem } from './refusal';
import { checkProperty } from './property-check';
import { RULE_LIMITS, type PropertyCondition, type Rule } from './rule';
import { Findings } from './rule-findings';
import { checkEventName, kindOf } from './text';
import { checkJson, type JsonBounds } from './value';

const LEVELS = `must nest all, any and not at most ${RULE_LIMITS.depth} levels deep, the innermost condition counted`;
const BOUNDS: JsonBounds = {
  // A node takes up to two levels of JSON, and a filter with a list of values is four more.
  depth: RULE_LIMITS.depth * 2 + 6,
  tooDeep: LEVELS,
  bytes: RULE_LIMITS.bytes,
  tooLarge: `must take at most ${RULE_LIMITS.bytes / 1024} KiB as JSON`,
  asInput: true,
};

/**
 * Whether it can be a segment's rule (S2): at most 20 problems, each where it is. Total and bounded, whatever is given. `stored` is the rule that the
 * segment has, if it is there already: that one may be given again, and so may its numbers.
 */
export function checkRule(rule: unknown, path: string, stored?: Rule): Problem[] {
  if (stored !== undefined && leavesAsItIs(stored as Json, rule)) return [];
  const unbounded = checkJson(rule, path, BOUNDS, stored);
  if (unbounded.length > 0) return unbounded;
  const findings = new Findings();
  node(rule, path, 1, findings);
  if (findings.leaves > RULE_LIMITS.leaves) findings.add({ path, message: `must have at most ${RULE_LIMITS.leaves} conditions` });
  return findings.problems;
}

/** Whether they can be the filters of something that is not a rule, such as a goal (G1). None and absent are the same. `stored`: those that it has. */
export function checkFilters(filters: unknown, path: string, max: number, stored?: readonly PropertyCondition[]): Problem[] {
  if (filters === undefined || filters === null) return [];
  if (stored !== undefined && leavesAsItIs(stored as unknown as Json, filters)) return [];
  const unbounded = checkJson(filters, path, BOUNDS, stored);
  if (unbounded.length > 0) return unbounded;
  const findings = new Findings();
  listOfFilters(filters, path, max, findings);
  return findings.problems;
}

/** The rule as it is stored: plain, without what is absent or says no more than its absence, so that equal rules are equal JSON. */
export function normalizeRule(rule: Rule): Rule {
  return normal(rule) as Rule;
}

/** The filters as they are stored. */
export function normalizeFilters(filters: readonly PropertyCondition[] | null | undefined): readonly PropertyCondition[] {
  return normal(filters ?? []) as readonly PropertyCondition[];
}

function node(rule: unknown, path: string, depth: number, findings: Findings): void {
  if (depth > RULE_LIMITS.depth) return findings.add({ path, message: LEVELS });
  const only = findings.only(rule, path, ['all', 'any', 'not', 'property', 'did', 'didNot']);
  if (only === undefined) return;
  const [name, member] = only;
  const place = `${path}.${name}`;
  if (name === 'not') return node(member, place, depth + 1, findings);
  if (name === 'all' || name === 'any') return branch(member, place, depth, findings);
  findings.leaves++;
  if (name === 'property') checkProperty(member, place, findings);
  else behaviour(member, place, name === 'did', findings);
}

function branch(rules: unknown, path: string, depth: number, findings: Findings): void {
  if (!Array.isArray(rules)) return findings.add({ path, message: `must be a list of conditions, not ${kindOf(rules)}` });
  if (rules.length === 0) findings.add({ path, message: 'must have at least one condition' });
  for (const [index, rule] of rules.entries()) node(rule, `${path}.${index}`, depth + 1, findings);
}

function behaviour(condition: unknown, path: string, did: boolean, findings: Findings): void {
  const members = findings.members(condition, path, ['event', ...(did ? ['count'] : []), 'window', 'filters']);
  if (members === undefined) return;
  findings.add(...checkEventName(members.event, `${path}.event`));
  if (members.count !== undefined) count(members.count, `${path}.count`, findings);
  window(members.window, `${path}.window`, findings);
  if (members.filters !== undefined) listOfFilters(members.filters, `${path}.filters`, RULE_LIMITS.filters, findings);
}

function count(value: unknown, path: string, findings: Findings): void {
  const members = findings.members(value, path, ['atLeast', 'atMost', 'exactly', 'includeZero']);
  if (members === undefined) return;
  const { includeZero, ...bounds } = members;
  const [bound, ...others] = Object.entries(bounds);
  if (bound === undefined || others.length > 0) return findings.add({ path, message: 'must have exactly one of atLeast, atMost, exactly' });
  const [name, times] = bound;
  if (times === 0 && name !== 'atLeast') {
    findings.add({ path: `${path}.${name}`, message: 'must not be 0: for users who never did it there is didNot' });
  } else {
    whole(times, `${path}.${name}`, RULE_LIMITS.count, findings);
  }
  if (includeZero === undefined) return;
  if (name !== 'atMost') findings.add({ path: `${path}.includeZero`, message: 'must be left out: only atMost takes it' });
  else if (typeof includeZero !== 'boolean') findings.add({ path: `${path}.includeZero`, message: 'must be true or false' });
}

function window(value: unknown, path: string, findings: Findings): void {
  const known = ['lastDays', 'between', 'ever'];
  if (value === undefined)
    return findings.add({ path, message: 'must be given: lastDays, between, or { ever: true } to look back for ever' });
  const only = findings.only(value, path, known);
  if (only === undefined) return;
  const [name, member] = only;
  if (name === 'lastDays') whole(member, `${path}.lastDays`, RULE_LIMITS.lastDays, findings);
  else if (name === 'between') period(member, `${path}.between`, findings);
  else if (member !== true) findings.add({ path: `${path}.ever`, message: 'must be true' });
}

function period(value: unknown, path: string, findings: Findings): void {
  const members = findings.members(value, path, ['from', 'to']);
  if (members === undefined) return;
  const [from, to] = [instantOf(members.from), instantOf(members.to)];
  if (from === undefined) findings.add({ path: `${path}.from`, message: `must be ${INSTANT_WORDS}` });
  if (to === undefined) findings.add({ path: `${path}.to`, message: `must be ${INSTANT_WORDS}` });
  if (from !== undefined && to !== undefined && from >= to) findings.add({ path: `${path}.to`, message: 'must be after `from`' });
}

function listOfFilters(filters: unknown, path: string, max: number, findings: Findings): void {
  if (!Array.isArray(filters)) return findings.add({ path, message: `must be a list of conditions on properties, not ${kindOf(filters)}` });
  if (filters.length > max) return findings.add({ path, message: `must have at most ${max} conditions; this one has ${filters.length}` });
  for (const [index, filter] of filters.entries()) checkProperty(filter, `${path}.${index}`, findings);
}

function whole(value: unknown, path: string, max: number, findings: Findings): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max) return;
  findings.add({ path, message: `must be a whole number from 1 to ${max.toLocaleString('en')}` });
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, normal(member)] as const)
      .filter(([name, member]) => member !== null && member !== undefined && !saysNothing(name, member)),
  );
}

function saysNothing(name: string, member: unknown): boolean {
  if (name === 'filters') return (member as readonly unknown[]).length === 0;
  if (name === 'includeZero') return member === false;
  if (name !== 'count') return false;
  const count = Object.entries(member as object);
  return count.length === 1 && count[0]?.[0] === 'atLeast' && count[0][1] === 1;
}
