import { cells, simulate, simulateRatio } from './null-tests';

const TESTS = 20_000;

test.each(cells)('of tests without an effect, looked at every day, at most one in twenty is concluded on: %s', (name, cell) => {
  const { concluded, different } = simulate(cell, TESTS, 20_261_128);
  console.log(`${name}: ${((100 * concluded) / TESTS).toFixed(2)} % concluded on`);
  expect(different).toBe(0);
  expect(concluded).toBeLessThanOrEqual(0.05 * TESTS);
});

test.each([0.5, 0.1])('of tests with the planned shares, %s for control, one in a thousand alarms at any look', (share) => {
  const alarms = simulateRatio(share, TESTS, 20_261_128);
  console.log(`sample ratio, ${share} for control: ${alarms} of ${TESTS} alarm`);
  expect(alarms).toBeLessThanOrEqual(0.001 * TESTS + 3 * Math.sqrt(0.001 * 0.999 * TESTS));
});
