import { MemoryEventStore } from '../../src/event-store/memory';
import type { Projector } from '../../src/projector/projector';
import { ReadModelUnavailable, type ReadModel } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { RedisCluster } from '../fixtures/redis-cluster';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { chain } from '../projector/chain';
import { COLLECTIONS } from '../projector/revision-lists';
import { project, replayed, stopAll, reachedWithin } from '../projector/run';

const PROJECTS = Array.from({ length: 8 }, (_, at) => `shop-${at}`);
const LENGTH = 40;

/** A ledger of a few projects that grows on request, and what a projector makes of it in Redis. */
class World {
  /** How many events its projector has projected. */
  projected = 0;
  readonly chains = PROJECTS.map((id) => chain(id, LENGTH));
  private appended = 0;

  private constructor(
    readonly store: MemoryEventStore,
    readonly readModel: RedisReadModel,
    readonly projector: Projector,
  ) {}

  static async start(open: () => Promise<RedisReadModel>): Promise<World> {
    const readModel = await open();
    const store = new MemoryEventStore();
    const observer = { projected: (_: string, __: unknown, events: number) => void (world.projected += events) };
    const world: World = new World(store, readModel, project({ store, readModel, observer }).projector);
    await world.append(20);
    await world.projector.start();
    return world;
  }

  /** Some more events of every project. */
  async append(count: number): Promise<void> {
    for (const { projectId, events } of this.chains) {
      await this.store.append(projectId, this.appended - 1, events.slice(this.appended, this.appended + count));
    }
    this.appended += count;
  }

  /** Waits until the projector is up to date again, then compares every byte with a replay. */
  async expectWhole(readModel: ReadModel = this.readModel): Promise<void> {
    const last = this.appended - 1;
    const reached = await Promise.all(PROJECTS.map((id) => reachedWithin(this.projector, id, last, 8_000)));
    expect(new Set(reached)).toEqual(new Set(['reached']));
    await until(() => this.projector.status().state === 'live');
    for (const { projectId, events } of this.chains) {
      expect(await dump(readModel, projectId, COLLECTIONS)).toBe(await replayed(projectId, events.slice(0, this.appended)));
    }
    expect(await readModel.projectIds()).toEqual(PROJECTS);
  }
}

