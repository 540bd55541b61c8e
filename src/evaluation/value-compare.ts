import { instantOf } from '../domain/instant';
import type { Json } from '../domain/json';
import { compilePattern } from '../domain/pattern';
import type { Operator, PropertyCondition } from '../domain/rule';

/** The value is of a kind that can be compared. */
export function compare(condition: PropertyCondition, value: Json): boolean {
  const { operator, value: operand } = condition;
  switch (operator) {
    case 'EQUALS':
      return value === operand;
    case 'NOT_EQUALS':
      return value !== operand;
    case 'IN':
      return condition.values?.some((wanted) => wanted === value) ?? false;
    case 'NOT_IN':
      return condition.values?.every((unwanted) => unwanted !== value) ?? true;
    case 'CONTAINS':
      return Array.isArray(value) ? value.some((item) => item === operand) : String(value).indexOf(String(operand)) >= 0;
    case 'STARTS_WITH':
      return String(value).slice(0, String(operand).length) === operand;
    case 'ENDS_WITH':
      return String(value).slice(-String(operand).length) === operand;
    case 'MATCHES':
      return patternOf(condition).matcher(String(value)).find();
    case 'LESS':
      return rank(value) < rank(operand);
    case 'AT_MOST':
      return rank(value) <= rank(operand);
    case 'GREATER':
      return rank(value) > rank(operand);
    case 'AT_LEAST':
      return rank(value) >= rank(operand);
    case 'BETWEEN':
      return rank(value) >= rank(condition.from) && rank(value) <= rank(condition.to);
    default:
      return compareVersions(operator, String(value), String(operand));
  }
}

/** A number as it is, a date as its instant. */
function rank(value: Json | undefined): number {
  return typeof value === 'number' ? value : (instantOf(value) ?? NaN);
}

/** To compile a pattern takes longer than all the rest of a trail. */
const patterns = new WeakMap<PropertyCondition, ReturnType<typeof compilePattern>>();

function patternOf(condition: PropertyCondition): ReturnType<typeof compilePattern> {
  const pattern = patterns.get(condition) ?? compilePattern(String(condition.value));
  patterns.set(condition, pattern);
  return pattern;
}

/** A `v`, dotted numbers, and behind them nothing, `+` and a build, or `-` and a pre-release. */
const VERSION = /^v?(\d+(?:\.\d+)*)(?:$|\+|(-[^+]))/i;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

function compareVersions(operator: Operator, version: string, operand: string): boolean {
  const [, dotted = '', preRelease] = VERSION.exec(version) ?? [];
  const [numbers, others] = [dotted.split('.').map(BigInt), operand.split('.').map(BigInt)];
  let order = preRelease === undefined ? 0 : -1;
  for (let at = Math.max(numbers.length, others.length) - 1; at >= 0; at -= 1) {
    const [number = 0n, other = 0n] = [numbers[at], others[at]];
    if (number !== other) order = number < other ? -1 : 1;
  }
  if (operator === 'VERSION_LESS') return order < 0;
  if (operator === 'VERSION_AT_MOST') return order <= 0;
  if (operator === 'VERSION_EQUALS') return order === 0;
  return operator === 'VERSION_AT_LEAST' ? order >= 0 : order > 0;
}
