import type { Json } from '../../domain/json';
import type { Operator, Rule } from '../../domain/rule';

/** Which users, while it is put together: everyone, no one, or those of a rule. */
export type Condition = Rule | boolean;

/** Tells that something has no counterpart. What depends on it is left out as a whole: half a condition takes other users. */
export type Lose = (path: string, message: string) => void;

export function allOf(conditions: readonly Condition[]): Condition {
  return combined('all', conditions, true);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return combined('any', conditions, false);
}

export function notOf(condition: Condition): Condition {
  if (typeof condition === 'boolean') return !condition;
  return 'not' in condition ? condition.not : { not: condition };
}

/** `neutral` changes nothing, its opposite decides; what is nested in the same way needs no level of its own. */
function combined(name: 'all' | 'any', conditions: readonly Condition[], neutral: boolean): Condition {
  if (conditions.includes(!neutral)) return !neutral;
  const rules = conditions
    .filter((one): one is Rule => typeof one !== 'boolean')
    .flatMap((rule): readonly Rule[] => (name in rule ? ((rule as { readonly [name: string]: readonly Rule[] })[name] ?? []) : [rule]));
  const [only] = rules;
  if (only === undefined) return neutral;
  if (rules.length === 1) return only;
  return name === 'all' ? { all: rules } : { any: rules };
}

export function property(name: string, operator: Operator, value?: Json): Rule {
  return { property: { name, operator, ...(value === undefined ? {} : { value }) } };
}

/** One of the values: EQUALS where there is one, IN where there are more, no one where there are none. */
export function oneOf(name: string, values: readonly Json[]): Condition {
  const [only] = values;
  if (only === undefined) return false;
  return values.length === 1 ? property(name, 'EQUALS', only) : { property: { name, operator: 'IN', values: [...new Set(values)] } };
}

/** Some comparison with any of the values. */
export function anyValue(name: string, operator: Operator, values: readonly Json[]): Condition {
  return anyOf(values.map((value) => property(name, operator, value)));
}

/** The users who have the property and whom the condition does not take: what most products mean by "not" on one property. */
export function otherwise(name: string, condition: Condition): Condition {
  return allOf([property(name, 'EXISTS'), notOf(condition)]);
}

/** A release such as 1.2.3 as our operators take it: dotted numbers, or undefined for one with a suffix, such as 1.2.3-beta. */
export function dottedVersion(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)*$/.test(value) ? value : undefined;
}

/** The property that is the user's id, as OpenFeature calls it. */
export const USER_ID = 'targetingKey';
