import { canonical, type Json } from '../../domain/json';
import type { Rule } from '../../domain/rule';
import type { Condition } from './condition';

/** What is certain of the users of a condition: that another condition takes all of them, or none. Undefined: some, or it cannot be seen. */
export function takesAll(users: Condition, other: Condition): boolean | undefined {
  if (typeof other === 'boolean') return other;
  const known = conjuncts(users);
  const asked = conjuncts(other).map((rule) => canonical(rule));
  const said = new Set(known.map((rule) => canonical(rule)));
  if (asked.every((rule) => said.has(rule))) return true;
  const negated = 'not' in other && said.has(canonical(other.not));
  const excluded = said.has(canonical({ not: other }));
  return negated || excluded || excludeEachOther(known, conjuncts(other)) ? false : undefined;
}

function conjuncts(condition: Condition): readonly Rule[] {
  if (typeof condition === 'boolean') return [];
  return 'all' in condition ? condition.all : [condition];
}

/** Whether both say which values one property has, and no value is among both. */
function excludeEachOther(some: readonly Rule[], others: readonly Rule[]): boolean {
  return some.some((one) => {
    const [name, values] = valuesOf(one) ?? [];
    return others.some((other) => {
      const [otherName, otherValues] = valuesOf(other) ?? [];
      return name !== undefined && name === otherName && !otherValues?.some((value) => values?.includes(value));
    });
  });
}

function valuesOf(rule: Rule): readonly [name: string, values: readonly Json[]] | undefined {
  if (!('property' in rule)) return undefined;
  const { name, operator, value, values } = rule.property;
  if (operator === 'EQUALS' && value !== undefined) return [name, [value]];
  return operator === 'IN' && values !== undefined ? [name, values] : undefined;
}
