import { writeThroughKills } from './loaded-server';

test('kill -9 while 16 clients write, twice: what was acknowledged is there, what was not is there wholly or not at all, read models = replay', async () => {
  const { lost } = await writeThroughKills(2, 16);
  expect(lost).toBeGreaterThan(0);
});
