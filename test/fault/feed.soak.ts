import { RedisServer } from '../fixtures/redis-server';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { eventsOnDisk } from './disk';
import { followThroughKills } from './feed-through-kills';

const PLAN = { changes: Number(process.env['CHANGES'] ?? 100_000), subscribers: 50, kills: 10, maxStayMs: 4_000 };

test('SQLite: 50 subscribers that leave at random, kill -9 ten times: each has each of 100,000 changes once, in order', async () => {
  const result = await followThroughKills({
    ...PLAN,
    idsInStore: async (dataDir) => ((await eventsOnDisk(dataDir)).get('shop') ?? []).map(({ id }) => id),
  });
  console.log(result);
  expect(result.events).toBe(PLAN.changes);
});

test('the same on Redis and KurrentDB, with two instances', async () => {
  const redis = await RedisServer.start();
  const kurrent = await KurrentStandIn.start();
  try {
    const result = await followThroughKills({
      ...PLAN,
      instances: 2,
      environment: { EVENT_STORE: kurrent.url, READ_MODEL: `redis://127.0.0.1:${redis.port}` },
      idsInStore: async () => (kurrent.log.stream('project-shop') ?? []).map(({ id }) => id),
    });
    console.log(result);
    expect(result.events).toBe(PLAN.changes);
  } finally {
    await kurrent.dispose();
    await redis.stop();
  }
});
