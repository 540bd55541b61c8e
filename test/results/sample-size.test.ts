import { sampleSize, type SizeQuestion } from '../../src/results/sample-size';

const QUESTION: SizeQuestion = {
  method: 'SEQUENTIAL',
  measure: 'CONVERSION',
  alpha: 0.05,
  power: 0.8,
  hypotheses: 1,
  controlWeight: 5_000,
  variantWeight: 5_000,
  baseline: 0.1,
  relativeEffect: 0.1,
};

test('a fixed test of rates needs what the books say, and a sequential one more', () => {
  const fixed = sampleSize({ ...QUESTION, method: 'FIXED' });
  expect(fixed).toEqual({ users: 29_502, controlUsers: 14_751, variantUsers: 14_751 });
  const sequential = sampleSize(QUESTION);
  expect(sequential.users).toBeGreaterThan(fixed.users * 1.2);
  expect(sequential.users).toBeLessThan(fixed.users * 2);
});

test('several statements, uneven weights and other arms need more', () => {
  const { users } = sampleSize(QUESTION);
  for (const method of ['SEQUENTIAL', 'FIXED'] as const) {
    expect(sampleSize({ ...QUESTION, method, hypotheses: 6 }).users).toBeGreaterThan(sampleSize({ ...QUESTION, method }).users);
  }
  expect(sampleSize({ ...QUESTION, controlWeight: 1_000, variantWeight: 9_000 }).users).toBeGreaterThan(2.5 * users);
  const more = sampleSize({ ...QUESTION, controlWeight: 2_500, variantWeight: 2_500 }).users / users;
  expect(more).toBeGreaterThan(2);
  // The intervals are tuned for the users of all arms, of whom these two have half.
  expect(more).toBeLessThan(2.1);
});

test('sums are planned by their spread', () => {
  const sums: SizeQuestion = { ...QUESTION, method: 'FIXED', measure: 'SUM', baseline: 3.75, relativeEffect: 0.05, standardDeviation: 30 };
  expect(sampleSize(sums).controlUsers / 409_600).toBeCloseTo(0.981, 3);
  expect(sampleSize({ ...sums, method: 'SEQUENTIAL' }).users).toBeGreaterThan(sampleSize(sums).users);
});

test.each([
  [{ hypotheses: 0 }, '`hypotheses`'],
  [{ alpha: 2 }, '`alpha`'],
  [{ power: 0 }, '`power`'],
  [{ relativeEffect: 0 }, 'effect must not be 0'],
  [{ relativeEffect: 1e-9 }, 'effect is too small'],
  [{ relativeEffect: 20 }, 'between 0 and 1'],
  [{ measure: 'SUM' as const }, 'Give the `standardDeviation`'],
  [{ controlWeight: 0 }, 'at most 1 together'],
])('a question with %j says what is wrong', (change, message) => {
  for (const method of ['SEQUENTIAL', 'FIXED'] as const) expect(() => sampleSize({ ...QUESTION, method, ...change })).toThrow(message);
});
