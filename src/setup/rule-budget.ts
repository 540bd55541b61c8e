import { patternSize } from '../domain/pattern-size';
import type { Problem } from '../domain/refusal';
import { rulePartsOf } from '../domain/rule-patterns';
import type { Steps } from '../domain/steps';
import type { WrittenFile } from './file-schema';

/** Conditions of all rules and goals of a file. */
const CONDITIONS = 20_000;
/** Steps that all regular expressions of a file may come to: each of them is compiled. */
const PATTERN_STEPS = 500_000;

/** What of a file's rules costs the most to check. */
export interface RuleBudget {
  readonly problems: readonly Problem[];
  /** Each once. */
  readonly patterns: readonly string[];
}

/** Measures the rules of a file before any of them is checked. */
export function* ruleBudget({ segments = [], goals = [] }: WrittenFile): Steps<RuleBudget> {
  const rules = [...segments.map(({ rule }) => rule), ...goals.map(({ filters }) => ({ filters }))];
  const { conditions, patterns: found } = yield* rulePartsOf(rules, CONDITIONS);
  const patterns = [...new Set(found)];
  let steps = 0;
  for (const pattern of patterns) {
    steps += patternSize(pattern);
    yield;
  }
  const problems: Problem[] = [];
  if (conditions > CONDITIONS) problems.push(tooMuch('conditions', CONDITIONS));
  if (steps > PATTERN_STEPS)
    problems.push(tooMuch('steps of regular expressions, repetitions counted as often as they repeat,', PATTERN_STEPS));
  return { problems, patterns };
}

function tooMuch(what: string, most: number): Problem {
  return {
    path: '',
    message: `must have at most ${most.toLocaleString('en')} ${what} in all: split the file, and apply its parts one after another`,
  };
}
