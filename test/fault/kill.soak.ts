import { writeThroughKills } from './loaded-server';

test('kill -9 amid 64 clients, 20 times', async () => {
  const { lost, done } = await writeThroughKills(20);
  expect(lost).toBeGreaterThan(20);
  expect(done).toBeGreaterThan(1_000);
});
