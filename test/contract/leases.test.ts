import { MemoryLeases } from '../../src/coordination/memory-leases';
import { LEASE_SCRIPTS, RedisLeases } from '../../src/coordination/redis-leases';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { RedisConnection } from '../../src/redis/connection';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { leasesContract } from './leases';

const shared = new MemoryLeases();
leasesContract('memory', async () => ({ leases: shared, close: async () => {} }));

describeRedis('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());

  leasesContract('Redis', async () => {
    const connection = new RedisConnection(server.address(), LEASE_SCRIPTS, ReadModelUnavailable);
    await connection.settle();
    return { leases: new RedisLeases((script, keys, args) => connection.run(script, keys, args)), close: async () => connection.close() };
  });

  test('the key of a lease holds its holder and whether it is able, and expires', async () => {
    const connection = new RedisConnection(server.address(), LEASE_SCRIPTS, ReadModelUnavailable);
    await connection.settle();
    await new RedisLeases((script, keys, args) => connection.run(script, keys, args)).lease('{as-stored}:lease').hold(true);
    expect(await server.command('HKEYS', '{as-stored}:lease')).toEqual(['holder', 'able']);
    expect(await server.command('PTTL', '{as-stored}:lease')).toBeGreaterThan(0);
    connection.close();
  });
});
