import { instantOf } from '../domain/instant';
import type { Json } from '../domain/json';
import { compilePattern } from '../domain/pattern';
import type { Operator, PropertyCondition } from '../domain/rule';
import { compareVersion, versionNumbers } from './version';

/** Whether a value of a property passes. `undefined` and `null`: the property is missing. */
export type ValueTest = (value: Json | undefined) => boolean;

/** Lists up to here are searched from the front, which is faster than a set. */
const SHORT_LIST = 4;

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
    return (value) => typeof value === 'string' && pattern.test(value);
  },
  LESS: ({ value: operand }) => ordered(operand, (value, than) => value < than),
  AT_MOST: ({ value: operand }) => ordered(operand, (value, than) => value <= than),
  GREATER: ({ value: operand }) => ordered(operand, (value, than) => value > than),
  AT_LEAST: ({ value: operand }) => ordered(operand, (value, than) => value >= than),
  BETWEEN: ({ from, to }) => {
    const least = ordered(from, (value, than) => value >= than);
    const most = ordered(to, (value, than) => value <= than);
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

function isIn(values: readonly Json[]): ValueTest {
  if (values.length <= SHORT_LIST) return (value) => value !== undefined && values.includes(value);
  const set = new Set<Json | undefined>(values);
  return (value) => set.has(value);
}

/** A number is compared with numbers, a date with dates. */
function ordered(operand: Json | undefined, passes: (value: number, than: number) => boolean): ValueTest {
  if (typeof operand === 'number') return (value) => typeof value === 'number' && passes(value, operand);
  const instant = instantOf(operand) ?? NaN;
  return (value) => typeof value === 'string' && passes(instantOfProperty(value), instant);
}

const DATE_START = /^\d{4}-\d\d-\d\d/;

/** NaN, which passes no comparison, if it is no date. Most texts are none, which their first characters show. */
export function instantOfProperty(text: string): number {
  return DATE_START.test(text) ? (instantOf(text) ?? NaN) : NaN;
}

/** NaN, for what is no version, passes no comparison. */
function version(operand: Json | undefined, passes: (order: number) => boolean): ValueTest {
  const numbers = versionNumbers(operand as string);
  return (value) => typeof value === 'string' && passes(compareVersion(value, numbers));
}
