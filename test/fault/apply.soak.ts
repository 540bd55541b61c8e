import { applyThroughKills } from './apply';

test('kill -9 while a set-up is applied, 30 times', async () => {
  const { lost } = await applyThroughKills(30);
  expect(lost).toBeGreaterThan(10);
});
