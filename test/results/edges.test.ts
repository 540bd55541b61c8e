import fc from 'fast-check';
import { chanceOfMore } from '../../src/results/estimate';
import type { Analysis, DayMoments, MeasuredGoal } from '../../src/results/input';
import { resultsOf } from '../../src/results/results';
import { seriesOf } from '../../src/results/series';
import { NONE } from '../../src/results/totals';
import { ARMS, dayOf, exposed, PURCHASES, SOUND, win } from './inputs';

const users = fc.oneof(fc.constantFrom(0, 1, 2, 1_000_000_000), fc.integer({ min: 0, max: 2_000 }));
const amount = fc.constantFrom(0, 1, -1, 0.01, -250.5, 1e9, -1e160);

/** The moments of users of whom some have one value, and one before; the others 0. */
const moments = (goal: string, arm: string, day: number): fc.Arbitrary<DayMoments> =>
  fc.tuple(users, fc.constantFrom(0, 1, 0.5, 0.01), amount, amount).map(([count, share, value, before]) => {
    const some = Math.floor(count * share);
    const sums = { sum: some * value, sumSquares: some * value * value, preSum: some * before, preSumSquares: some * before * before };
    return { goal, arm, day: dayOf(day), users: count, converted: value === 0 ? 0 : some, ...sums, product: some * value * before };
  });

const goal: fc.Arbitrary<MeasuredGoal> = fc
  .record({
    role: fc.constantFrom('PRIMARY' as const, 'SECONDARY' as const, 'GUARDRAIL' as const),
    measure: fc.constantFrom('COUNT' as const, 'SUM' as const),
    direction: fc.constantFrom('HIGHER' as const, 'LOWER' as const),
  })
  .map((parts) => ({ ...PURCHASES, margin: 100, ...parts }));

const analysis: fc.Arbitrary<Analysis> = fc.record({
  method: fc.constantFrom('SEQUENTIAL' as const, 'FIXED' as const),
  alpha: fc.constantFrom(0.05, 0.001, 0.2),
  plannedUsers: fc.constantFrom(1, 5_000, 1_000_000_000),
  horizonDays: fc.constantFrom(1, 10, 1_000),
  cuped: fc.boolean(),
});

/** All values in it, at any depth. */
const leaves = (value: unknown): readonly unknown[] =>
  value instanceof Map ? [...value.values()] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];

test('whatever the sums are, each number is one, each text is whole, and each variant is concluded on', () => {
  const rows = fc.tuple(...ARMS.flatMap(({ id }) => [0, 1].map((day) => moments('g1', id, day))));
  fc.assert(
    fc.property(goal, analysis, rows, users, (measured, analysed, given, count) => {
      const input = win({ goals: [measured], analysis: analysed, moments: given, exposed: [exposed('c', 0, count)], observed: SOUND });
      const found = [resultsOf(input), seriesOf(input, 'g1')];
      const wrong = leaves(found).filter((leaf) => typeof leaf === 'number' && !Number.isFinite(leaf));
      expect(wrong).toEqual([]);
      const texts = leaves(found).filter((leaf) => typeof leaf === 'string');
      expect(texts.filter((text) => /NaN|Infinity|undefined/.test(text))).toEqual([]);
      expect(resultsOf(input).conclusions).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test('rows in any order, whole or in parts, give the same results', () => {
  const whole = win();
  const parts = whole.moments.flatMap((row) => {
    const half = (value: number): number => Math.floor(value / 2);
    const first = { ...row, users: half(row.users), converted: half(row.converted), sum: half(row.sum), sumSquares: half(row.sumSquares) };
    const second = {
      ...row,
      users: row.users - first.users,
      converted: row.converted - first.converted,
      sum: row.sum - first.sum,
      sumSquares: row.sumSquares - first.sumSquares,
    };
    return [first, second];
  });
  expect(resultsOf(win({ moments: [...parts].reverse() }))).toEqual(resultsOf(whole));
});

test('the chance to be higher is given on request, with a reason where there is none', () => {
  const arm = (users_: number, count: number) => ({ ...NONE, users: users_, converted: count, sum: count, sumSquares: count });
  expect(chanceOfMore('CONVERSION', arm(100, 49), arm(100, 51))).toBeCloseTo(0.61077, 5);
  expect(chanceOfMore('COUNT', arm(10_000, 500), arm(10_000, 560))).toBeCloseTo(0.9709, 3);
  expect(chanceOfMore('SUM', arm(10, 10), arm(10, 10))).toEqual({ missing: 'NO_VARIANCE' });
  expect(chanceOfMore('CONVERSION', NONE, arm(1, 1))).toEqual({ missing: 'NO_USERS' });
});
