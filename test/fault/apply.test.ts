import { applyThroughKills } from './apply';

test('kill -9 while a set-up is applied, 3 times: it is there wholly or not at all', async () => {
  const { lost } = await applyThroughKills(3);
  expect(lost).toBeGreaterThan(0);
});
