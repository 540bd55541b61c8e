import type { LedgerIdentity } from '../../src/read-model/generations';
import { MemoryGenerations } from '../../src/read-model/memory-generations';
import { RedisGenerations } from '../../src/read-model/redis-generations';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisCluster } from '../fixtures/redis-cluster';
import { RedisServer } from '../fixtures/redis-server';
import { generationsContract } from './generations';

const ID = '6f1c3f0e-5a0b-4a53-9d0e-0b8f6f5f1d11';
const LEDGER: LedgerIdentity = { id: async () => ID, holds: async () => false };

generationsContract('memory', async () => new MemoryGenerations());

describeRedis('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());
  generationsContract('Redis', () => RedisGenerations.open(server.address(), LEDGER));

  test('instances agree on which is live, and see what another builds', async () => {
    const [one, other] = [await RedisGenerations.open(server.address(), LEDGER), await RedisGenerations.open(server.address(), LEDGER)];
    const live = await Promise.all([one.live('together'), other.live('together')]);
    expect(new Set(live).size).toBe(1);
    const built = await one.begin('together');
    await expect(other.begin('together')).rejects.toThrow('is being built already');
    await one.promote('together', built);
    expect(await other.live('together', live[0])).toBe(built);
    await Promise.all([one.close(), other.close()]);
  });

  test('when the registry is lost, the generation that an instance reads is the live one again; keys that no registry knows are deleted', async () => {
    const one = await RedisGenerations.open(server.address(), LEDGER);
    const mine = await one.live('lost');
    const start = `experience-ledger:${ID}:`;
    await server.command('DEL', `${start}generations`);
    const leftOver = [`{${start}0123456789ab:shop}:checkpoint`, `${start}0123456789ab:projects`];
    for (const key of leftOver) await server.command('SET', key, 'left over');
    await server.command('SET', `{${start}0123456789ab:}:ledger`, ID);
    // The same without a marker: nothing proves that it is ours.
    await server.command('SET', `${start}0123456789ac:projects`, 'unmarked');
    expect(await one.live('lost', mine)).toBe(mine);
    expect(await one.sweep(60_000, 0)).toContain('0123456789ab');
    expect(await server.command('EXISTS', ...leftOver, `{${start}0123456789ab:}:ledger`)).toBe(0);
    expect(await server.command('EXISTS', `${start}0123456789ac:projects`, `${start}generations`)).toBe(2);
    await one.close();
  });
});

describeRedis('Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => void (cluster = await RedisCluster.start()), 30_000);
  afterAll(() => cluster.stop());
  generationsContract('Redis Cluster of three masters', () => RedisGenerations.open(cluster.address(), LEDGER));
});
