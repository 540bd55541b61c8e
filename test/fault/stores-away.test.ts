import { describeRedis } from '../fixtures/describe-redis';
import { timed } from '../fixtures/elapsed';
import { Fleet, untilReady } from './fleet';
import { createKey, shownKeys } from './key-calls';

describeRedis('a start', () => {
  let fleet: Fleet;
  afterEach(() => fleet.end());

  test('without Redis: it listens, is not ready, takes commands and refuses queries; when Redis comes, all is shown', async () => {
    fleet = await Fleet.begin({ instances: [{}], as: 'listening', here: true, away: 'redis' });
    const member = fleet.member(0);
    expect(await member.readiness()).toMatchObject({ status: 503 });
    await fleet.createProjects();
    const { result, ms } = await timed(createKey(member, 'shop', 'size'));
    expect(result).toMatchObject({ kind: 'done', version: undefined });
    expect(ms).toBeLessThan(1_500);
    expect((await shownKeys(member, 'shop')).code).toBe('READ_MODEL_UNAVAILABLE');
    await fleet.redis.start();
    await untilReady(member);
    expect((await shownKeys(member, 'shop')).names).toEqual(['size']);
    await fleet.assertReplay();
  });

  test('without KurrentDB: it listens and is not ready; when KurrentDB comes, it is', async () => {
    fleet = await Fleet.begin({ instances: [{}], as: 'listening', here: true, away: 'store' });
    const member = fleet.member(0);
    expect(await member.readiness()).toMatchObject({ status: 503 });
    expect(await createKey(member, 'shop', 'size')).toMatchObject({ kind: 'error', code: 'EVENT_STORE_UNAVAILABLE' });
    await fleet.store.start();
    await untilReady(member);
    await fleet.createProjects();
    expect(await createKey(member, 'shop', 'size')).toMatchObject({ kind: 'done', version: 1 });
    await fleet.assertReplay();
  });
});
