import fc from 'fast-check';
import { sameJson } from '../../src/domain/json';
import type { Rule } from '../../src/domain/rule';
import { checkRule, normalizeRule } from '../../src/domain/rule-check';
import { arbitraryRule } from './arbitrary-rule';

const bought = { event: 'Purchase', window: { lastDays: 30 } };
const adult = { name: 'user.age', operator: 'AT_LEAST', value: 18 };

describe('S2: a rule is stored in one form', () => {
  test('it stays valid, is settled after once, and changes nothing it was given', () => {
    fc.assert(
      fc.property(arbitraryRule, (rule) => {
        const before = JSON.stringify(rule);
        const stored = normalizeRule(rule);
        expect(checkRule(stored, 'rule')).toEqual([]);
        expect(normalizeRule(stored)).toEqual(stored);
        expect(JSON.stringify(rule)).toBe(before);
        expect(JSON.parse(JSON.stringify(stored))).toStrictEqual(stored);
      }),
    );
  });

  test.each<[string, object, object]>([
    ['null and undefined', { ...bought, count: null, filters: undefined }, bought],
    ['no filters', { ...bought, filters: [] }, bought],
    ['at least once', { ...bought, count: { atLeast: 1 } }, bought],
    ['zero not included', { ...bought, count: { atMost: 2, includeZero: false } }, { ...bought, count: { atMost: 2 } }],
  ])('%s says no more than its absence', (_what, given, stored) =>
    expect(sameJson(normalizeRule({ did: given } as Rule), normalizeRule({ did: stored } as Rule))).toBe(true),
  );

  test('at least twice, zero included and filters stay', () => {
    const rule = {
      all: [
        { did: { ...bought, count: { atLeast: 2 } } },
        { did: { ...bought, count: { atMost: 1, includeZero: true }, filters: [adult] } },
      ],
    } as Rule;
    expect(normalizeRule(rule)).toEqual(rule);
  });
});
