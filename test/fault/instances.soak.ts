import { withstand } from './instances';

test('three instances, 64 clients for 60 s, one killed every 5 s, Redis emptied once and set back once, acknowledgements lost', async () => {
  const outcome = await withstand({
    instances: 3,
    clients: 64,
    milliseconds: 60_000,
    killEvery: 5_000,
    emptiedAt: 18_000,
    setBackAt: 42_000,
  });
  console.log(outcome);
  expect(outcome.done).toBeGreaterThan(200);
  expect(outcome.kills).toBeGreaterThanOrEqual(5);
  expect(outcome.restarts).toBe(2);
  expect(outcome.faults).toBeGreaterThan(20);
  expect(outcome.shown).toBeGreaterThan(100);
});
