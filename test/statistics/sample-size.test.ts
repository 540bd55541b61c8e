import { normalCdf } from '../../src/statistics/distributions';
import { fixedUsersForMeans, fixedUsersForProportions, sequentialUsers } from '../../src/statistics/sample-size';
import { reach, tuning } from '../../src/statistics/sequential';

const HALF = { controlShare: 0.5, variantShare: 0.5, alpha: 0.05, power: 0.8 };
const RATE = 0.1 * 0.9;

test('a sequential test has the smallest number of users with the power that was asked for', () => {
  for (const hypotheses of [1, 6]) {
    const users = sequentialUsers({ ...HALF, effect: 0.01, controlVariance: RATE, variantVariance: RATE, hypotheses });
    const power = (n: number): number =>
      normalCdf(0.01 / Math.sqrt((4 * RATE) / n) - reach(n, tuning(HALF.alpha, n), HALF.alpha / hypotheses));
    expect(power(users)).toBeGreaterThanOrEqual(0.8);
    expect(power(users - 1)).toBeLessThan(0.8);
  }
});

test('looking at any time costs less than twice the users', () => {
  const fixed = fixedUsersForProportions({ ...HALF, baseline: 0.1, expected: 0.11 });
  const sequential = sequentialUsers({ ...HALF, effect: 0.01, controlVariance: RATE, variantVariance: 0.11 * 0.89, hypotheses: 1 });
  expect(sequential / fixed).toBeGreaterThan(1.2);
  expect(sequential / fixed).toBeLessThan(2);
});

test('unequal shares need more users, and arms beside the two are counted', () => {
  const even = fixedUsersForProportions({ ...HALF, baseline: 0.1, expected: 0.11 });
  expect(fixedUsersForProportions({ ...HALF, controlShare: 0.1, variantShare: 0.9, baseline: 0.1, expected: 0.11 })).toBeGreaterThan(
    2.5 * even,
  );
  expect(fixedUsersForProportions({ ...HALF, controlShare: 0.25, variantShare: 0.25, baseline: 0.1, expected: 0.11 })).toBeCloseTo(
    2 * even,
    6,
  );
  const means = { effect: 0.1, standardDeviation: 1 };
  const whole = fixedUsersForMeans({ ...HALF, ...means });
  expect(fixedUsersForMeans({ ...HALF, ...means, controlShare: 0.25, variantShare: 0.25 })).toBeCloseTo(2 * whole, 3);
});

test('a loss needs as many users as a win of its size', () => {
  const plan = { ...HALF, controlVariance: RATE, variantVariance: RATE, hypotheses: 1 };
  expect(sequentialUsers({ ...plan, effect: -0.01 })).toBe(sequentialUsers({ ...plan, effect: 0.01 }));
});

test.each([
  [{ alpha: 0 }, '`alpha` must be between 0 and 1'],
  [{ power: 1 }, '`power` must be between 0 and 1'],
  [{ expected: 0.1 }, 'The effect must not be 0'],
  [{ baseline: 0 }, '`baseline` must be between 0 and 1'],
  [{ controlShare: 0.9 }, 'at most 1 together'],
])('a plan with %j says what is wrong', (part, message) => {
  expect(() => fixedUsersForProportions({ ...HALF, baseline: 0.1, expected: 0.11, ...part })).toThrow(message);
});

test('means without a spread are refused', () => {
  expect(() => fixedUsersForMeans({ ...HALF, effect: 1, standardDeviation: 0 })).toThrow('`standardDeviation` must be above 0');
  expect(() => sequentialUsers({ ...HALF, effect: 1, controlVariance: 0, variantVariance: 0, hypotheses: 1 })).toThrow('not both 0');
});