describeRedis('Redis that fails', () => {
  let server: RedisServer;
  let world: World;
  const opened: RedisReadModel[] = [];
  const open = async (): Promise<RedisReadModel> => {
    const readModel = await RedisReadModel.open(server.address());
    opened.push(readModel);
    return readModel;
  };

  beforeAll(async () => void (server = await RedisServer.start()));
  beforeEach(async () => {
    await server.command('FLUSHALL');
    world = await World.start(open);
  });
  afterEach(async () => {
    await stopAll();
    await Promise.all(opened.splice(0).map((readModel) => readModel.close()));
  });
  afterAll(() => server.stop());

  test('restarted empty: meanwhile it is refused and nothing counts as reached; then all is there again', async () => {
    await server.kill();
    await until(() => world.projector.status().state === 'retrying');
    await expect(world.readModel.get('shop-0', 'revisions', ['all'])).rejects.toThrow(ReadModelUnavailable);
    expect(await world.projector.reached('shop-0', 19, 50)).toBe('timeout');
    await world.append(10);
    await server.start();
    await world.expectWhole();
  });

  test('restarted from a file that has not the newest writes: they are made again', async () => {
    await server.command('SAVE');
    await world.append(10);
    await world.expectWhole();
    await server.kill();
    await server.start();
    await world.expectWhole();
    await server.command('FLUSHALL');
    await server.command('SAVE');
  });

  test('emptied while the connection stands: it is noticed though no one asks and nothing is appended', async () => {
    await server.command('FLUSHALL');
    await until(() => world.projector.status().lastError !== undefined);
    await world.expectWhole();
  });

  test('emptied: who asks is refused, rather than informed that there is nothing; the loss is reported once', async () => {
    await stopAll();
    const reader = await open();
    let reported = 0;
    reader.checkpoints.listen({ invalidated: () => void reported++ });
    await reader.get('shop-0', 'revisions', ['all']);
    await server.command('FLUSHALL');
    const query = { collection: 'revisions', sort: { by: 'name', descending: false }, limit: 5, from: 'start' } as const;
    const calls: (() => Promise<unknown>)[] = [() => reader.get('shop-0', 'revisions', ['all']), () => reader.list('shop-0', query)];
    for (const call of calls) await expect(call()).rejects.toThrow(/lost documents of project shop-0: it was at revision 19/);
    // Nor does any reading accept the loss, be it of what is stored.
    expect(await reader.stored.checkpoints(['shop-0'])).toEqual([undefined]);
    calls.push(
      () => reader.checkpoint('shop-0'),
      () => reader.checkpointsOf(['shop-0']),
      () => reader.projectIds(),
    );
    for (const call of calls) await expect(call()).rejects.toThrow(/lost documents/);
    expect(reported).toBe(1);
  });

  test('frozen: it is refused; when it goes on, so does the projection', async () => {
    server.freeze();
    try {
      await expect(world.readModel.get('shop-0', 'revisions', ['all'])).rejects.toThrow(ReadModelUnavailable);
      await expect(world.readModel.projectIds()).rejects.toThrow(ReadModelUnavailable);
      await world.append(10);
    } finally {
      server.thaw();
    }
    await world.expectWhole();
  });

  test('paused, out of memory for a while, or without its scripts: it goes on from where it was', async () => {
    await server.command('CLIENT', 'PAUSE', '1500', 'WRITE');
    await world.append(5);
    await world.expectWhole();
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await world.append(5);
    await until(() => /OOM/.test(world.projector.status().lastError?.message ?? ''));
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await world.expectWhole();
    await server.command('SCRIPT', 'FLUSH');
    await world.append(5);
    await world.expectWhole();
  });

  test('the list of projects lost alone, as when the node of a cluster that has it is emptied: it is made again', async () => {
    await server.command('DEL', 'experience-ledger:1:projects');
    await until(() => world.projector.status().lastError !== undefined);
    await world.expectWhole();
  });

  test('of two that commit for the same revisions, each revision is written by one', async () => {
    const [one, other] = [await open(), await open()];
    for (let revision = 0; revision < 100; revision++) {
      const batch = {
        projectId: 'race',
        expectedRevision: revision - 1,
        checkpoint: { revision, hash: `${revision}`, occurredAt: revision },
        writes: [],
        log: { times: [revision], labels: new Map([['kind:key', [revision]]]) },
      };
      const results = await Promise.all([one.commit(batch), other.commit(batch)]);
      expect(results.filter(Boolean)).toHaveLength(1);
    }
    expect((await one.checkpoint('race'))?.revision).toBe(99);
    const log = await one.log('race', { having: [['kind:key']], newestFirst: false, limit: 200 });
    expect(log.revisions).toEqual(Array.from({ length: 100 }, (_, revision) => revision));
  });

  test('two instances: each sees what the other projected, each event is projected once, also while Redis restarts empty', async () => {
    let projected = 0;
    const observer = { projected: (_: string, __: unknown, events: number) => void (projected += events) };
    const second = project({ store: world.store, readModel: await open(), observer });
    await second.projector.start();
    expect(projected).toBe(0);
    await world.append(10);
    expect(await second.projector.reached('shop-7', 29, 5_000)).toBe('reached');
    await world.expectWhole();
    expect(world.projected + projected).toBe(PROJECTS.length * 30);
    await server.kill();
    await world.append(10);
    await server.start();
    expect(await reachedWithin(second.projector, 'shop-7', 39, 8_000)).toBe('reached');
    await world.expectWhole();
    await world.expectWhole(second.readModel);
  });
});

describeRedis('a node of a Redis Cluster that fails', () => {
  let cluster: RedisCluster;
  beforeAll(async () => void (cluster = await RedisCluster.start()), 30_000);
  afterAll(async () => {
    await stopAll();
    await cluster.stop();
  });

  test('restarted empty, or emptied: its projects are made good, and the others were there all the time', async () => {
    const readModel = await RedisReadModel.open(cluster.address());
    try {
      const world = await World.start(async () => readModel);
      await world.expectWhole();
      const [first, second] = cluster.nodes;
      await first!.kill();
      await world.append(5);
      await first!.start();
      await cluster.settled();
      await world.expectWhole();
      await second!.command('FLUSHALL');
      await world.append(5);
      await world.expectWhole();
    } finally {
      await stopAll();
      await readModel.close();
    }
  });
});
