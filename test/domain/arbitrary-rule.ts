import fc from 'fast-check';
import type { Count, PropertyCondition, Rule, Window } from '../../src/domain/rule';

/** Valid rules of every kind, written from the rule's own words and not from the code that checks them. */

const word = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_.: '-]{0,18}[A-Za-z0-9_])?$/);
const known = fc.constantFrom('geo.country', 'geo.city', 'device.os', 'app.version', 'user.age');
const foreign = fc.constantFrom('Größe', 'שם', 'ключ', '会員ランク', '🛒 cart', 'constructor', 'and', '*');
const name = fc.oneof(word, known, foreign);
const text = fc.oneof(
  word,
  foreign,
  fc.constantFrom('', '10', 'true', 'a\nb', '\u202e', 'x or y', 'Trinidad and Tobago', '"', 'é'.repeat(200)),
);
const someText = text.filter((value) => value !== '');
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one)),
);
const scalar = fc.oneof(text, number, fc.boolean());
const days = fc.integer({ min: 0, max: 20_000 });
const date = days.map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const timestamp = fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true }).map((instant) => instant.toISOString());
const instant = fc.oneof(date, timestamp, fc.constant('2024-02-29T23:59:59+05:30'));
const instants = fc.uniqueArray(instant, { minLength: 2, maxLength: 2, selector: (one) => Date.parse(one) });
const period = instants.map((pair) => {
  const [from = '', to = ''] = pair.sort((a, b) => Date.parse(a) - Date.parse(b));
  return { from, to };
});
const numbers = fc.tuple(number, number).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const pattern = fc.constantFrom('^a.*z$', '\\d+', '(?i)vip', 'a|b', '/', '[^\\s]', '\\pL{2,5}');
const version = fc.array(fc.nat(), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('.'));

const operands = fc.oneof(
  fc.record({ operator: fc.constantFrom('EQUALS', 'NOT_EQUALS'), value: scalar }),
  fc.record({ operator: fc.constantFrom('IN', 'NOT_IN'), values: fc.array(scalar, { minLength: 1, maxLength: 12 }) }),
  fc.record({ operator: fc.constantFrom('CONTAINS', 'STARTS_WITH', 'ENDS_WITH'), value: someText }),
  fc.record({ operator: fc.constant('MATCHES'), value: pattern }),
  fc.record({ operator: fc.constantFrom('LESS', 'AT_MOST', 'GREATER', 'AT_LEAST'), value: fc.oneof(number, instant) }),
  fc.oneof(numbers, period).map((ends) => ({ operator: 'BETWEEN', ...ends })),
  fc.record({ operator: fc.constantFrom('EXISTS', 'NOT_EXISTS') }),
  fc.record({
    operator: fc.constantFrom('VERSION_LESS', 'VERSION_AT_MOST', 'VERSION_EQUALS', 'VERSION_AT_LEAST', 'VERSION_GREATER'),
    value: version,
  }),
);

export const arbitraryCondition: fc.Arbitrary<PropertyCondition> = fc
  .tuple(name, operands)
  .map(([property, rest]) => ({ name: property, ...rest }) as PropertyCondition);

const times = fc.integer({ min: 1, max: 1_000_000 });
const count: fc.Arbitrary<Count> = fc.oneof(
  fc.record({ atLeast: times }),
  fc.record({ atMost: times, includeZero: fc.boolean() }, { requiredKeys: ['atMost'] }),
  fc.record({ exactly: times }),
);
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.record({ lastDays: fc.integer({ min: 1, max: 3_650 }) }),
  fc.record({ between: period }),
  fc.record({ ever: fc.constant(true as const) }),
);
const filters = fc.array(arbitraryCondition, { maxLength: 3 });
const behaviour = { event: name, window, filters };

const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ property: arbitraryCondition }),
  fc.record({ did: fc.record({ ...behaviour, count }, { requiredKeys: ['event', 'window'] }) }),
  fc.record({ didNot: fc.record(behaviour, { requiredKeys: ['event', 'window'] }) }),
);

/** At most 7 levels of all, any and not above a leaf, and so few in each that the limits on leaves and size are far. */
const tree = fc.memo((levels): fc.Arbitrary<Rule> => {
  if (levels <= 1) return leaf;
  const parts = fc.array(tree(levels - 1), { minLength: 1, maxLength: levels > 5 ? 3 : 2 });
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: fc.record({ all: parts }) },
    { weight: 2, arbitrary: fc.record({ any: parts }) },
    { weight: 1, arbitrary: fc.record({ not: tree(levels - 1) }) },
  );
});

export const arbitraryRule: fc.Arbitrary<Rule> = tree(8);
