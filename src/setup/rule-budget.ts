import { patternSize } from '../domain/pattern-size';
import type { Problem } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import type { WrittenFile } from './file-schema';

/** Conditions of all rules and goals of a file. */
const CONDITIONS = 20_000;
/** Steps that all regular expressions of a file may come to: each of them is compiled. */
const PATTERN_STEPS = 500_000;

/** Nodes of rules that are looked at together. */
const BATCH = 1_000;
/** In UTF-16 units: no longer one can be right. */
const LONGEST = 1_000;

/** What of a file's rules costs the most to check. */
export interface RuleBudget {
  readonly problems: readonly Problem[];
  /** Each once. */
  readonly patterns: readonly string[];
}

/**
 * Measures the rules of a file before any of them is checked. It takes what it is given as it is: a rule is of any shape yet, but no deeper than a
 * file or a request can be.
 */
export function* ruleBudget({ segments = [], goals = [] }: WrittenFile): Steps<RuleBudget> {
  const left: unknown[] = [...segments.map(({ rule }) => rule), ...goals.map(({ filters }) => ({ filters }))];
  const patterns = new Set<string>();
  let conditions = 0;
  let looked = 0;
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ((looked += 1) % BATCH === 0) yield;
    if (node === null || typeof node !== 'object') continue;
    const { all, any, not, property, did, didNot, filters } = node as { readonly [member: string]: unknown };
    for (const condition of [property, did, didNot]) if (condition !== undefined) conditions += 1;
    const filtered = Array.isArray(filters) ? (filters as unknown[]) : [];
    conditions += filtered.length;
    if (conditions > CONDITIONS) break;
    for (const one of [property, ...filtered]) {
      const pattern = patternOf(one);
      if (pattern !== undefined) patterns.add(pattern);
    }
    for (const more of [all, any]) if (Array.isArray(more)) for (const rule of more as unknown[]) left.push(rule ?? null);
    left.push(...[not, did, didNot].filter((one) => one !== undefined));
  }
  let steps = 0;
  for (const pattern of patterns) {
    steps += patternSize(pattern);
    yield;
  }
  const problems: Problem[] = [];
  if (conditions > CONDITIONS) problems.push(tooMuch('conditions', CONDITIONS));
  if (steps > PATTERN_STEPS)
    problems.push(tooMuch('steps of regular expressions, repetitions counted as often as they repeat,', PATTERN_STEPS));
  return { problems, patterns: [...patterns] };
}

function patternOf(condition: unknown): string | undefined {
  if (condition === null || typeof condition !== 'object') return undefined;
  const { operator, value } = condition as { readonly operator?: unknown; readonly value?: unknown };
  return operator === 'MATCHES' && typeof value === 'string' && value.length <= LONGEST ? value : undefined;
}

function tooMuch(what: string, most: number): Problem {
  return {
    path: '',
    message: `must have at most ${most.toLocaleString('en')} ${what} in all: split the file, and apply its parts one after another`,
  };
}
