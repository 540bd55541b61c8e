import { describeRedis } from '../fixtures/describe-redis';
import { DURABLE } from '../fixtures/durable-redis';
import { RedisServer } from '../fixtures/redis-server';
import { serveThroughKills } from './user-data-kills';

test('kill -9 of a server again and again while 64 clients evaluate and send events', async () => {
  const { problems, unanswered } = await serveThroughKills({ kills: 12, betweenMs: 3_000, clients: 64, counted: true });
  expect(problems).toEqual([]);
  expect(unanswered).toBeGreaterThan(0);
});

describeRedis('with its users in a Redis', () => {
  test('kill -9 of the server and of the Redis in turn while 64 clients evaluate and send events', async () => {
    const redis = await RedisServer.start({ lines: DURABLE });
    try {
      const { problems, unanswered } = await serveThroughKills({ kills: 8, betweenMs: 3_000, clients: 64, redis, counted: true });
      expect(problems).toEqual([]);
      expect(unanswered).toBeGreaterThan(0);
    } finally {
      await redis.stop();
    }
  });
});
