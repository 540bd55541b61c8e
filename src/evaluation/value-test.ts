import { instantOf } from '../domain/instant';
import type { Json } from '../domain/json';
import { compilePattern } from '../domain/pattern';
import type { Operator, PropertyCondition } from '../domain/rule';
import { compareVersion, versionNumbers } from './version';

/** Whether a value of a property passes. `undefined` and `null`: the property is missing. */
export type ValueTest = (value: Json | undefined) => boolean;

const SHORT_LIST = 4;
/** UTF-16 units of a text that a pattern is compared with: a longer one matches none, since the largest patterns take microseconds for each. */
export const PATTERN_TEXT_LENGTH = 2_000;

/**
 * One condition on a property as a closure (S2). A missing property passes NOT_EXISTS and nothing else. Values are never converted: a number that is
 * written as a text equals no number.
 */
export function valueTest(condition: PropertyCondition): ValueTest {
  return TESTS[condition.operator](condition);
}

const TESTS: { readonly [operator in Operator]: (condition: PropertyCondition) => ValueTest } = {
  EQUALS: ({ value: wanted }) => {
    return (value) => value === wanted;
  },
  NOT_EQUALS: ({ value: unwanted }) => {
    return (value) => value !== undefined && value !== null && value !== unwanted;
  },
  IN: ({ values = [] }) => isIn(values),
  NOT_IN: ({ values = [] }) => {
    const listed = isIn(values);
    return (value) => value !== undefined && value !== null && !listed(value);
  },
  CONTAINS: ({ value: wanted }) => {
    const text = wanted as string;
    return (value) => (typeof value === 'string' || Array.isArray(value)) && value.includes(text);
  },
  STARTS_WITH: ({ value: wanted }) => {
    const text = wanted as string;
    return (value) => typeof value === 'string' && value.startsWith(text);
  },
  ENDS_WITH: ({ value: wanted }) => {
    const text = wanted as string;
    return (value) => typeof value === 'string' && value.endsWith(text);
  },
  MATCHES: ({ value: wanted }) => {
    const pattern = compilePattern(wanted as string);
    return (value) => typeof value === 'string' && value.length <= PATTERN_TEXT_LENGTH && pattern.test(value);
  },
  LESS: ({ value: than }) =>
    typeof than === 'number' ? (value) => typeof value === 'number' && value < than : dateTest(than, (at, instant) => at < instant),
  AT_MOST: ({ value: than }) =>
    typeof than === 'number' ? (value) => typeof value === 'number' && value <= than : dateTest(than, (at, instant) => at <= instant),
  GREATER: ({ value: than }) =>
    typeof than === 'number' ? (value) => typeof value === 'number' && value > than : dateTest(than, (at, instant) => at > instant),
  AT_LEAST: ({ value: than }) =>
    typeof than === 'number' ? (value) => typeof value === 'number' && value >= than : dateTest(than, (at, instant) => at >= instant),
  BETWEEN: ({ name, from, to }) => {
    const least = valueTest({ name, operator: 'AT_LEAST', value: from! });
    const most = valueTest({ name, operator: 'AT_MOST', value: to! });
    return (value) => least(value) && most(value);
  },
  EXISTS: () => (value) => value !== undefined && value !== null,
  NOT_EXISTS: () => (value) => value === undefined || value === null,
  VERSION_LESS: ({ value: operand }) => version(operand, (order) => order < 0),
  VERSION_AT_MOST: ({ value: operand }) => version(operand, (order) => order <= 0),
  VERSION_EQUALS: ({ value: operand }) => version(operand, (order) => order === 0),
  VERSION_AT_LEAST: ({ value: operand }) => version(operand, (order) => order >= 0),
  VERSION_GREATER: ({ value: operand }) => version(operand, (order) => order > 0),
};

/** A short list is compared item by item, which is faster than a set. */
function isIn(values: readonly Json[]): ValueTest {
  const [a, b = a, c = a, d = a] = values;
  if (values.length <= SHORT_LIST) return (value) => value === a || value === b || value === c || value === d;
  const set = new Set<Json | undefined>(values);
  return (value) => set.has(value);
}

/** A date is compared with dates. */
function dateTest(operand: Json | undefined, passes: (at: number, instant: number) => boolean): ValueTest {
  const instant = instantOf(operand) ?? NaN;
  return (value) => typeof value === 'string' && passes(instantOfProperty(value), instant);
}

const DATE_START = /^\d{4}-\d\d-\d\d/;

/** NaN, which passes no comparison, if it is no date. Most texts are none, which their first characters show. */
function instantOfProperty(text: string): number {
  return DATE_START.test(text) ? (instantOf(text) ?? NaN) : NaN;
}

/** NaN, for what is no version, passes no comparison. */
function version(operand: Json | undefined, passes: (order: number) => boolean): ValueTest {
  const numbers = versionNumbers(operand as string);
  return (value) => typeof value === 'string' && passes(compareVersion(value, numbers));
}
