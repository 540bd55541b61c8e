import fc from 'fast-check';
import type { Json } from '../../src/domain/json';
import type { Rule } from '../../src/domain/rule';
import { cellsAt, countersOf, HOUR_MS } from '../../src/evaluation/counter';
import { Subject } from '../../src/evaluation/subject';
import type { Counter, Properties } from '../../src/evaluation/user-record';
import { EMPTY_RECORD } from '../../src/evaluation/user-record';
import { arbitraryRule } from '../domain/arbitrary-rule';

/* Users made for a rule: their properties and counters are near what it compares with, so that either outcome is likely. */

export const HOUR = Date.parse('2026-03-05T17:00:00Z') / HOUR_MS;

interface Condition {
  readonly name: string;
  readonly value?: Json;
  readonly values?: readonly Json[];
  readonly from?: Json;
  readonly to?: Json;
}

export function conditionsOf(rule: Rule): readonly Condition[] {
  if ('all' in rule) return rule.all.flatMap(conditionsOf);
  if ('any' in rule) return rule.any.flatMap(conditionsOf);
  if ('not' in rule) return conditionsOf(rule.not);
  return 'property' in rule ? [rule.property] : [];
}

const odd = fc.oneof(
  fc.constantFrom<Json[]>(null, '', '10', 10, true, [], ['x', 10], { a: 1 }, 'v1.0.0', '1.2.3+build', '1.0.0-rc.1', '2026-02-30', 'a z'),
  fc.string(),
  fc.integer(),
  fc.constantFrom('__proto__', 'constructor'),
);

function near(operand: Json): fc.Arbitrary<Json> {
  if (typeof operand === 'number') return fc.constantFrom<Json[]>(operand, operand - 1, operand + 1, String(operand));
  if (typeof operand !== 'string') return fc.constantFrom<Json[]>(operand, !operand, String(operand));
  return fc.constantFrom<Json[]>(
    ...[
      operand,
      `${operand}x`,
      `x${operand}`,
      `v${operand}`,
      `${operand}-rc.1`,
      `${operand}+7`,
      `${operand}.0`,
      `${operand}.1`,
      [operand],
      ['x'],
    ],
    ...[operand.toUpperCase(), operand.slice(1), operand.replace(/\d/, '1')],
  );
}

function valueFor({ value, values, from, to }: Condition): fc.Arbitrary<Json> {
  const operands = [value, from, to, ...(values ?? []).slice(0, 5)].filter((operand) => operand !== undefined);
  return fc.oneof(odd, ...operands.map(near));
}

export function propertiesFor(rule: Rule): fc.Arbitrary<Properties> {
  const conditions = conditionsOf(rule).slice(0, 12);
  const entries = conditions.map((condition) => fc.option(valueFor(condition)).map((value) => [condition.name, value] as const));
  return fc.tuple(...entries).map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== null)) as Properties);
}

export function countersFor(rule: Rule): fc.Arbitrary<ReadonlyMap<string, Counter>> {
  const entries = countersOf(rule).map(({ id, window }) => {
    const { after, upTo } = cellsAt(window, HOUR);
    const at = fc.constantFrom(after - 1, after, after + 1, upTo - 1, upTo, upTo + 1, 0);
    const cells = fc.uniqueArray(fc.record({ at, count: fc.integer({ min: 1, max: 3 }) }), { maxLength: 3, selector: (cell) => cell.at });
    const filled: fc.Arbitrary<Counter | undefined> = fc.record({ cells });
    const filling = fc.record({ cells, countingSince: fc.constant(HOUR * HOUR_MS) });
    const counter = fc.oneof({ weight: 20, arbitrary: filled }, filling, fc.constant(undefined));
    return counter.map((one) => [id, one] as const);
  });
  return fc.tuple(...entries).map((pairs) => new Map(pairs.flatMap(([id, counter]) => (counter ? [[id, counter] as const] : []))));
}

export interface Case {
  readonly rule: Rule;
  readonly subject: Subject;
}

export const arbitraryCase: fc.Arbitrary<Case> = arbitraryRule.chain((rule) =>
  fc
    .record({
      userId: fc.option(fc.constantFrom('u1', 'ü'), { nil: undefined, freq: 10 }),
      given: propertiesFor(rule),
      stored: propertiesFor(rule),
      counters: countersFor(rule),
    })
    .map(({ userId, given, stored, counters }) => ({
      rule,
      subject: new Subject({ ...EMPTY_RECORD, properties: stored, counters }, { userId, properties: given }, HOUR),
    })),
);
