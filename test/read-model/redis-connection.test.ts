import { MemoryEventStore } from '../../src/event-store/memory';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { parseRedisAddress, type RedisAddress } from '../../src/redis/address';
import { until } from '../fixtures/eventually';
import { RedisPair } from '../fixtures/redis-sentinel';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { chain } from '../projector/chain';
import { lived, project, stopAll, reachedWithin } from '../projector/run';

const PASSWORD = 'open-sesame';

describeRedis('how Redis is reached', () => {
  let server: RedisServer;
  beforeAll(
    async () =>
      void (server = await RedisServer.start({
        password: PASSWORD,
        lines: ['user ada on >lace ~experience-ledger:* ~{experience-ledger:* +@all'],
      })),
  );
  afterAll(() => server.stop());

  async function using<Result>(address: RedisAddress, use: (readModel: RedisReadModel) => Promise<Result>): Promise<Result> {
    const readModel = await RedisReadModel.open(address);
    try {
      return await use(readModel);
    } finally {
      await readModel.close();
    }
  }
  const commit = (readModel: RedisReadModel) =>
    readModel.commit({
      projectId: 'shop',
      expectedRevision: -1,
      checkpoint: { revision: 0, hash: 'h', occurredAt: 1 },
      writes: [],
      log: { times: [1], labels: new Map([['kind:key', [0]]]) },
    });

  test('with a password, as a user who may use our keys alone, in another database and under another prefix: each apart', async () => {
    expect(await using(server.address(), commit)).toBe(true);
    expect(await using(server.address(), commit)).toBe(false);
    expect(await using(server.address('/3'), commit)).toBe(true);
    expect(await using(server.address('?prefix=staging'), commit)).toBe(true);
    const asAda = parseRedisAddress('redis', `//ada:lace@127.0.0.1:${server.port}`);
    expect(await using(asAda, (readModel) => readModel.projectIds())).toEqual(['shop']);
    expect(
      await using({ ...asAda, prefix: 'staging' }, (readModel) => readModel.projectIds().catch((error: unknown) => error)),
    ).toBeInstanceOf(ReadModelUnavailable);
  });

  test('with a wrong password it is unavailable, and the error says why without the password', async () => {
    const wrong = parseRedisAddress('redis', `//:hunter2@127.0.0.1:${server.port}`);
    const error = await using(wrong, (readModel) => readModel.projectIds().catch((thrown: unknown) => thrown));
    expect(error).toBeInstanceOf(ReadModelUnavailable);
    expect((error as Error).message).toMatch(/WRONGPASS/);
    expect(JSON.stringify([error, (error as Error).stack, (error as Error).cause])).not.toMatch(/hunter2/);
  });

  test('where no one listens it is unavailable, and the error says that', async () => {
    const nowhere = parseRedisAddress('redis', '//127.0.0.1:1');
    const error = await using(nowhere, (readModel) => readModel.projectIds().catch((thrown: unknown) => thrown));
    expect(error).toBeInstanceOf(ReadModelUnavailable);
    expect((error as Error).message).toMatch(/ECONNREFUSED/);
  });
});

describeRedis('a master behind Sentinel', () => {
  test('when it is gone, the replica that takes its place is found, and what it had not got is made again', async () => {
    const pair = await RedisPair.start(PASSWORD);
    const readModel = await RedisReadModel.open(pair.address(PASSWORD));
    try {
      const store = new MemoryEventStore();
      const { events } = chain('shop', 12);
      await store.append('shop', -1, events.slice(0, 6));
      const { projector } = project({ store, readModel });
      await projector.start();
      // The replica is cut off: it misses what the master acknowledges now.
      await until(() => projector.status().state === 'live');
      pair.replica.freeze();
      await store.append('shop', 5, events.slice(6, 9));
      expect(await projector.reached('shop', 8, 5_000)).toBe('reached');
      await pair.master.kill();
      pair.replica.thaw();
      await store.append('shop', 8, events.slice(9));
      // Sentinel may give up on the replica once or twice while it still looks dead, and waits two seconds each time.
      expect(await reachedWithin(projector, 'shop', 11, 30_000)).toBe('reached');
      expect(await pair.masterPort()).toBe(pair.replica.port);
      expect(await lived(readModel, 'shop')).toEqual([...events.keys()]);
    } finally {
      await stopAll();
      await readModel.close();
      await pair.stop();
    }
  });
});
