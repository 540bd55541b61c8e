import { instantOf } from '../domain/instant';
import type { Json } from '../domain/json';
import type { PropertyCondition } from '../domain/rule';
import { excerpt, kindOf } from '../domain/text';
import { compare, isVersion } from './value-compare';
import { PATTERN_TEXT_LENGTH } from './value-test';

/** Whether a condition on a property was passed, and what is to be said of what was there instead. */
export interface ValueTrail {
  readonly matched: boolean;
  readonly instead: string;
}

/**
 * The same as `valueTest`, read off the rule step by step instead of compiled, so that the two check each other (V4), and with words: what was
 * there, or why it could not even be compared.
 */
export function valueTrail(condition: PropertyCondition, value: Json | undefined): ValueTrail {
  const { name, operator } = condition;
  const isMissing = value === undefined || value === null;
  if (operator === 'EXISTS') return { matched: !isMissing, instead: `${name} is missing` };
  if (isMissing) return { matched: operator === 'NOT_EXISTS', instead: `${name} is missing` };
  const shown = `${name} is ${shownValue(value)}`;
  if (operator === 'NOT_EXISTS') return { matched: false, instead: shown };
  const wrong = wrongKind(condition, value);
  const isNegative = operator === 'NOT_EQUALS' || operator === 'NOT_IN';
  if (wrong !== undefined) return { matched: isNegative, instead: `${name} is ${wrong}` };
  return { matched: compare(condition, value), instead: shown };
}

const LONGEST_LIST = 3;

function shownValue(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(excerpt(value));
  if (!Array.isArray(value)) return value !== null && typeof value === 'object' ? 'an object' : String(value);
  const more = value.length > LONGEST_LIST ? ', ...' : '';
  return `a list of ${value.length}: ${value
    .slice(0, LONGEST_LIST)
    .map((item: Json) => shownValue(item))
    .join(', ')}${more}`;
}

/** That the value is of a kind that the condition can never match, in words such as `a text, not a number`. */
function wrongKind(condition: PropertyCondition, value: Json): string | undefined {
  const { operator } = condition;
  const instead = (wanted: string) => `${kindOf(value)}, not ${wanted}`;
  switch (operator) {
    case 'EQUALS':
    case 'NOT_EQUALS':
      return typeof value === typeof condition.value ? undefined : instead(kindOf(condition.value));
    case 'IN':
    case 'NOT_IN':
      return condition.values?.some((wanted) => typeof wanted === typeof value) ? undefined : instead(kindOf(condition.values?.[0]));
    case 'CONTAINS':
      return typeof value === 'string' || Array.isArray(value) ? undefined : instead('a text or a list');
    case 'STARTS_WITH':
    case 'ENDS_WITH':
      return typeof value === 'string' ? undefined : instead('a text');
    case 'MATCHES':
      return typeof value === 'string' ? tooLong(value) : instead('a text');
    case 'LESS':
    case 'AT_MOST':
    case 'GREATER':
    case 'AT_LEAST':
    case 'BETWEEN':
      return wrongOrder(condition.operator === 'BETWEEN' ? condition.from : condition.value, value);
    default:
      return wrongVersion(value);
  }
}

function tooLong(text: string): string | undefined {
  if (text.length <= PATTERN_TEXT_LENGTH) return undefined;
  const [length, most] = [text.length, PATTERN_TEXT_LENGTH].map((units) => units.toLocaleString('en'));
  return `a text of ${length} characters, and a pattern is compared with at most ${most}`;
}

function wrongOrder(operand: Json | undefined, value: Json): string | undefined {
  if (typeof operand === 'number') return typeof value === 'number' ? undefined : `${kindOf(value)}, not a number`;
  if (typeof value !== 'string') return `${kindOf(value)}, not a date`;
  return instantOf(value) === undefined ? `${shownValue(value)}, not a date such as "2026-02-28" or "2026-02-28T17:30:00Z"` : undefined;
}

function wrongVersion(value: Json): string | undefined {
  if (typeof value !== 'string') return `${kindOf(value)}, not a version as a text`;
  return isVersion(value) ? undefined : `${shownValue(value)}, not a version such as "1.2.10"`;
}
