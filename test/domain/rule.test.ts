import fc from 'fast-check';
import type { Rule } from '../../src/domain/rule';
import { checkFilters, checkRule, normalizeFilters } from '../../src/domain/rule-check';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';
import { arbitraryCondition, arbitraryRule } from './arbitrary-rule';

const adult = { property: { name: 'user.age', operator: 'AT_LEAST', value: 18 } };
const bought = { did: { event: 'Purchase', window: { lastDays: 30 } } };
const property = (operator: string, operands: object = {}): unknown => ({ property: { name: 'x', operator, ...operands } });
const did = (more: object): unknown => ({ did: { ...bought.did, ...more } });
const inside = (levels: number, leaf: unknown, name: 'not' | 'all' = 'not'): unknown => {
  let rule = leaf;
  for (let level = 0; level < levels; level++) rule = name === 'not' ? { not: rule } : { all: [rule] };
  return rule;
};
const found = (rule: unknown): string[] => checkRule(rule, 'rule').map(({ path, message }) => `${path} ${message}`);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('S2: a rule is a tree of all, any, not over properties and behaviour', () => {
  test('every valid rule is let in', () => {
    fc.assert(
      fc.property(arbitraryRule, (rule) => expect(found(rule)).toEqual([])),
      { numRuns: 300 },
    );
  });

  test.each<[string, unknown]>([
    ['8 levels', inside(7, adult)],
    ['8 levels of lists', inside(7, did({ filters: [{ name: 'x', operator: 'IN', values: [1] }] }), 'all')],
    ['200 conditions', { all: times(200, adult) }],
    ['10 filters', did({ filters: times(10, adult.property) })],
    ['1,000 values', property('IN', { values: times(1_000, 1) })],
    ['a count of 1,000,000', did({ count: { exactly: 1_000_000 } })],
    ['3,650 days', did({ window: { lastDays: 3_650 } })],
    ['a version of 100 characters', property('VERSION_LESS', { value: `1${'.2.3.4'.repeat(16)}.55` })],
    ['a pattern of 500 characters', property('MATCHES', { value: 'x'.repeat(500) })],
    ['absent members that are null or undefined', { all: null, not: undefined, did: { ...bought.did, count: null, filters: undefined } }],
    ['a range of one', property('BETWEEN', { from: 1, to: 1 })],
    ['a leap day', property('LESS', { value: '2024-02-29' })],
    ['a property under a reserved prefix that no one listed', { property: { name: 'geo.planet', operator: 'EXISTS' } }],
  ])('%s: let in', (_what, rule) => expect(found(rule)).toEqual([]));

  test.each<[string, unknown, string]>([
    ['9 levels', inside(8, adult), 'rule.not.not.not.not.not.not.not.not must nest all, any and not at most 8 levels deep'],
    ['201 conditions', { all: times(201, adult) }, 'rule must have at most 200 conditions'],
    ['an empty all', { all: [] }, 'rule.all must have at least one condition'],
    ['an empty any inside', { not: { any: [] } }, 'rule.not.any must have at least one condition'],
    ['a node with nothing', {}, 'rule must have exactly one of all, any, not, property, did, didNot'],
    ['a node with two', { all: [{ ...adult, ...bought }] }, 'rule.all.0 must have exactly one of'],
    ['an unknown node', { xor: [adult] }, 'rule.xor is not known here'],
    ['a text', 'all', 'rule must be an object with all, any, not, property, did, didNot, not a text'],
    ['a list', [adult], 'rule must be an object'],
    ['nothing', undefined, 'rule must be JSON, not nothing'],
    ['null', null, 'rule must be an object'],
    ['all of no list', { all: adult }, 'rule.all must be a list of conditions, not an object'],
    ['a hole', { all: [undefined] }, 'rule.all.0 must be an object'],
    ['members that are inherited', Object.create({ all: [adult] }), 'rule must have exactly one of'],
    ['__proto__ as a member', JSON.parse('{"not":{"__proto__":{"all":[]}}}'), 'rule.not must not have a member "__proto__"'],
    ['__proto__ as a property', { property: { name: '__proto__', operator: 'EXISTS' } }, 'rule.property.name must not be "__proto__"'],
    ['half a character', property('EQUALS', { value: 'a\ud800' }), 'rule.property.value must not have half a character'],
    ['a rule above 64 KiB', property('EQUALS', { value: 'x'.repeat(65_536) }), 'rule must take at most 64 KiB as JSON'],
  ])('%s: refused', (_what, rule, problem) => expect(found(rule)).toEqual([expect.stringContaining(problem)]));

  test.each<[string, unknown, string]>([
    ['no name', { property: { operator: 'EXISTS' } }, 'name must be the name of a property, 1 to 120 characters, not nothing'],
    ['no operator', { property: { name: 'x' } }, 'operator must be one of EQUALS, NOT_EQUALS'],
    ['an operator by inheritance', property('constructor'), 'operator must be one of'],
    ['an operator in small letters', property('equals', { value: 1 }), 'operator must be one of'],
    ['no operand', property('EQUALS'), 'value must be given: EQUALS takes `value`'],
    ['null as operand', property('EQUALS', { value: null }), 'there is NOT_EXISTS'],
    ['an operand of another operator', property('EQUALS', { value: 1, values: [1] }), 'values must be left out: EQUALS takes `value`'],
    ['an operand of an operator without', property('EXISTS', { value: true }), 'value must be left out: EXISTS takes nothing'],
    ['a misspelt member', property('EQUALS', { value: 1, valeu: 2 }), 'valeu is not known here'],
    ['an object to equal', property('EQUALS', { value: {} }), 'value must be a text, a number, true or false, not an object'],
    ['NaN', property('LESS', { value: NaN }), 'value must be a finite number'],
    ['Infinity', property('BETWEEN', { from: 0, to: Infinity }), 'to must be a finite number'],
    ['an empty list', property('IN', { values: [] }), 'values must be a list of 1 to 1,000'],
    ['1,001 values', property('NOT_IN', { values: times(1_001, 1) }), 'this one has 1,001'],
    ['one value for a list', property('IN', { values: 'US' }), 'values must be a list'],
    ['a list in a list', property('IN', { values: [1, [2]] }), 'values.1 must be a text, a number, true or false, not a list'],
    ['null in a list', property('IN', { values: [null] }), 'values.0 must be a text'],
    ['an empty text to contain', property('CONTAINS', { value: '' }), 'value must be a text with at least one character'],
    ['a number to start with', property('STARTS_WITH', { value: 1 }), 'value must be a text'],
    ['a text to be less than', property('LESS', { value: 'x' }), 'value must be a number or a date that exists'],
    ['30 February', property('AT_LEAST', { value: '2026-02-30' }), 'not "2026-02-30"'],
    ['a time without an offset', property('AT_LEAST', { value: '2026-02-28T10:00:00' }), 'a date that exists'],
    ['half a range', property('BETWEEN', { from: 1 }), 'to must be given: BETWEEN takes `from` and `to`'],
    ['a range backwards', property('BETWEEN', { from: 2, to: 1 }), 'to must not be before `from`'],
    ['dates backwards', property('BETWEEN', { from: '2026-02-01', to: '2026-01-31T23:00:00Z' }), 'to must not be before `from`'],
    ['a range of both', property('BETWEEN', { from: 1, to: '2026-01-01' }), 'from a number to a number, or from a date to a date'],
    ['a version with letters', property('VERSION_LESS', { value: '1.2-beta' }), 'value must be a version'],
    ['a version as a number', property('VERSION_EQUALS', { value: 1.2 }), 'value must be a version as a text'],
    ['a version of 101 characters', property('VERSION_LESS', { value: '1'.repeat(101) }), 'at most 100 characters'],
    ['an empty pattern', property('MATCHES', { value: '' }), 'value must be a regular expression'],
    ['a pattern of 501 characters', property('MATCHES', { value: 'x'.repeat(501) }), '1 to 500 characters; this one is longer'],
    ['a pattern that looks ahead', property('MATCHES', { value: '(?=a)' }), 'RE2 syntax'],
    ['a pattern with a back-reference', property('MATCHES', { value: '(a)\\1' }), 'invalid escape sequence: `\\1`'],
    ['a pattern that is not closed', property('MATCHES', { value: '(a' }), 'missing closing )'],
    ['a pattern built to blow up', property('MATCHES', { value: '((a{1,100}){1,100}){1,100}' }), 'repetitions inside one another'],
    ['a pattern of too many steps', property('MATCHES', { value: '((a{1,10}){1,10}){1,10}' }), 'simpler regular expression'],
  ])('a property with %s: refused', (_what, rule, problem) => {
    expect(found(rule)).toEqual([expect.stringContaining(problem)]);
    expect(found(rule)[0]).toMatch(/^rule\.property/);
  });

  test.each<[string, unknown, string]>([
    ['no event', { did: { window: { ever: true } } }, 'event must be the name of an event'],
    ['spaces around the event', did({ event: ' Purchase' }), 'event must be the name of an event, 1 to 200 characters, with no space'],
    ['no window', { did: { event: 'Purchase' } }, 'window must be given: lastDays, between, or { ever: true }'],
    ['an empty window', did({ window: {} }), 'window must have exactly one of lastDays, between, ever'],
    ['two windows', did({ window: { lastDays: 1, ever: true } }), 'window must have exactly one of'],
    ['ever: false', did({ window: { ever: false } }), 'window.ever must be true'],
    ['no days', did({ window: { lastDays: 0 } }), 'window.lastDays must be a whole number from 1 to 3,650'],
    ['3,651 days', did({ window: { lastDays: 3_651 } }), 'window.lastDays must be a whole number from 1 to 3,650'],
    ['half a day', did({ window: { lastDays: 0.5 } }), 'window.lastDays must be a whole number'],
    ['days as text', did({ window: { lastDays: '30' } }), 'window.lastDays must be a whole number'],
    ['31 April', did({ window: { between: { from: '2026-04-31', to: '2026-05-02' } } }), 'window.between.from must be a date that exists'],
    [
      'an empty period',
      did({ window: { between: { from: '2026-01-01', to: '2026-01-01T00:00:00Z' } } }),
      'between.to must be after `from`',
    ],
    ['no count in the count', did({ count: {} }), 'count must have exactly one of atLeast, atMost, exactly'],
    ['two counts', did({ count: { atLeast: 1, atMost: 2 } }), 'count must have exactly one of'],
    ['at least 0', did({ count: { atLeast: 0 } }), 'count.atLeast must be a whole number from 1 to 1,000,000'],
    ['at most 0', did({ count: { atMost: 0 } }), 'count.atMost must not be 0: for users who never did it there is didNot'],
    ['exactly 0', did({ count: { exactly: 0 } }), 'count.exactly must not be 0'],
    ['1,000,001 times', did({ count: { atLeast: 1_000_001 } }), 'count.atLeast must be a whole number'],
    ['1.5 times', did({ count: { exactly: 1.5 } }), 'count.exactly must be a whole number'],
    ['zero included in at least', did({ count: { atLeast: 2, includeZero: true } }), 'count.includeZero must be left out'],
    ['zero included perhaps', did({ count: { atMost: 2, includeZero: 'yes' } }), 'count.includeZero must be true or false'],
    ['11 filters', did({ filters: times(11, adult.property) }), 'filters must have at most 10 conditions; this one has 11'],
    ['a filter that is a rule', did({ filters: [adult] }), 'filters.0.property is not known here'],
    ['filters that are no list', did({ filters: {} }), 'filters must be a list'],
  ])('a behaviour with %s: refused', (_what, rule, problem) => expect(found(rule)).toContainEqual(expect.stringContaining(problem)));

  test('didNot takes no count', () => {
    expect(found({ didNot: { ...bought.did, count: { atLeast: 2 } } })).toEqual([
      expect.stringContaining('rule.didNot.count is not known here'),
    ]);
  });

  test('every problem has its place, and no more than 20 are reported', () => {
    const wrong = { all: [{ not: { property: { name: 'x', operator: 'EQUALS', value: [] } } }, did({ window: { ever: 1 } })] };
    expect(checkRule(wrong, 'rule').map(({ path }) => path)).toEqual(['rule.all.0.not.property.value', 'rule.all.1.did.window.ever']);
    expect(found({ all: times(100, {}) })).toHaveLength(20);
  });

  test('all patterns of a rule together are bounded, and so is the time to compile them', () => {
    const before = mainThreadCpuMs();
    const costly = property('MATCHES', { value: `(?i)${'\\pL'.repeat(165)}` });
    expect(found({ all: times(5, costly) })).toEqual([]);
    const most = 'all regular expressions of a rule must have at most 2,500 characters together';
    expect(found({ all: times(50, costly) })).toEqual([`rule.all.5.property.value ${most}`]);
    expect(mainThreadCpuMs() - before).toBeLessThan(3_000);
  });

  test.each<[string, unknown]>([
    ['100,000 levels of not', inside(100_000, adult)],
    ['100,000 levels of all', inside(100_000, adult, 'all')],
    ['an operand of 100,000 levels', property('EQUALS', { value: inside(100_000, 1, 'all') })],
  ])('%s: refused without a stack overflow', (_what, rule) =>
    expect(found(rule)).toEqual([expect.stringContaining('at most 8 levels deep')]),
  );
});

