import fc from 'fast-check';
import { converters } from '../../src/setup/convert';
import { allOf, anyOf, notOf, type Condition } from '../../src/setup/convert/condition';
import { keyNameFor, nameFor } from '../../src/setup/convert/naming';
import { split } from '../../src/setup/convert/parts';
import { checkKeyName, checkName } from '../../src/domain/text';
import { parseSetup } from '../../src/setup/parse';
import { writeSetup } from '../../src/setup/write';
import { converting, fixture } from './converting';

test('there is a converter for each of the four products', () => {
  expect(converters.map(({ name }) => name)).toEqual(['flagd', 'unleash', 'launchdarkly', 'firebase']);
});

describe.each(converters)('$product', (converter) => {
  test('gives a file that reads as it is', () => {
    const { file } = converting(converter, fixture(converter.name));
    expect(parseSetup(writeSetup(file, 'yaml'))).toMatchObject({ file });
    expect(file.keys?.length).toBeGreaterThan(0);
  });

  test('refuses a member that is given twice', () => {
    expect(converter.convert('{"a": 1, "\\u0061": 2}')).toMatchObject({
      errors: [{ path: 'a', message: 'is given twice here: leave one out', line: 1, column: 10 }],
    });
  });

  test('tells where a source is not of its format', () => {
    for (const text of ['', '[]', '{"flags": 1, "features": 1, "items": 1, "parameters": 1}', '{"a": 1', 'a: &a [*a]']) {
      const converted = converter.convert(text, { filename: 'x.json' });
      expect('errors' in converted && converted.errors[0]).toMatchObject({
        line: 1,
        column: expect.any(Number),
        message: expect.any(String),
      });
    }
  });
});

/** The source with something else in the place that the path leads to, as far as it leads. */
function spoiled(source: unknown, path: readonly number[], instead: unknown): unknown {
  if (path.length === 0 || source === null || typeof source !== 'object') return instead;
  const entries = Object.entries(source);
  const place = entries.length === 0 ? 0 : (path[0] ?? 0) % entries.length;
  const changed = entries.map(
    ([name, member], index) => [name, index === place ? spoiled(member, path.slice(1), instead) : member] as const,
  );
  return Array.isArray(source) ? changed.map(([, member]) => member) : Object.fromEntries(changed);
}

test.each(converters)('$product: a source with anything anywhere gives a file or errors, never a failure', (converter) => {
  const source = JSON.parse(fixture(converter.name)) as unknown;
  const instead = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('', 'constructor', -1, 1e300, [], {}, '\ud800', '('.repeat(99), 'x'.repeat(5_000)),
  );
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }), instead, (path, value) => {
      const converted = converter.convert(JSON.stringify(spoiled(source, path, value)));
      if ('errors' in converted) expect(converted.errors.length).toBeGreaterThan(0);
      else expect(converted.notes.length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

describe('names', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('', ' ', '1', '__proto__', 'a/b', 'x'.repeat(500), '\u200b'),
  );

  test('of anything become names that are allowed, each unlike the others', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (sources) => {
        const keys = new Set<string>();
        const names = new Set<string>();
        for (const source of sources) {
          keys.add(keyNameFor(source, (one) => keys.has(one)));
          names.add(nameFor(source, (folded) => [...names].some((name) => name.toLowerCase() === folded)));
        }
        expect(keys.size).toBe(sources.length);
        expect([...keys].flatMap((key) => checkKeyName(key, ''))).toEqual([]);
        expect([...names].flatMap((name) => checkName(name, ''))).toEqual([]);
      }),
    );
  });

  test('that are allowed stay as they are', () => {
    expect(keyNameFor('home.title', () => false)).toBe('home.title');
    expect(keyNameFor('home/title', (name) => name === 'home_title')).toBe('home_title_2');
    expect(nameFor('Größe', () => false)).toBe('Größe');
  });
});

const parts = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 8 }).filter((all) => all.some((one) => one > 0));

test('rows give each share of users its part, however often they fall through', () => {
  fc.assert(
    fc.property(parts, fc.double({ min: 0.01, max: 1, noNaN: true }), (weights, part) => {
      const sum = weights.reduce((total, weight) => total + weight, 0);
      const shares = weights.map((weight, value) => ({ part: (weight / sum) * part, value }));
      let left = 1;
      const got = new Map(
        split(shares).rows.map(({ percentage, value }) => {
          const given = (left * percentage) / 10_000;
          left -= given;
          return [value, given];
        }),
      );
      // Each row is rounded by at most half a basis point of those who are left.
      for (const share of shares) expect(Math.abs((got.get(share.value) ?? 0) - share.part)).toBeLessThan(0.00005 * (shares.length + 1));
      if (part === 1) expect(left).toBeCloseTo(0, 12);
    }),
  );
});

test('a split is called exact only when it is', () => {
  const halves = { rows: [5_000, 10_000].map((percentage) => ({ percentage, value: 1 })), exact: true, whole: true };
  expect(split([0.5, 0.5].map((part) => ({ part, value: 1 })))).toEqual(halves);
  expect(split([0.25, 0.25, 0.5].map((part) => ({ part, value: 1 }))).exact).toBe(false);
});

test.each([
  ['below half a basis point', [0.00004]],
  ['below a billionth', [1e-10]],
  ['above all but half a basis point', [0.99996]],
  ['of a rest that is too small', [0.5, 0.49999]],
])('a part %s is not whole, and gives no row of 0 %%', (_, all) => {
  const { rows, whole } = split(all.map((part) => ({ part, value: part })));
  expect(whole).toBe(false);
  expect(rows.every(({ percentage }) => percentage > 0)).toBe(true);
});

test('conditions that decide or change nothing are left out of a rule', () => {
  const rule: Condition = { property: { name: 'x', operator: 'EXISTS' } };
  expect([allOf([]), anyOf([]), allOf([true, rule]), anyOf([true, rule]), allOf([false, rule]), notOf(notOf(rule)), notOf(true)]).toEqual([
    true,
    false,
    rule,
    true,
    false,
    rule,
    false,
  ]);
  expect(allOf([rule, allOf([rule, notOf(rule)])])).toEqual({ all: [rule, rule, { not: rule }] });
});
