import { z } from 'zod';
import { instantOf } from '../../domain/instant';
import type { Operator } from '../../domain/rule';
import { excerpt } from '../../domain/text';
import { anyOf, anyValue, dottedVersion, notOf, oneOf, property, USER_ID, type Condition, type Lose } from './condition';

export const constraintSchema = z.looseObject({
  contextName: z.string(),
  operator: z.string(),
  values: z.array(z.string()).optional(),
  value: z.union([z.string(), z.number()]).nullable().optional(),
  inverted: z.boolean().optional(),
  caseInsensitive: z.boolean().optional(),
});
export type Constraint = z.output<typeof constraintSchema>;

const TEXTS: { readonly [operator: string]: readonly [Operator, (escaped: string) => string] } = {
  STR_CONTAINS: ['CONTAINS', (text) => `^.*${text}.*$`],
  STR_STARTS_WITH: ['STARTS_WITH', (text) => `^${text}.*$`],
  STR_ENDS_WITH: ['ENDS_WITH', (text) => `^.*${text}$`],
};
const NUMBERS: { readonly [operator: string]: Operator } = {
  NUM_EQ: 'EQUALS',
  NUM_GT: 'GREATER',
  NUM_GTE: 'AT_LEAST',
  NUM_LT: 'LESS',
  NUM_LTE: 'AT_MOST',
};
const DATES: { readonly [operator: string]: Operator } = { DATE_AFTER: 'GREATER', DATE_BEFORE: 'LESS' };
const VERSIONS: { readonly [operator: string]: Operator } = {
  SEMVER_EQ: 'VERSION_EQUALS',
  SEMVER_GT: 'VERSION_GREATER',
  SEMVER_GTE: 'VERSION_AT_LEAST',
  SEMVER_LT: 'VERSION_LESS',
  SEMVER_LTE: 'VERSION_AT_MOST',
};

/** A constraint of Unleash, where a missing value is in no list, and what is inverted takes users who lack it. Undefined: it has no counterpart. */
export function conditionOf(constraint: Constraint, path: string, lose: Lose): Condition | undefined {
  const condition = plain(constraint, constraint.contextName === 'userId' ? USER_ID : constraint.contextName, (message) =>
    lose(path, message),
  );
  return condition === undefined || constraint.inverted !== true ? condition : notOf(condition);
}

function plain(constraint: Constraint, name: string, lose: (message: string) => void): Condition | undefined {
  const { operator, values = [], value, caseInsensitive } = constraint;
  if (operator === 'IN') return oneOf(name, values);
  if (operator === 'NOT_IN') return notOf(oneOf(name, values));
  if (Object.hasOwn(TEXTS, operator)) return textual(operator, name, values, caseInsensitive === true);
  if (operator === 'REGEX' && typeof value === 'string')
    return property(name, 'MATCHES', `${caseInsensitive === true ? '(?i)' : ''}${value}`);
  if (Object.hasOwn(NUMBERS, operator)) {
    const number = value === '' || value === null || value === undefined ? Number.NaN : Number(value);
    return Number.isFinite(number)
      ? property(name, NUMBERS[operator] ?? 'EQUALS', number)
      : void lose('compares with something that is no number');
  }
  if (Object.hasOwn(DATES, operator)) {
    if (constraint.contextName === 'currentTime')
      return void lose('depends on the time of day or date at which it is asked, which a segment cannot');
    return instantOf(value) === undefined
      ? void lose('compares with something that is no date')
      : property(name, DATES[operator] ?? 'GREATER', value ?? null);
  }
  if (Object.hasOwn(VERSIONS, operator)) {
    const version = dottedVersion(value);
    return version === undefined
      ? void lose('compares with a version that is not of numbers and dots alone')
      : property(name, VERSIONS[operator] ?? 'VERSION_EQUALS', version);
  }
  return void lose(`the operator "${excerpt(operator)}" has no counterpart`);
}

function textual(operator: string, name: string, values: readonly string[], caseInsensitive: boolean): Condition {
  const [plainly, pattern] = TEXTS[operator] ?? TEXTS['STR_CONTAINS']!;
  if (!caseInsensitive) return anyValue(name, plainly, values);
  return anyOf(values.map((value) => property(name, 'MATCHES', `(?is)${pattern(value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))}`)));
}
