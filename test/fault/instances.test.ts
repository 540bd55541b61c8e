import { describeRedis } from '../fixtures/describe-redis';
import { writeThroughFaults } from './instances';

describeRedis('several instances on one KurrentDB and one Redis', () => {
  test('one killed, Redis emptied, acknowledgements lost: every acknowledged event once, no rule broken, all show the replay', async () => {
    const outcome = await writeThroughFaults({ instances: 2, clients: 16, durationMs: 5_000, killEveryMs: 3_000, emptiedAtMs: 1_000 });
    expect(outcome.done).toBeGreaterThan(20);
    expect(outcome).toMatchObject({ kills: 1, restarts: 1 });
    expect(outcome.faults).toBeGreaterThan(0);
    expect(outcome.shown).toBeGreaterThan(20);
  });
});
