import { compareUsers, wrongShares } from './browser-users';

test.each([1, 2, 3])('10,000 users get from the carried catalogue what the published studies give them (seed %i)', (seed) => {
  const compared = compareUsers(10_000, seed);
  expect(compared.differences.slice(0, 5)).toEqual([]);
  expect(wrongShares(compared)).toEqual([]);
  expect(compared.rolledOut).toBeGreaterThan(20_000);
  expect(compared.variants.size).toBeGreaterThan(8);
});
