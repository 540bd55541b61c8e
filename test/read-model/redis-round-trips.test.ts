import { Redis } from 'ioredis';
import { Reader } from '../../projections/reader';
import { RedisReadModel } from '../../src/read-model/redis';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

describeRedis('how often Redis is asked', () => {
  test('for the projects that are there, not once for each', async () => {
    const server = await RedisServer.start();
    const readModel = await RedisReadModel.open(server.address());
    const operator = new Redis(server.port, '127.0.0.1');
    try {
      const projectIds = Array.from({ length: 300 }, (_, at) => `shop-${at + 100}`);
      const checkpoint = { revision: 0, hash: 'h', occurredAt: 1 };
      const index = { name: '', created: 0, updated: 0, archived: false, text: '', tags: [] };
      for (const id of projectIds) {
        const writes = [{ collection: 'projects', id, document: { id }, index }];
        await readModel.commit({ projectId: id, expectedRevision: -1, checkpoint, writes, log: { times: [1], labels: new Map() } });
      }
      const seen: string[] = [];
      const monitor = await operator.monitor();
      monitor.on('monitor', (_: string, args: readonly string[], source: string) => void (source === 'lua' || seen.push(args[0]!)));
      expect(await readModel.projectIds()).toEqual(projectIds);
      expect(await new Reader(readModel).projects()).toHaveLength(projectIds.length);
      // What is asked is seen in order: so this comes after all of it.
      const marked = new Promise<void>((resolve) =>
        monitor.on('monitor', (_: string, [name]: readonly string[]) => void (name === 'echo' && resolve())),
      );
      await operator.echo('done');
      await marked;
      monitor.disconnect();
      expect(seen.length).toBeLessThan(20);
    } finally {
      operator.disconnect();
      await readModel.close();
      await server.stop();
    }
  });
});
