import { compareUsers, wrongShares } from './browser-users';

test('500 users get from the carried catalogue what the published studies give them, in the published shares', () => {
  const compared = compareUsers(500, 1);
  expect(compared.differences.slice(0, 5)).toEqual([]);
  expect(wrongShares(compared)).toEqual([]);
  expect(compared.rolledOut).toBeGreaterThan(1_000);
  expect(compared.variants.size).toBeGreaterThan(5);
});
