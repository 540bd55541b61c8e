import { checkPattern } from './pattern';
import { RULE_LIMITS } from './rule';
import type { Steps } from './steps';
import { length } from './text';

/** Nodes of rules that are looked at together. */
const BATCH = 1_000;
/** In UTF-16 units: no longer pattern can be right. */
const LONGEST_PATTERN = 1_000;

/** What of rules and filters costs to check. */
export interface RuleParts {
  readonly conditions: number;
  /** Regular expressions, in the order in which they are found, as often as they are. */
  readonly patterns: readonly string[];
}

/**
 * Walks rules and lists of filters (`{ filters }`) in pieces, and stops beyond `most` conditions. It takes what it is given as it is: a rule is of any
 * shape yet, but no deeper than a file or a request can be.
 */
export function* rulePartsOf(rules: readonly unknown[], most: number): Steps<RuleParts> {
  const left: unknown[] = [...rules];
  const patterns: string[] = [];
  let conditions = 0;
  let looked = 0;
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ((looked += 1) % BATCH === 0) yield;
    if (node === null || typeof node !== 'object') continue;
    const { all, any, not, property, did, didNot, filters } = node as { readonly [member: string]: unknown };
    for (const condition of [property, did, didNot]) if (condition !== undefined) conditions += 1;
    const filtered = Array.isArray(filters) ? (filters as unknown[]) : [];
    conditions += filtered.length;
    if (conditions > most) break;
    for (const one of [property, ...filtered]) {
      const pattern = patternOf(one);
      if (pattern !== undefined) patterns.push(pattern);
    }
    for (const more of [all, any]) if (Array.isArray(more)) for (const rule of more as unknown[]) left.push(rule ?? null);
    left.push(...[not, did, didNot].filter((one) => one !== undefined));
  }
  return { conditions, patterns };
}

/** Checks the patterns of one rule one by one, so that its own check finds them known. No more of them than a rule may have. */
export function* checkingPatterns(rules: readonly unknown[]): Steps<void> {
  const { patterns } = yield* rulePartsOf(rules, RULE_LIMITS.leaves * (1 + RULE_LIMITS.filters));
  let characters = 0;
  for (const pattern of patterns) {
    if ((characters += length(pattern)) > RULE_LIMITS.patterns) return;
    checkPattern(pattern, '');
    yield;
  }
}

function patternOf(condition: unknown): string | undefined {
  if (condition === null || typeof condition !== 'object') return undefined;
  const { operator, value } = condition as { readonly operator?: unknown; readonly value?: unknown };
  return operator === 'MATCHES' && typeof value === 'string' && value.length <= LONGEST_PATTERN ? value : undefined;
}
