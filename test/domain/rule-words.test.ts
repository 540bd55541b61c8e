import fc from 'fast-check';
import { OPERATORS, type Operator, type PropertyCondition, type Rule } from '../../src/domain/rule';
import { checkFilters, normalizeRule } from '../../src/domain/rule-check';
import { KNOWN_PROPERTIES } from '../../src/domain/known-properties';
import { conditionText, ruleText } from '../../src/domain/rule-words';
import { arbitraryCondition, arbitraryRule } from './arbitrary-rule';

const equals = (name: string, value: string | number | boolean): Rule => ({ property: { name, operator: 'EQUALS', value } });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => equals(name, 1)) as [Rule, Rule, Rule, Rule];
const purchase = { event: 'Purchase', window: { lastDays: 30 } };
const dear: PropertyCondition = { name: 'price', operator: 'GREATER', value: 10 };
const euro: PropertyCondition = { name: 'currency', operator: 'EQUALS', value: 'EUR' };

test('S2: a rule reads as a sentence', () => {
  const rule: Rule = {
    all: [equals('geo.country', 'US'), equals('geo.city', 'New York'), { did: { ...purchase, count: { atLeast: 3 } } }],
  };
  expect(ruleText(rule)).toBe('country is US and city is New York and did *Purchase* at least 3 times in the last 30 days');
});

const phrases: { readonly [operator in Operator]: readonly [operands: object, text: string] } = {
  EQUALS: [{ value: 'pro' }, 'plan is pro'],
  NOT_EQUALS: [{ value: false }, 'plan is not false'],
  IN: [{ values: ['US', 'DE', 3] }, 'plan is one of US, DE, 3'],
  NOT_IN: [{ values: ['US'] }, 'plan is none of US'],
  CONTAINS: [{ value: 'pro' }, 'plan contains "pro"'],
  STARTS_WITH: [{ value: 'a b' }, 'plan starts with "a b"'],
  ENDS_WITH: [{ value: '"' }, 'plan ends with "\\""'],
  MATCHES: [{ value: '^\\d+$' }, 'plan matches /^\\d+$/'],
  LESS: [{ value: 3 }, 'plan < 3'],
  AT_MOST: [{ value: -1.5 }, 'plan <= -1.5'],
  GREATER: [{ value: '2026-01-01' }, 'plan > 2026-01-01'],
  AT_LEAST: [{ value: '2026-01-01T10:00:00+02:00' }, 'plan >= 2026-01-01T10:00:00+02:00'],
  BETWEEN: [{ from: 1, to: 5 }, 'plan is between 1 and 5'],
  EXISTS: [{}, 'plan exists'],
  NOT_EXISTS: [{}, 'plan does not exist'],
  VERSION_LESS: [{ value: '1.2.10' }, 'plan is earlier than 1.2.10'],
  VERSION_AT_MOST: [{ value: '1.2.10' }, 'plan is 1.2.10 or earlier'],
  VERSION_EQUALS: [{ value: '1.2.10' }, 'plan is version 1.2.10'],
  VERSION_AT_LEAST: [{ value: '1.2.10' }, 'plan is 1.2.10 or later'],
  VERSION_GREATER: [{ value: '1.2.10' }, 'plan is later than 1.2.10'],
};

test.each(OPERATORS)('S2: %s has its own words', (operator) => {
  const [operands, text] = phrases[operator];
  const condition = { name: 'plan', operator, ...operands } as PropertyCondition;
  expect(checkFilters([condition], 'filters', 1)).toEqual([]);
  expect(conditionText(condition)).toBe(text);
});

test.each<[string, Rule, string]>([
  ['any in all', { all: [{ any: [a, b] }, { not: c }] }, '(a is 1 or b is 1) and not (c is 1)'],
  ['all in any', { any: [{ all: [a, b] }, c] }, '(a is 1 and b is 1) or c is 1'],
  ['all in all', { all: [{ all: [a, b] }, c] }, 'a is 1 and b is 1 and c is 1'],
  ['a list of one', { all: [{ any: [a] }, b] }, 'a is 1 and b is 1'],
  ['a list of one that holds a list', { all: [{ all: [{ any: [a, b] }] }, c] }, '(a is 1 or b is 1) and c is 1'],
  ['alone at the top', { any: [{ all: [a, b] }] }, 'a is 1 and b is 1'],
  ['not of a list', { not: { any: [a, { all: [b, c] }] } }, 'not (a is 1 or (b is 1 and c is 1))'],
  ['not not', { not: { not: d } }, 'not (not (d is 1))'],
])('S2: parentheses are where they are needed: %s', (_what, rule, text) => expect(ruleText(rule)).toBe(text));

