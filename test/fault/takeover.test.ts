import { setTimeout as sleep } from 'node:timers/promises';
import { describeRedis } from '../fixtures/describe-redis';
import { Fleet } from './fleet';
import { createKey, untilShown } from './key-calls';

/** Longer than a lease is held without being renewed. */
const BEYOND_THE_LEASE = 4_500;

describeRedis('the instance that projects', () => {
  let fleet: Fleet;
  let leader: number;
  beforeAll(async () => (fleet = await Fleet.begin({ instances: [{}, {}], cuttable: true })), 60_000);
  beforeEach(async () => (leader = await fleet.leader()), 60_000);
  afterEach(() => fleet.assertReplay(), 60_000);
  afterAll(() => fleet.end());

  test('paused beyond its lease, then continued: it writes no old state, and steps back', async () => {
    const [paused, other] = [fleet.member(leader), fleet.member(1 - leader)];
    const names = Array.from({ length: 20 }, (_, index) => `paused_${index}`);
    const begun = names.map((name) => createKey(paused, 'shop', name));
    // In the middle of what it does, wherever that is.
    await sleep(15);
    paused.signal('SIGSTOP');
    await sleep(BEYOND_THE_LEASE);
    await untilShown(other, 'meanwhile');
    await Promise.all(names.map((name) => createKey(other, 'shop', name)));
    paused.signal('SIGCONT');
    for (const reply of await Promise.all(begun))
      expect('code' in reply ? reply.code : reply.kind).toMatch(/^(done|ALREADY_EXISTS|EVENT_STORE_UNAVAILABLE)$/);
    await untilShown(paused, 'continued');
    expect(await fleet.leader()).toBe(1 - leader);
  });

  test('cut off from Redis beyond its lease: it takes commands, another projects, and when it is back it writes no old state and steps back', async () => {
    const [cutOff, other] = [fleet.member(leader), fleet.member(1 - leader)];
    const begun = Array.from({ length: 20 }, (_, index) => createKey(cutOff, 'shop', `begun_${index}`));
    await sleep(15);
    fleet.way(leader).cut();
    await sleep(BEYOND_THE_LEASE);
    await untilShown(other, 'elsewhere');
    for (const reply of await Promise.all(begun)) expect(reply.kind).toBe('done');
    expect(await createKey(cutOff, 'shop', 'cut_off')).toMatchObject({ kind: 'done', version: undefined });
    expect((await cutOff.readiness()).status).toBe(503);
    fleet.way(leader).heal();
    await untilShown(cutOff, 'healed');
    expect(await fleet.leader()).toBe(1 - leader);
  });
});
