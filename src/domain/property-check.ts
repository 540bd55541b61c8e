import { INSTANT_WORDS, instantOf } from './instant';
import { checkPattern } from './pattern';
import { OPERATORS, RULE_LIMITS, type Operator } from './rule';
import type { Findings } from './rule-findings';
import { checkPropertyName, excerpt, kindOf, length } from './text';

type Members = { readonly [name: string]: unknown };
type Operand = (members: Members, path: string, findings: Findings) => void;

const MEMBERS = ['name', 'operator', 'value', 'values', 'from', 'to'] as const;

/** What an operator takes: which members, and what each must be. */
const SCALAR = { takes: ['value'], check: each(scalar) };
const LIST = { takes: ['values'], check: list };
const TEXT = { takes: ['value'], check: each(text) };
const PATTERN = { takes: ['value'], check: pattern };
const ORDERED = { takes: ['value'], check: each(ordered) };
const RANGE = { takes: ['from', 'to'], check: range };
const NOTHING = { takes: [], check: () => undefined };
const VERSION = { takes: ['value'], check: each(version) };

const OPERANDS: { readonly [operator in Operator]: { readonly takes: readonly string[]; readonly check: Operand } } = {
  EQUALS: SCALAR,
  NOT_EQUALS: SCALAR,
  IN: LIST,
  NOT_IN: LIST,
  CONTAINS: TEXT,
  STARTS_WITH: TEXT,
  ENDS_WITH: TEXT,
  MATCHES: PATTERN,
  LESS: ORDERED,
  AT_MOST: ORDERED,
  GREATER: ORDERED,
  AT_LEAST: ORDERED,
  BETWEEN: RANGE,
  EXISTS: NOTHING,
  NOT_EXISTS: NOTHING,
  VERSION_LESS: VERSION,
  VERSION_AT_MOST: VERSION,
  VERSION_EQUALS: VERSION,
  VERSION_AT_LEAST: VERSION,
  VERSION_GREATER: VERSION,
};

/** Which members of a condition say what the property is compared with. */
export function takenBy(operator: Operator): readonly string[] {
  return OPERANDS[operator].takes;
}

/** A condition on a property, of a user or (as a filter) of an event. */
export function checkProperty(condition: unknown, path: string, findings: Findings): void {
  const members = findings.members(condition, path, MEMBERS);
  if (members === undefined) return;
  findings.add(...checkPropertyName(members.name, `${path}.name`));
  const operator = OPERATORS.find((known) => known === members.operator);
  if (operator === undefined) return findings.add({ path: `${path}.operator`, message: `must be one of ${OPERATORS.join(', ')}` });
  const { takes, check } = OPERANDS[operator];
  const says = takes.length === 0 ? 'nothing to compare with' : takes.map((name) => `\`${name}\``).join(' and ');
  for (const name of ['value', 'values', 'from', 'to']) {
    if (name in members && !takes.includes(name))
      findings.add({ path: `${path}.${name}`, message: `must be left out: ${operator} takes ${says}` });
  }
  const missing = takes.filter((name) => !(name in members));
  const advice = takes.includes('value') ? '; for users who lack the property there is NOT_EXISTS' : '';
  for (const name of missing) findings.add({ path: `${path}.${name}`, message: `must be given: ${operator} takes ${says}${advice}` });
  if (missing.length === 0) check(members, path, findings);
}

/** A check of `value` alone, which returns what it must be if it is not that. */
function each(wrong: (value: unknown) => string | undefined): Operand {
  return ({ value }, path, findings) => {
    const words = wrong(value);
    if (words !== undefined) findings.add({ path: `${path}.value`, message: `must be ${words}, not ${shown(value)}` });
  };
}

function scalar(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? undefined : 'a text, a number, true or false';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'a text with at least one character';
}

function ordered(value: unknown): string | undefined {
  return typeof value === 'number' || instantOf(value) !== undefined ? undefined : `a number or ${INSTANT_WORDS}`;
}

function version(value: unknown): string | undefined {
  const dotted = typeof value === 'string' && value.length <= RULE_LIMITS.versionLength && /^\d+(\.\d+)*$/.test(value);
  return dotted
    ? undefined
    : `a version as a text of numbers with dots between, such as "1.2.10", of at most ${RULE_LIMITS.versionLength} characters`;
}

function pattern({ value }: Members, path: string, findings: Findings): void {
  if (typeof value === 'string' && !findings.admitsPattern(length(value), `${path}.value`)) return;
  findings.add(...checkPattern(value, `${path}.value`));
}

function list({ values }: Members, path: string, findings: Findings): void {
  const rule = `must be a list of 1 to ${RULE_LIMITS.values.toLocaleString('en')} texts, numbers, true or false`;
  if (!Array.isArray(values)) return findings.add({ path: `${path}.values`, message: `${rule}, not ${kindOf(values)}` });
  if (values.length === 0 || values.length > RULE_LIMITS.values) {
    return findings.add({ path: `${path}.values`, message: `${rule}; this one has ${values.length.toLocaleString('en')}` });
  }
  for (const [index, value] of values.entries()) {
    const words = scalar(value);
    if (words !== undefined) findings.add({ path: `${path}.values.${index}`, message: `must be ${words}, not ${kindOf(value)}` });
  }
}

function range({ from, to }: Members, path: string, findings: Findings): void {
  const ends = Object.entries({ from, to });
  const wrong = ends.filter(([, end]) => ordered(end) !== undefined);
  for (const [name, end] of wrong) findings.add({ path: `${path}.${name}`, message: `must be ${ordered(end)}, not ${shown(end)}` });
  if (wrong.length > 0) return;
  const [low, high] = typeof from === typeof to ? [rank(from), rank(to)] : [];
  if (low === undefined || high === undefined)
    return findings.add({ path, message: 'must go from a number to a number, or from a date to a date' });
  if (low > high) findings.add({ path: `${path}.to`, message: 'must not be before `from`' });
}

function rank(end: unknown): number | undefined {
  return typeof end === 'number' ? end : instantOf(end);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${excerpt(value)}"` : kindOf(value);
}
