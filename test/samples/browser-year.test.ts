import { relive } from './browser-year';

test('a year over the browser studies: as of 50 random revisions it is what was recorded, diffs lead from one to the other, and what can go back does', async () => {
  const { events, refusals, wentBack, cannot } = await relive(600, 50, 1);
  expect(events).toBeGreaterThan(1_000);
  expect(refusals).toBeGreaterThan(0);
  expect(wentBack).toBeGreaterThan(cannot);
});
