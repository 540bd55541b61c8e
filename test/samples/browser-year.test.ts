import { relive } from './browser-year';

test('a year over the browser studies: as of 15 random revisions it is what was recorded, diffs lead from one to the other, and what can go back does', async () => {
  const { events, refusals, wentBack, cannot } = await relive(150, 15, 1);
  expect(events).toBeGreaterThan(200);
  expect(refusals).toBeGreaterThan(0);
  expect(wentBack).toBeGreaterThan(cannot);
});
