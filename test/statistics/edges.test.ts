import fc from 'fast-check';
import { chanceOfHigherMean, chanceOfHigherProportion } from '../../src/statistics/bayes';
import { benjaminiHochberg, holm } from '../../src/statistics/correction';
import { cuped, type PairedSums } from '../../src/statistics/cuped';
import { meanInterval, welch } from '../../src/statistics/mean';
import { isMissing } from '../../src/statistics/missing';
import { twoSidedZ } from '../../src/statistics/distributions';
import { regularizedBeta } from '../../src/statistics/gamma';
import { newcombe, pooledZ, wilson, type Proportion } from '../../src/statistics/proportion';
import { difference, sampleOfProportion, sampleOfSums } from '../../src/statistics/sample';
import { sampleRatio } from '../../src/statistics/sample-ratio';
import { oneSidedReach, reach, sequentialInterval, sequentialP, tuning } from '../../src/statistics/sequential';
import { uplift, guarded } from '../../src/statistics/uplift';

const users = fc.oneof(fc.constantFrom(0, 1, 2, 3, 1_000_000_000), fc.integer({ min: 0, max: 5_000 }));
const value = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.1, 1e-9, -1e9, 1e150, -1e200),
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
);

/** An arm whose users have one of two values each, and one of two before: sums as a store would add them up. */
const pairedSums: fc.Arbitrary<PairedSums> = fc
  .record({
    users,
    share: fc.constantFrom(0, 0, 0.5, 1, 0.1),
    same: fc.constantFrom(0, 0.5, 1),
    values: fc.tuple(value, value, value, value),
  })
  .map(({ users: count, share, same, values: [a, b, beforeA, beforeB] }) => {
    const first = Math.floor(count * share);
    const moved = Math.floor(first * same);
    const groups = [
      [moved, a, beforeA],
      [first - moved, a, beforeB],
      [count - first, b, beforeB],
    ] as const;
    const total = (of: (y: number, x: number) => number): number =>
      groups.reduce((sum, [n, y, x]) => sum + (n === 0 ? 0 : n * of(y, x)), 0);
    return {
      users: count,
      sum: total((y) => y),
      sumSquares: total((y) => y * y),
      preSum: total((_, x) => x),
      preSumSquares: total((_, x) => x * x),
      product: total((y, x) => y * x),
    };
  });

const proportion: fc.Arbitrary<Proportion> = fc
  .tuple(users, fc.constantFrom(0, 1, 0.5, 0.1, 1e-9))
  .map(([count, share]) => ({ converted: Math.round(count * share), users: count }));

/** Every number in it is one, or there is a reason in its place. */
function expectNumbers(...results: readonly unknown[]): void {
  for (const result of results) {
    if (typeof result === 'object' && result !== null) expectNumbers(...Object.values(result));
    else if (!(Number.isFinite(result) || typeof result === 'string' || typeof result === 'boolean')) expect(results).toBe('finite');
  }
}

const r = tuning(0.05, 5_000);

