import { writeThroughFaults } from './instances';

test('three instances, 64 clients for 60 s, one killed every 5 s, Redis emptied once and set back once, acknowledgements lost', async () => {
  const outcome = await writeThroughFaults({
    instances: 3,
    clients: 64,
    durationMs: 60_000,
    killEveryMs: 5_000,
    emptiedAtMs: 18_000,
    setBackAtMs: 42_000,
    atLeast: { done: 200, faults: 20, shown: 100 },
  });
  console.log(outcome);
  expect(outcome.kills).toBeGreaterThanOrEqual(5);
  expect(outcome.restarts).toBe(2);
});
