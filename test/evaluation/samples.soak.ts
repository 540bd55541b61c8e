import { bucketsOf, criticalValue, dependence, ID_KINDS, SALTS, uniformity } from './samples';

/** V2 with 200,000 users: what samples.test.ts looks at, ten times as sharp. */
const CHANCES = (SALTS.length + (SALTS.length * (SALTS.length - 1)) / 2) * Object.keys(ID_KINDS).length * 10_000;

test.each(Object.keys(ID_KINDS))('200,000 users with %s ids fall evenly with every salt, and independently with any two', (kind) => {
  const buckets = bucketsOf(kind, 200_000);
  for (const [a, first] of buckets.entries()) {
    expect([SALTS[a], uniformity(first) < criticalValue(99, CHANCES)]).toEqual([SALTS[a], true]);
    for (const [b, second] of buckets.slice(0, a).entries()) {
      expect([SALTS[a], SALTS[b], dependence(first, second) < criticalValue(81, CHANCES)]).toEqual([SALTS[a], SALTS[b], true]);
    }
  }
});