describe('S2: what is not a rule never passes and never throws', () => {
  const damages: { readonly [what: string]: (rule: Rule) => unknown } = {
    'another member beside': (rule) => ({ ...rule, extra: 1 }),
    'a second kind of node beside': (rule) => ({ ...rule, ...('not' in rule ? bought : { not: adult }) }),
    'in a list': (rule) => [rule],
    'as text': (rule) => JSON.stringify(rule),
    'eight levels further down': (rule) => inside(8, rule),
    'with an empty any': (rule) => ({ all: [rule, { any: [] }] }),
    'with an unknown operator': (rule) => ({ any: [rule, property('SOUNDS_LIKE', { value: 1 })] }),
    'without one of its members': (rule) => damaged(rule),
  };

  test.each(Object.keys(damages))('any rule %s is refused', (what) => {
    fc.assert(fc.property(arbitraryRule, (rule) => expect(found(damages[what]?.(rule))).not.toEqual([])));
  });

  test('no input whatever makes it throw', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true });
    const members = 'all any not property did didNot event window filters count operator name value'.split(' ');
    const leaf = fc.constantFrom(0, 'EQUALS', 'MATCHES', '(', null, undefined, '2026-13-01');
    const near = fc.letrec((tie) => ({
      node: fc.dictionary(
        fc.constantFrom(...members),
        fc.oneof({ maxDepth: 6 }, leaf, tie('node'), fc.array(tie('node'), { maxLength: 2 })),
        { maxKeys: 2 },
      ),
    })).node;
    fc.assert(fc.property(fc.oneof(anything, near), (value) => expect(Array.isArray(checkRule(value, 'rule'))).toBe(true)));
    fc.assert(fc.property(fc.oneof(anything, near), (value) => expect(Array.isArray(checkFilters(value, 'filters', 3))).toBe(true)));
  });
});

