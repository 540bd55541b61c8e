import { describeRedis } from '../fixtures/describe-redis';
import { writeThroughFaults } from './instances';

describeRedis('several instances on one KurrentDB and one Redis', () => {
  test('one killed, Redis emptied, acknowledgements lost: every acknowledged event once, no rule broken, all show the replay', async () => {
    const atLeast = { done: 20, faults: 1, shown: 20 };
    const plan = { instances: 2, clients: 16, durationMs: 3_500, killEveryMs: 3_000, kills: 1, emptiedAtMs: 1_000, atLeast };
    expect(await writeThroughFaults(plan)).toMatchObject({ kills: 1, restarts: 1 });
  });
});
