import fc from 'fast-check';
import type { Json } from '../../src/domain/json';
import type { PropertyCondition, Rule } from '../../src/domain/rule';
import { counterOf } from '../../src/evaluation/counter';
import { RuleTest } from '../../src/evaluation/rule-test';
import { ruleTrail, type RuleTrail } from '../../src/evaluation/rule-trail';
import { Subject } from '../../src/evaluation/subject';
import { EMPTY_RECORD, type Counter, type Properties } from '../../src/evaluation/user-record';
import { arbitraryCase, HOUR } from './arbitrary-user';

/** What both ways of evaluation say; they must agree (V4). */
function outcome(rule: Rule, subject: Subject): RuleTrail {
  const trail = ruleTrail(rule, subject);
  expect(new RuleTest(rule, new Map()).matches(subject)).toBe(trail.matched);
  return trail;
}

const having = (properties: Properties): Subject => new Subject(EMPTY_RECORD, { userId: 'u1', properties }, HOUR);

function passes(condition: Omit<PropertyCondition, 'name'>, value: Json): boolean {
  return outcome({ property: { name: 'p', ...condition } }, having({ p: value })).matched;
}

test('the fast path and the explained path agree on random rules and users (V4)', () => {
  let matched = 0;
  fc.assert(
    fc.property(arbitraryCase, ({ rule, subject }) => {
      if (outcome(rule, subject).matched) matched += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(matched).toBeGreaterThan(250);
  expect(matched).toBeLessThan(1_250);
});

describe('operators (S2)', () => {
  const cases: readonly (readonly [Omit<PropertyCondition, 'name'>, readonly Json[], readonly Json[]])[] = [
    [{ operator: 'EQUALS', value: 'a' }, ['a'], ['A', 'b', ['a'], 1]],
    [{ operator: 'EQUALS', value: 5 }, [5, 5.0], ['5', 6, true]],
    [{ operator: 'EQUALS', value: true }, [true], ['true', 1, false]],
    [{ operator: 'NOT_EQUALS', value: 5 }, [6, '5', [5]], [5]],
    [{ operator: 'IN', values: ['a', 1] }, ['a', 1], ['1', 'b', ['a']]],
    [{ operator: 'IN', values: ['a', 'b', 'c', 'd', 'e', 1] }, ['e', 1], ['1', 'f']],
    [{ operator: 'NOT_IN', values: ['a', 1] }, ['b', '1', ['a']], ['a', 1]],
    [{ operator: 'CONTAINS', value: 'pro' }, ['approve', 'pro', ['x', 'pro']], ['PRO', ['approve'], 7]],
    [{ operator: 'STARTS_WITH', value: 'ab' }, ['abc', 'ab'], ['cab', ['ab']]],
    [{ operator: 'ENDS_WITH', value: 'ab' }, ['cab', 'ab'], ['abc', 1]],
    [{ operator: 'MATCHES', value: '^a\\d+$' }, ['a12'], ['a', 'xa1', 12]],
    [{ operator: 'MATCHES', value: 'b' }, ['abc', 'b'.repeat(2_000)], ['B', 'b'.repeat(2_001)]],
    [{ operator: 'LESS', value: 5 }, [4, -1.5], [5, '4', true]],
    [{ operator: 'AT_MOST', value: 5 }, [5], [5.1]],
    [{ operator: 'GREATER', value: 5 }, [6], [5, '6']],
    [{ operator: 'AT_LEAST', value: 5 }, [5], [4]],
    [{ operator: 'BETWEEN', from: 1, to: 3 }, [1, 2, 3], [0.9, 3.1, '2']],
    [
      { operator: 'LESS', value: '2026-03-01' },
      ['2026-02-28', '2026-02-28T23:59:59Z', '2026-03-01T00:30:00+01:00'],
      ['2026-03-01', 'x', 5],
    ],
    [{ operator: 'AT_LEAST', value: '2026-03-01' }, ['2026-03-01', '2026-03-01T00:00:00Z'], ['2026-02-30', '2026-02-28', '2026-3-1']],
    [{ operator: 'BETWEEN', from: '2026-01-01', to: '2026-01-31' }, ['2026-01-01', '2026-01-31'], ['2026-01-31T00:00:01Z', '2025-12-31']],
    [{ operator: 'VERSION_LESS', value: '1.10' }, ['1.9', '1.9.99', 'v1.2', '1.10.0-rc.1'], ['1.10', '1.10.0', '1.10+7', 'x', 1.9]],
    [{ operator: 'VERSION_AT_MOST', value: '1.10' }, ['1.10', '1.10.0', '1.10+build'], ['1.10.1', '1.11']],
    [
      { operator: 'VERSION_EQUALS', value: '1.0.0' },
      ['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0+7'],
      ['1.0.0-rc.1', '1.0.1', '1.0.', '1.0.0-'],
    ],
    [{ operator: 'VERSION_AT_LEAST', value: '2' }, ['2.0', '10'], ['1.99', '2.0-beta', '', 'v', ' 2']],
    [{ operator: 'VERSION_GREATER', value: '1.18446744073709551615' }, ['1.18446744073709551616'], ['1.18446744073709551615', '1.2']],
    [{ operator: 'EXISTS' }, ['', 0, false, []], [null]],
    [{ operator: 'NOT_EXISTS' }, [null], ['', 0]],
  ];
  test.each(cases)('%j', (condition, matching, others) => {
    expect(matching.filter((value) => !passes(condition, value))).toEqual([]);
    expect(others.filter((value) => passes(condition, value))).toEqual([]);
  });

  test('a missing property passes NOT_EXISTS only, whatever its name is', () => {
    for (const name of ['p', 'constructor', 'toString', 'valueOf']) {
      for (const [condition] of cases) {
        const { matched } = outcome({ property: { name, ...condition } }, having({}));
        expect([name, condition, matched]).toEqual([name, condition, condition.operator === 'NOT_EXISTS']);
      }
    }
    expect(outcome({ property: { name: 'constructor', operator: 'EQUALS', value: 'x' } }, having({ constructor: 'x' })).matched).toBe(true);
  });
});

describe('what was there instead, in words', () => {
  const instead = (condition: Omit<PropertyCondition, 'name'>, value: Json) =>
    outcome({ property: { name: 'slicesLeft', ...condition } }, having({ slicesLeft: value })).instead;

  test.each<readonly [Omit<PropertyCondition, 'name'>, Json, string]>([
    [{ operator: 'AT_LEAST', value: 3 }, '5', 'slicesLeft is a text, not a number'],
    [{ operator: 'EQUALS', value: 3 }, '3', 'slicesLeft is a text, not a number'],
    [{ operator: 'EQUALS', value: 3 }, 2, 'slicesLeft is 2'],
    [{ operator: 'IN', values: ['a', 'b'] }, 'c', 'slicesLeft is "c"'],
    [{ operator: 'CONTAINS', value: 'a' }, ['b', 'c'], 'slicesLeft is a list of 2: "b", "c"'],
    [{ operator: 'CONTAINS', value: 'a' }, 5, 'slicesLeft is a number, not a text or a list'],
    [{ operator: 'STARTS_WITH', value: 'a' }, ['a'], 'slicesLeft is a list, not a text'],
    [{ operator: 'LESS', value: '2026-01-01' }, 'soon', 'slicesLeft is "soon", not a date such as "2026-02-28" or "2026-02-28T17:30:00Z"'],
    [{ operator: 'VERSION_LESS', value: '2' }, 1.5, 'slicesLeft is a number, not a version as a text'],
    [{ operator: 'VERSION_LESS', value: '2' }, 'beta', 'slicesLeft is "beta", not a version such as "1.2.10"'],
    [
      { operator: 'MATCHES', value: 'x' },
      'x'.repeat(2_001),
      'slicesLeft is a text of 2,001 characters, and a pattern is compared with at most 2,000',
    ],
    [{ operator: 'EXISTS' }, null, 'slicesLeft is missing'],
    [{ operator: 'NOT_EXISTS' }, { a: 1 }, 'slicesLeft is an object'],
  ])('%j of %j', (condition, value, words) => expect(instead(condition, value)).toBe(words));

  test('each condition is reported, also where others have decided already', () => {
    const rule: Rule = {
      all: [
        { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } },
        {
          any: [
            { property: { name: 'device.os', operator: 'IN', values: ['iOS'] } },
            { not: { property: { name: 'vip', operator: 'EXISTS' } } },
          ],
        },
      ],
    };
    expect(outcome(rule, having({ 'geo.city': 'Miami', 'device.os': 'iOS', vip: true }))).toEqual({
      matched: false,
      text: 'all of',
      parts: [
        { matched: false, text: 'city is New York', instead: 'geo.city is "Miami"' },
        {
          matched: true,
          text: 'any of',
          parts: [
            { matched: true, text: 'operating system is one of iOS' },
            { matched: false, text: 'not', parts: [{ matched: true, text: 'vip exists' }] },
          ],
        },
      ],
    });
  });
});

test('properties of the request come before stored ones', () => {
  const rule: Rule = { property: { name: 'plan', operator: 'EQUALS', value: 'pro' } };
  const record = { ...EMPTY_RECORD, properties: { plan: 'pro' } };
  const asked = (properties: Properties) => outcome(rule, new Subject(record, { userId: 'u1', properties }, HOUR)).matched;
  expect([asked({}), asked({ plan: 'free' }), asked({ plan: null })]).toEqual([true, false, true]);
});

describe('behaviour', () => {
  const week = { event: 'Purchase', window: { lastDays: 7 } } as const;
  const doing = (counter: Counter | undefined, condition: Parameters<typeof counterOf>[0] = week, userId: string | undefined = 'u1') => {
    const counters = new Map(counter === undefined ? [] : [[counterOf(condition).id, counter]]);
    return new Subject({ ...EMPTY_RECORD, counters }, { userId, properties: {} }, HOUR);
  };
  const times = (count: number, at = HOUR) => doing({ cells: [{ at, count }] });

  test('counts, with and without zero', () => {
    const matching = (count: object | undefined) =>
      [0, 1, 2, 3].filter((done) => outcome({ did: { ...week, ...(count && { count }) } } as Rule, times(done)).matched);
    expect(matching(undefined)).toEqual([1, 2, 3]);
    expect(matching({ atLeast: 2 })).toEqual([2, 3]);
    expect(matching({ exactly: 2 })).toEqual([2]);
    expect(matching({ atMost: 2 })).toEqual([1, 2]);
    expect(matching({ atMost: 2, includeZero: true })).toEqual([0, 1, 2]);
    expect([0, 1].filter((done) => outcome({ didNot: week }, times(done)).matched)).toEqual([0]);
    expect(outcome({ did: { ...week, count: { atLeast: 9 } } }, times(4)).instead).toBe('did it 4 times');
  });

  test('the window is (h - 24n, h] in hours, and above 35 days (d - n, d] in UTC days (U3)', () => {
    const counted = (at: number) => outcome({ did: week }, times(1, at)).matched;
    expect([HOUR - 7 * 24, HOUR - 7 * 24 + 1, HOUR, HOUR + 1].map(counted)).toEqual([false, true, true, false]);
    const long = { event: 'Purchase', window: { lastDays: 90 } } as const;
    const day = Math.floor(HOUR / 24);
    const countedDay = (at: number) => outcome({ did: long }, doing({ cells: [{ at, count: 1 }] }, long)).matched;
    expect([day - 90, day - 89, day, day + 1].map(countedDay)).toEqual([false, true, true, false]);
  });

  test('a rule with a counter that is not filled matches no user, under `not` too, and says since when it counts (V6)', () => {
    const filling = doing({ cells: [{ at: HOUR, count: 5 }], countingSince: Date.parse('2026-03-05T16:59:00Z') });
    const did: Rule = { did: week };
    for (const rule of [
      did,
      { didNot: week },
      { not: did },
      { any: [{ not: did }, { property: { name: 'x', operator: 'NOT_EXISTS' } }] },
    ]) {
      const trail = outcome(rule as Rule, filling);
      expect(trail).toMatchObject({ matched: false, instead: 'Purchase: counting since 2026-03-05T16:59:00.000Z' });
      expect(outcome(rule as Rule, doing(undefined))).toMatchObject({ matched: false, instead: 'Purchase: not counted yet' });
    }
  });

  test('without a user id no rule on behaviour matches (V3)', () => {
    const nameless = new Subject(EMPTY_RECORD, { userId: undefined, properties: {} }, HOUR);
    for (const rule of [{ did: week }, { didNot: week }, { not: { did: week } }] as Rule[]) {
      expect(outcome(rule, nameless)).toMatchObject({ matched: false, instead: 'no user id was given, so no behaviour is known' });
    }
  });
});

test('a rule is tested once for a subject, and anew for the next one', () => {
  const rule = new RuleTest({ property: { name: 'p', operator: 'EXISTS' } }, new Map());
  const [one, other] = [having({ p: 1 }), having({})];
  expect([rule.matches(one), rule.matches(one), rule.matches(other), rule.matches(one)]).toEqual([true, true, false, true]);
});
