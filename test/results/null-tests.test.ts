import { cells, simulate, simulateRatio } from './null-tests';

const TESTS = 2_000;

// One cell of each measure, and one of six hypotheses: the others are in the soak.
const some = cells.filter(([, { measures, units, windowDays, cuped }]) => {
  if (measures.length > 1) return units[0] === 2 && windowDays === 7 && cuped;
  return units[0] === 1 && windowDays === 7 && cuped;
});

test.each(some)('of tests without an effect, looked at every day, at most one in twenty is concluded on: %s', (_, cell) => {
  const { concluded, different } = simulate(cell, TESTS, 7);
  expect(different).toBe(0);
  expect(concluded).toBeLessThanOrEqual(0.05 * TESTS);
});

test.each([0.5, 0.1])('of tests with the planned shares, %s for control, one in a thousand alarms at any look', (share) => {
  expect(simulateRatio(share, TESTS, 11)).toBeLessThanOrEqual(0.001 * TESTS + 3 * Math.sqrt(0.001 * 0.999 * TESTS));
});
