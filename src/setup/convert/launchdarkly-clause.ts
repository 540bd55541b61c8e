import { z } from 'zod';
import type { Json } from '../../domain/json';
import { instantOf } from '../../domain/instant';
import type { Operator } from '../../domain/rule';
import { excerpt } from '../../domain/text';
import { anyOf, anyValue, dottedVersion, oneOf, otherwise, property, USER_ID, type Condition, type Lose } from './condition';

export const clauseSchema = z.looseObject({
  attribute: z.string().optional(),
  op: z.string(),
  values: z.array(z.unknown()),
  negate: z.boolean().optional(),
  contextKind: z.string().optional(),
});
export type Clause = z.output<typeof clauseSchema>;

const TEXTS: { readonly [op: string]: Operator } = {
  contains: 'CONTAINS',
  startsWith: 'STARTS_WITH',
  endsWith: 'ENDS_WITH',
  matches: 'MATCHES',
};
const NUMBERS: { readonly [op: string]: Operator } = {
  lessThan: 'LESS',
  lessThanOrEqual: 'AT_MOST',
  greaterThan: 'GREATER',
  greaterThanOrEqual: 'AT_LEAST',
};
const DATES: { readonly [op: string]: Operator } = { before: 'LESS', after: 'GREATER' };
const VERSIONS: { readonly [op: string]: Operator } = {
  semVerEqual: 'VERSION_EQUALS',
  semVerLessThan: 'VERSION_LESS',
  semVerGreaterThan: 'VERSION_GREATER',
};

/** The property for an attribute: a user's has its own name, another context's has its kind before it (`device.os`), as has a part of one (`/address/city`). */
export function propertyFor(attribute: string, contextKind = 'user'): string {
  const name = attribute.startsWith('/') ? attribute.slice(1).replaceAll('~1', '/').replaceAll('~0', '~').replaceAll('/', '.') : attribute;
  if (contextKind === 'user') return name === 'key' ? USER_ID : name;
  return `${contextKind}.${name}`;
}

/** A clause other than `segmentMatch`. A user who lacks the attribute matches none, a negated one neither. Undefined: it has no counterpart. */
export function conditionOf({ attribute = '', op, values, negate, contextKind }: Clause, path: string, lose: Lose): Condition | undefined {
  if (attribute === 'kind') return void lose(path, "asks for a context's kind, which has no counterpart");
  const name = propertyFor(attribute, contextKind);
  const condition = plain(op, name, values, (message) => lose(path, message));
  return condition === undefined || negate !== true ? condition : otherwise(name, condition);
}

function plain(op: string, name: string, values: readonly unknown[], lose: (message: string) => void): Condition | undefined {
  if (op === 'in') {
    const simple = values.every((value) => ['string', 'number', 'boolean'].includes(typeof value));
    return simple ? oneOf(name, values as Json[]) : void lose('compares with something else than texts, numbers, true or false');
  }
  if (Object.hasOwn(TEXTS, op)) {
    const texts = values.every((value) => typeof value === 'string' && value !== '');
    return texts ? anyValue(name, TEXTS[op] ?? 'CONTAINS', values as string[]) : void lose('compares with something else than texts');
  }
  if (Object.hasOwn(NUMBERS, op)) {
    const numbers = values.every((value) => typeof value === 'number');
    return numbers ? anyValue(name, NUMBERS[op] ?? 'LESS', values as number[]) : void lose('compares with something that is no number');
  }
  if (Object.hasOwn(DATES, op)) {
    const dates = values.map(date);
    return dates.includes(undefined)
      ? void lose('compares with something that is no date')
      : anyOf(dates.map((one) => property(name, DATES[op] ?? 'LESS', one)));
  }
  if (Object.hasOwn(VERSIONS, op)) {
    const versions = values.map(dottedVersion);
    return versions.includes(undefined)
      ? void lose('compares with a version that is not of numbers and dots alone')
      : anyOf(versions.map((one) => property(name, VERSIONS[op] ?? 'VERSION_EQUALS', one)));
  }
  return void lose(`the operator "${excerpt(op)}" has no counterpart`);
}

/** LaunchDarkly's dates are texts, or milliseconds since 1970. */
function date(value: unknown): Json | undefined {
  if (typeof value === 'number' && Math.abs(value) <= 8.64e15) return new Date(value).toISOString();
  return instantOf(value) === undefined ? undefined : (value as string);
}
