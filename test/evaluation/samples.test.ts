import { bucketsOf, criticalValue, dependence, ID_KINDS, SALTS, uniformity } from './samples';

/* V2: a frozen hash either passes these or not; nothing in them is random. 200,000 users are in samples.soak.ts. */

const USERS = 10_000;
const PAIRS = (SALTS.length * (SALTS.length - 1)) / 2;
const TESTS = (SALTS.length + PAIRS) * Object.keys(ID_KINDS).length;
/** Bonferroni: one in 10,000 for all tests together. */
const CHANCES = TESTS * 10_000;

describe.each(Object.keys(ID_KINDS))('users with %s ids', (kind) => {
  const buckets = bucketsOf(kind, USERS);

  test('fall evenly into 100 groups, with every salt', () => {
    for (const [index, salt] of SALTS.entries())
      expect([salt, uniformity(buckets[index]!) < criticalValue(99, CHANCES)]).toEqual([salt, true]);
  });

  test('fall independently with any two salts', () => {
    for (const [a, first] of buckets.entries()) {
      for (const [b, second] of buckets.slice(0, a).entries()) {
        expect([SALTS[a], SALTS[b], dependence(first, second) < criticalValue(81, CHANCES)]).toEqual([SALTS[a], SALTS[b], true]);
      }
    }
  });
});

test('a salt that is used twice is found dependent', () => {
  const [traffic] = bucketsOf('sequential', 1_000);
  expect(dependence(traffic!, traffic!)).toBeGreaterThan(criticalValue(81, CHANCES));
});

test('the critical values are those of tables', () => {
  expect(criticalValue(99, 1_000)).toBeCloseTo(148.23, 0);
  expect(criticalValue(81, 1_000)).toBeCloseTo(125.9, 0);
});