describe('G1: up to 3 filters on properties', () => {
  test('3 are let in, 4 are not, none is the same as absent', () => {
    fc.assert(
      fc.property(fc.array(arbitraryCondition, { maxLength: 3 }), (filters) => expect(checkFilters(filters, 'filters', 3)).toEqual([])),
    );
    expect(checkFilters(times(4, adult.property), 'filters', 3)).toEqual([
      { path: 'filters', message: 'must have at most 3 conditions; this one has 4' },
    ]);
    expect(checkFilters(undefined, 'filters', 3)).toEqual([]);
    expect(normalizeFilters(null)).toEqual(normalizeFilters([]));
  });

  test('each is checked where it is', () => {
    expect(checkFilters([adult.property, { name: 'x', operator: 'LESS', value: 'y' }], 'filters', 3)).toMatchObject([
      { path: 'filters.1.value' },
    ]);
  });
});

/** The rule with one member missing that its first leaf cannot do without. */
function damaged(rule: Rule): unknown {
  if ('all' in rule) return { all: [damaged(rule.all[0] as Rule), ...rule.all.slice(1)] };
  if ('any' in rule) return { any: [damaged(rule.any[0] as Rule), ...rule.any.slice(1)] };
  if ('not' in rule) return { not: damaged(rule.not) };
  if ('property' in rule) return { property: { ...rule.property, name: undefined } };
  return 'did' in rule ? { did: { ...rule.did, window: undefined } } : { didNot: { ...rule.didNot, event: undefined } };
}
