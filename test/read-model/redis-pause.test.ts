import { setTimeout as sleep } from 'node:timers/promises';
import { ReadModelUnavailable, type Checkpoint } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { TcpProxy } from '../fixtures/tcp-proxy';

const CHECKPOINT: Checkpoint = { revision: 0, hash: 'h', occurredAt: 1 };
const QUERY = { collection: 'keys', sort: { by: 'name', descending: false }, limit: 5, from: 'start' } as const;

/** A read of each kind. */
const READS: readonly ((readModel: RedisReadModel) => Promise<unknown>)[] = [
  (readModel) => readModel.get('shop', 'keys', ['size']),
  (readModel) => readModel.list('shop', QUERY),
  (readModel) => readModel.log('shop', { having: [['kind:key']], newestFirst: true, limit: 5 }),
  (readModel) => readModel.checkpoint('shop'),
  (readModel) => readModel.checkpointsOf(['shop']),
  (readModel) => readModel.projectIds(),
];

describeRedis('a Redis that pauses', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let readModel: RedisReadModel;
  beforeAll(async () => void (server = await RedisServer.start()));
  beforeEach(async () => {
    await server.command('FLUSHALL');
    proxy = await TcpProxy.start(server.port);
    const [host] = server.address().hosts;
    readModel = await RedisReadModel.open({ ...server.address(), hosts: [{ ...host!, port: proxy.port }] });
    const log = { times: [1], labels: new Map([['kind:key', [0]]]) };
    await readModel.commit({ projectId: 'shop', expectedRevision: -1, checkpoint: CHECKPOINT, writes: [], log });
  });
  afterEach(async () => {
    await readModel.close();
    await proxy.stop();
  });
  afterAll(() => server.stop());

  /** Reads of all kinds for as long as the pause lasts and a little longer: each must be answered. */
  const readDuring = async (pause: () => Promise<void>): Promise<unknown[]> => {
    const asked: Promise<unknown>[] = [];
    let over = false;
    const ask = () => {
      for (const read of READS) asked.push(read(readModel).catch((error: unknown) => error));
    };
    ask();
    const paused = pause().then(() => void (over = true));
    while (!over) {
      await sleep(50);
      ask();
    }
    await paused;
    ask();
    return (await Promise.all(asked)).filter((answer) => answer instanceof Error);
  };

  test.each([1_500, 3_500])('for %i ms: no read fails, neither those under way nor those that come meanwhile or afterwards', async (ms) => {
    const failed = await readDuring(async () => {
      proxy.cut();
      await sleep(ms);
      proxy.heal();
    });
    expect(failed).toEqual([]);
  });

  test('that breaks its connections: no read fails', async () => {
    const failed = await readDuring(async () => {
      for (let times = 0; times < 5; times++) {
        proxy.cut();
        await sleep(100);
        proxy.drop();
        proxy.heal();
      }
    });
    expect(failed).toEqual([]);
  });

  test('that one command holds up: no other fails', async () => {
    // A script of another client, for longer than a silence may last.
    const slow = server.command('EVAL', 'local e = redis.call("TIME")[1] + 3; repeat until redis.call("TIME")[1] + 0 >= e', '0');
    expect(await readDuring(() => slow.then(() => {}))).toEqual([]);
  });

  test('for good: reads are refused by their deadline, and later ones at once', async () => {
    proxy.cut();
    const answers = await Promise.all(READS.map((read) => read(readModel).catch((error: unknown) => error)));
    expect(answers.map((answer) => answer instanceof ReadModelUnavailable)).toEqual(READS.map(() => true));
    let waited = 0;
    const ticking = setInterval(() => void waited++, 1_000);
    await Promise.all(READS.map(async (read) => expect(read(readModel)).rejects.toThrow(ReadModelUnavailable)));
    clearInterval(ticking);
    // Of five attempts a second none was waited for.
    expect(waited).toBeLessThanOrEqual(2);
  });
});