test('of whatever sums, all that is estimated is a number, or there is a reason in its place', () => {
  fc.assert(
    fc.property(pairedSums, pairedSums, (control, variant) => {
      const [c, v] = [sampleOfSums(control), sampleOfSums(variant)];
      const [adjusted, count] = [cuped(control, variant), control.users + variant.users];
      const arms = [[c, v] as const, ...(isMissing(adjusted) ? [] : [[adjusted.control, adjusted.variant] as const])];
      expectNumbers(c, v, adjusted);
      for (const [one, other] of arms) {
        const estimate = difference(one, other);
        expectNumbers(estimate, welch(one, other, 0.05), meanInterval(one, 0.05), uplift(one, other, 2), chanceOfHigherMean(one, other));
        if (isMissing(estimate)) continue;
        const interval = sequentialInterval(estimate, count, r, 0.05);
        const p = sequentialP(estimate, count, r);
        expectNumbers(interval, p, guarded(interval, uplift(one, other, 2), 'LOWER', 0.02));
        // The p-value and the interval say the same.
        if (p < 0.05 * (1 - 1e-9)) expect(interval.low > 0 || interval.high < 0).toBe(true);
        if (p > 0.05 * (1 + 1e-9)) expect(interval.low <= 0 && interval.high >= 0).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('of whatever proportions, all that is estimated is a number, or there is a reason in its place', () => {
  fc.assert(
    fc.property(proportion, proportion, (control, variant) => {
      const estimate = difference(
        sampleOfProportion(control.converted, control.users),
        sampleOfProportion(variant.converted, variant.users),
      );
      expectNumbers(estimate, pooledZ(control, variant), newcombe(control, variant, 1.96), chanceOfHigherProportion(control, variant));
      for (const arm of [control, variant]) {
        const interval = wilson(arm, 1.96);
        expectNumbers(interval);
        if (isMissing(interval)) continue;
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.high).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 300 },
  );
});

test('the incomplete beta function has no gap where its two forms meet, however x and its complement are rounded', () => {
  const whole = fc.integer({ min: 1, max: 400 });
  const roundings = fc.constantFrom(-1, 0, 1);
  fc.assert(
    fc.property(whole, whole, roundings, roundings, (a, b, up, complementUp) => {
      const [x, complement] = [(a + 1) / (a + b + 2), (b + 1) / (a + b + 2)];
      const rounded = regularizedBeta(x * (1 + up * 2 ** -52), complement * (1 + complementUp * 2 ** -52), a, b);
      expect(Math.abs(rounded - regularizedBeta(x * (1 - 2 ** -40), complement * (1 + 2 ** -40), a, b))).toBeLessThan(1e-9);
      expect(rounded).toBeGreaterThan(0);
      expect(rounded).toBeLessThan(1);
    }),
    { numRuns: 1_000 },
  );
});

test('two of three against three of five, whose chances meet there', () => {
  expect(chanceOfHigherProportion({ users: 3, converted: 2 }, { users: 5, converted: 3 })).toBeCloseTo(19 / 42, 12);
});

test.each([
  ['no users', { users: 0, sum: 0, sumSquares: 0 }, 'NO_USERS'],
  ['one user', { users: 1, sum: 3, sumSquares: 9 }, 'ONE_USER'],
  ['users who are all alike', { users: 10, sum: 1, sumSquares: 0.1 }, 'NO_VARIANCE'],
  ['sums too large', { users: 10, sum: 1e200, sumSquares: Infinity }, 'OUT_OF_RANGE'],
])('%s have a reason', (_, sums, reason) => {
  expect(difference(sampleOfSums(sums), sampleOfSums(sums))).toEqual({ missing: reason });
});

test('a billion users and negative sums are no more than numbers', () => {
  const billion = 1_000_000_000;
  const control = sampleOfSums({ users: billion, sum: -billion, sumSquares: 2 * billion });
  const variant = sampleOfSums({ users: billion, sum: -0.9999 * billion, sumSquares: 1.9999 * billion });
  const estimate = difference(control, variant);
  if (isMissing(estimate)) throw new Error(estimate.missing);
  expect(estimate.difference / 1e-4).toBeCloseTo(1, 9);
  expect(estimate.standardError / Math.sqrt(2 / billion)).toBeCloseTo(1, 4);
  expect(uplift(control, variant, 2)).toMatchObject({ uplift: expect.closeTo(1e-4, 12) });
});

test('the uplift has 0 exactly when the difference has', () => {
  fc.assert(
    fc.property(pairedSums, pairedSums, fc.constantFrom(1.96, 3, 4.5), (control, variant, standardErrors) => {
      const [one, other] = [sampleOfSums(control), sampleOfSums(variant)];
      const [estimate, relative] = [difference(one, other), uplift(one, other, standardErrors)];
      if (isMissing(estimate) || isMissing(relative)) return;
      const distance = Math.abs(estimate.difference) - standardErrors * estimate.standardError;
      // At the edge itself rounding decides.
      if (Math.abs(distance) < 1e-9 * standardErrors * estimate.standardError) return;
      expect(relative.low <= 0 && relative.high >= 0).toBe(distance < 0);
      expect(relative.low <= relative.uplift && relative.uplift <= relative.high).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('no uplift is given where control may be zero', () => {
  const arm = { users: 100, mean: 0.2, variance: 1 };
  expect(uplift(arm, arm, 2)).toEqual({ missing: 'BASELINE_NEAR_ZERO' });
  expect(uplift({ ...arm, mean: 0 }, arm, 2)).toEqual({ missing: 'BASELINE_NEAR_ZERO' });
  expect(uplift({ ...arm, mean: 0.21 }, arm, 2)).not.toHaveProperty('missing');
});

test('a time before that says nothing changes nothing', () => {
  const arm = (sum: number): PairedSums => ({ users: 100, sum, sumSquares: 90, preSum: 0, preSumSquares: 0, product: 0 });
  const adjusted = cuped(arm(40), arm(50));
  expect(adjusted).toEqual({ theta: 0, control: sampleOfSums(arm(40)), variant: sampleOfSums(arm(50)) });
});

test('p-values are adjusted in their own places, and never made smaller', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
      const [strict, lenient] = [holm(pValues), benjaminiHochberg(pValues)];
      pValues.forEach((p, index) => {
        expect(lenient[index]).toBeGreaterThanOrEqual(p);
        expect(strict[index]).toBeGreaterThanOrEqual(lenient[index]! * (1 - 1e-12));
        expect(strict[index]).toBeLessThanOrEqual(1);
        // As each method is written: step by step over the sorted values.
        const sorted = [...pValues].sort((a, b) => a - b);
        const below = sorted.map((q, rank) => ({ q, value: q * (pValues.length - rank) })).filter(({ q }) => q <= p);
        expect(strict[index]).toBeCloseTo(Math.min(1, Math.max(...below.map(({ value: each }) => each))), 12);
      });
    }),
  );
});

test('a one-sided reach is between the fixed one and the two-sided one', () => {
  for (const count of [1, 100, 10_000, 1_000_000_000]) {
    expect(oneSidedReach(count, r, 0.05)).toBeLessThan(reach(count, r, 0.05));
    expect(oneSidedReach(count, r, 0.05)).toBeGreaterThan(twoSidedZ(0.1));
    // Both sides together at most twice as often as one.
    expect(oneSidedReach(count, r, 0.05)).toBeGreaterThan(reach(count, r, 0.1) * 0.98);
  }
});

test('the reach is smallest near the planned users', () => {
  const tuned = tuning(0.05, 5_000);
  const width = (count: number, by: number): number => reach(count, by, 0.05);
  for (const other of [500, 50_000]) expect(width(5_000, tuned)).toBeLessThan(width(5_000, tuning(0.05, other)));
});

test('the evidence against the planned shares is the product of what each user adds', () => {
  const weights = [0.1, 0.3, 0.6];
  const seen = [0, 0, 0];
  let product = 0;
  for (let user = 0; user < 5_000; user++) {
    const arm = (user * 7) % 10 < 2 ? 0 : (user * 7) % 10 < 5 ? 1 : 2;
    product += Math.log((1_000 * weights[arm]! + seen[arm]!) / (1_000 + user) / weights[arm]!);
    seen[arm] = seen[arm]! + 1;
  }
  const checked = sampleRatio(seen, weights);
  if (isMissing(checked)) throw new Error(checked.missing);
  expect(Math.log(checked.evidence)).toBeCloseTo(product, 8);
  expect(checked.alarm).toBe(true);
});

test('the sample ratio is checked of none, one and a billion users', () => {
  expect(sampleRatio([0, 0], [0.5, 0.5])).toEqual({ missing: 'NO_USERS' });
  expect(sampleRatio([7], [1])).toMatchObject({ alarm: false, p: 1 });
  expect(sampleRatio([500_020_000, 499_980_000], [0.5, 0.5])).toMatchObject({ alarm: false });
  expect(sampleRatio([1_000_000_000, 0], [0.5, 0.5])).toMatchObject({ alarm: true, evidence: Number.MAX_VALUE });
  expect(sampleRatio([7, 9, 0], [0.5, 0.5, 0])).toEqual(sampleRatio([7, 9], [0.5, 0.5]));
  expect(sampleRatio([7, 9, 1], [0.5, 0.5, 0])).toMatchObject({ alarm: true, p: 0 });
  expect(() => sampleRatio([1, 1], [1])).toThrow('Give a weight for each arm');
});

test('the chance to be higher is one half of equals, and the rest of its opposite', () => {
  const arm = (converted: number, count: number): Proportion => ({ converted, users: count });
  expect(chanceOfHigherProportion(arm(50_000_000, 1e9), arm(50_000_000, 1e9))).toBeCloseTo(0.5, 6);
  const [a, b] = [arm(50_000_000, 1e9), arm(50_010_000, 1e9)];
  const z = 0.00001 / Math.sqrt((2 * 0.05 * 0.95) / 1e9);
  expect(chanceOfHigherProportion(a, b)).toBeCloseTo(0.8473, 3);
  expect(z).toBeCloseTo(1.026, 3);
  fc.assert(
    fc.property(proportion, proportion, (one, other) => {
      expect(chanceOfHigherProportion(one, other) + chanceOfHigherProportion(other, one)).toBeCloseTo(1, 6);
    }),
    { numRuns: 100 },
  );
});

test.each([0, 1, -0.1, Number.NaN])('alpha is a share between 0 and 1, not %s', (alpha) => {
  expect(() => tuning(alpha, 100)).toThrow('`alpha` must be between 0 and 1');
});
test('planned users are at least one', () => expect(() => tuning(0.05, 0)).toThrow('`plannedUsers` must be at least 1'));