test.each<[Rule, string]>([
  [{ did: purchase }, 'did *Purchase* in the last 30 days'],
  [{ did: { ...purchase, count: { atLeast: 1 } } }, 'did *Purchase* in the last 30 days'],
  [{ did: { ...purchase, window: { ever: true }, count: { exactly: 1 } } }, 'did *Purchase* exactly once ever'],
  [{ did: { ...purchase, window: { lastDays: 1 }, count: { atMost: 3 } } }, 'did *Purchase* at most 3 times in the last day'],
  [{ did: { ...purchase, count: { atMost: 3, includeZero: true } } }, 'did *Purchase* at most 3 times (or never) in the last 30 days'],
  [
    { did: { ...purchase, window: { between: { from: '2026-01-01', to: '2026-02-01' } } } },
    'did *Purchase* between 2026-01-01 and 2026-02-01',
  ],
  [{ didNot: { ...purchase, window: { ever: true } } }, 'did not do *Purchase* ever'],
  [{ didNot: purchase }, 'did not do *Purchase* in the last 30 days'],
  [{ did: { ...purchase, filters: [dear] } }, 'did *Purchase* with price > 10 in the last 30 days'],
  [{ didNot: { ...purchase, filters: [dear, euro] } }, 'did not do *Purchase* (with price > 10 and currency is EUR) in the last 30 days'],
])('S2: behaviour reads as a sentence: %j', (rule, text) => expect(ruleText(rule)).toBe(text));

test.each<[string, PropertyCondition, string]>([
  ['a number as a text', { name: 'plan', operator: 'EQUALS', value: '10' }, 'plan is "10"'],
  ['true as a text', { name: 'plan', operator: 'EQUALS', value: 'true' }, 'plan is "true"'],
  ['words of the sentence', { name: 'land', operator: 'EQUALS', value: 'Trinidad and Tobago' }, 'land is "Trinidad and Tobago"'],
  ['an empty text', { name: 'plan', operator: 'EQUALS', value: '' }, 'plan is ""'],
  ['lines and reversals', { name: 'plan', operator: 'EQUALS', value: 'a\n\u202eb' }, 'plan is "a\\n\\u{202e}b"'],
  ['a name with words of the sentence', { name: 'this or that', operator: 'EXISTS' }, '"this or that" exists'],
  ['a long list', { name: 'geo.country', operator: 'IN', values: [...'ABCDEFGHIJKLMNO'] }, 'country is one of A, B, C and 12 more'],
  ['a long text', { name: 'plan', operator: 'EQUALS', value: 'é'.repeat(500) }, `plan is "${'é'.repeat(79)}…"`],
  [
    'a long text of long characters',
    { name: 'plan', operator: 'CONTAINS', value: '👍'.repeat(500) },
    `plan contains "${'👍'.repeat(79)}…"`,
  ],
])('S2: nothing can be mistaken for something else: %s', (_what, condition, text) => expect(conditionText(condition)).toBe(text));

test('S2: the well-known properties have words of their own', () => {
  expect(new Set([...KNOWN_PROPERTIES.values()].map(({ words }) => words)).size).toBe(KNOWN_PROPERTIES.size);
  expect(conditionText({ name: 'app.version', operator: 'VERSION_AT_LEAST', value: '2.0' })).toBe('app version is 2.0 or later');
});

test('S2: every rule has words, on one line, the same once stored', () => {
  fc.assert(
    fc.property(arbitraryRule, (rule) => {
      const text = ruleText(rule);
      expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]+$/u);
      expect(text).not.toMatch(/undefined|\[object/);
      expect(ruleText(normalizeRule(rule))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test('S2: two operators never read alike', () => {
  fc.assert(
    fc.property(arbitraryCondition, arbitraryCondition, (one, other) => {
      fc.pre(one.operator !== other.operator);
      expect(conditionText(one)).not.toBe(conditionText({ ...other, name: one.name }));
    }),
    { numRuns: 1_000 },
  );
});

test('of the values of a list all texts are quoted, or none', () => {
  const text = (values: readonly (string | number)[]) => ruleText({ property: { name: 'x', operator: 'IN', values } });
  expect(text(['Miami', 'New York', 5])).toBe('x is one of Miami, New York, 5');
  expect(text(['Miami', 'not here', 5])).toBe('x is one of "Miami", "not here", 5');
  expect(text(['5', 'Miami'])).toBe('x is one of "5", "Miami"');
  expect(text(['a', 'b', 'c', 'd', 'e', 'not shown'])).toBe('x is one of a, b, c and 3 more');
});
