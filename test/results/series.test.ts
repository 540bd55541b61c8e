import { resultsOf } from '../../src/results/results';
import { seriesOf } from '../../src/results/series';
import type { DayMoments, ResultsInput } from '../../src/results/input';
import { converted, dayOf, PURCHASES, win } from './inputs';

const days: readonly DayMoments[] = [2, 0, 1].flatMap((day) => [
  converted('g1', 'c', day, 100 + day, 1_000),
  converted('g1', 'v2', day, 110 + day, 1_000),
  converted('g2', 'v2', day, 7, 500),
]);
const goals = [PURCHASES, { ...PURCHASES, id: 'g2', role: 'SECONDARY' as const }];
const input = (change: Partial<ResultsInput> = {}): ResultsInput => win({ goals, moments: days, ...change });

test('a day shows all users first exposed up to it, and the last day is the result', () => {
  const series = seriesOf(input(), 'g1');
  expect(series.map(({ day }) => day)).toEqual([0, 1, 2].map(dayOf));
  expect(series.map(({ arms }) => arms.map(({ figure }) => 'users' in figure && figure.users))).toEqual([
    [1_000, 1_000],
    [2_000, 2_000],
    [3_000, 3_000],
  ]);
  const [comparison] = resultsOf(input()).goals[0]!.comparisons;
  expect(series[2]!.arms[1]).toMatchObject({ arm: 'v2', plain: comparison!.plain, adjusted: comparison!.adjusted });
  // Each day is what the results would be without the days after it.
  const earlier = resultsOf(input({ moments: days.filter(({ day }) => day <= dayOf(1)) }));
  expect(series[1]!.arms[1]!.plain).toEqual(earlier.goals[0]!.comparisons[0]!.plain);
});

test('an arm without users has a reason, day by day', () => {
  const [first] = seriesOf(input(), 'g2');
  expect(first!.arms.map(({ arm, figure, plain }) => [arm, 'missing' in figure, plain])).toEqual([
    ['c', true, undefined],
    ['v2', false, { missing: 'NO_USERS' }],
  ]);
});

test('of a fixed test the days before the horizon are shown', () => {
  const analysis = { ...win().analysis, method: 'FIXED' as const, horizonDays: 2 };
  expect(seriesOf(input({ analysis }), 'g1').map(({ day }) => day)).toEqual([0, 1].map(dayOf));
});

test('a goal that the test does not have is refused', () => {
  expect(() => seriesOf(input(), 'g9')).toThrow('The test has no goal "g9".');
});
