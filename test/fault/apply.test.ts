import { applyThroughKills } from './apply';

test('kill -9 while a set-up is applied, twice: it is there wholly or not at all', async () => {
  const { lost } = await applyThroughKills(2);
  expect(lost).toBeGreaterThan(0);
});
