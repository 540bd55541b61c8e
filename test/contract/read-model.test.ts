import { createMemoryReadModel } from '../../src/read-model/memory';
import { RedisReadModel } from '../../src/read-model/redis';
import { RedisCluster } from '../fixtures/redis-cluster';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { readModelContract } from './read-model';

readModelContract('memory', async () => createMemoryReadModel());

describeRedis('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());
  readModelContract('Redis', () => RedisReadModel.open(server.address()));
});

describeRedis('Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => void (cluster = await RedisCluster.start()), 30_000);
  afterAll(() => cluster.stop());
  readModelContract('Redis Cluster of three masters', () => RedisReadModel.open(cluster.address()));
});
