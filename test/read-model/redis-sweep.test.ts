import { RedisGenerations } from '../../src/read-model/redis-generations';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

describeRedis('a sweep of Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  beforeEach(() => server.command('FLUSHALL'));
  afterAll(() => server.stop());

  test.failing('deletes no key of another application', async () => {
    const foreign = ['ledger:2024:balance', 'ledger:fee:eur', 'ledger:0123456789ab:projects', '{ledger:0123456789ab:shop}:checkpoint'];
    for (const key of foreign) await server.command('SET', key, 'of another application');
    const generations = await RedisGenerations.open(server.address());
    try {
      await generations.live('1');
      await generations.sweep(0, 0);
    } finally {
      await generations.close();
    }
    expect(await server.command('EXISTS', ...foreign)).toBe(foreign.length);
  });
});
