import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { RedisConnection } from '../../src/redis/connection';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisCluster } from '../fixtures/redis-cluster';
import { RedisServer } from '../fixtures/redis-server';

/** The client's sockets, which report whatever a network or TLS can. Nodes of a cluster that nothing was asked of have none. */
const socketsOf = (connection: RedisConnection): NodeJS.EventEmitter[] => {
  const { client } = connection as unknown as { client: Redis | Cluster };
  const nodes: readonly { readonly stream?: NodeJS.EventEmitter }[] = 'nodes' in client ? client.nodes() : [client];
  return nodes.flatMap(({ stream }) => stream ?? []);
};
const reportsTwo = (socket: NodeJS.EventEmitter): void => {
  for (const what of ['first', 'second']) socket.emit('error', new Error(`the ${what} error of a socket`));
};

describeRedis('a connection to Redis', () => {
  test.each([
    ['one server', () => RedisServer.start()],
    ['a cluster', () => RedisCluster.start()],
  ])('%s: a socket that reports two errors does not end the process, while it is in use or when it has been closed', async (_, start) => {
    const server = await start();
    const opened = [0, 1].map(() => new RedisConnection(server.address(), {}, ReadModelUnavailable));
    try {
      for (const [at, connection] of opened.entries()) {
        await connection.settle();
        await connection.ask((client) => client.set('a', 'b'));
        const sockets = socketsOf(connection);
        expect(sockets.length).toBeGreaterThan(0);
        if (at === 1) connection.close();
        for (const socket of sockets) expect(() => reportsTwo(socket)).not.toThrow();
      }
    } finally {
      for (const connection of opened) connection.close();
      await server.stop();
    }
  });

  test.each([
    ['one server', () => RedisServer.start()],
    ['a cluster', () => RedisCluster.start()],
  ])('%s: a client that has given up begins again, unless it has been closed', async (_, start) => {
    const server = await start();
    const connection = new RedisConnection(server.address(), {}, ReadModelUnavailable);
    const { client } = connection as unknown as { client: Redis | Cluster };
    try {
      await connection.settle();
      const ended = new Promise<void>((resolve) => client.once('end', resolve));
      client.disconnect();
      await ended;
      await connection.settle();
      expect(await connection.ask((again) => again.set('a', 'b'))).toBe('OK');
    } finally {
      connection.close();
      await server.stop();
    }
    await sleep(200);
    expect(client.status).toMatch(/^(end|close)$/);
  });
});
