import { relive } from './browser-year';

test.each([1, 2, 3])('a year of 10,000 changes over the browser studies, looked back at 500 times (seed %i)', async (seed) => {
  const { events, wentBack, cannot } = await relive(10_000, 500, seed);
  expect(events).toBeGreaterThan(9_000);
  expect(wentBack).toBeGreaterThan(cannot);
  expect(cannot).toBeGreaterThan(0);
});
