import { setTimeout as sleep } from 'node:timers/promises';
import { parseRedisAddress, type RedisAddress } from '../../src/redis/address';
import { InvalidUserStoreUrl, openUserStore } from '../../src/user-store/open';
import { RedisUserStore } from '../../src/user-store/redis';
import { UserStoreLost, UserStoreUnavailable } from '../../src/user-store/user-store';
import { assignment, event, pepper, record, START, userOf } from '../contract/users';
import { describeRedis } from '../fixtures/describe-redis';
import { DURABLE } from '../fixtures/durable-redis';
import { RedisCluster } from '../fixtures/redis-cluster';
import { RedisServer } from '../fixtures/redis-server';

describeRedis('the user store in Redis', () => {
  let server: RedisServer;
  let ledgers = 0;
  const opened: RedisUserStore[] = [];
  beforeAll(async () => void (server = await RedisServer.start({ lines: DURABLE })));
  afterAll(() => server.stop());
  beforeEach(() => void (ledgers += 1));
  afterEach(async () => void (await Promise.all(opened.splice(0).map((store) => store.close()))));

  async function open(address: RedisAddress = server.address(), pepperId = pepper.id): Promise<RedisUserStore> {
    const store = await RedisUserStore.open(address, { ledgerId: `ledger-${ledgers}`, pepperId, clock: () => START });
    opened.push(store);
    return store;
  }

  test('a Redis that keeps nothing is refused, and what to set is said', async () => {
    const forgetful = await RedisServer.start({ lines: ['maxmemory-policy allkeys-lru'] });
    await expect(open(forgetful.address())).rejects.toThrow(UserStoreUnavailable);
    await expect(open(forgetful.address())).rejects.toThrow(
      'this Redis would lose what it acknowledged. Set appendonly yes (it is no), appendfsync always (it is everysec), maxmemory-policy noeviction (it is allkeys-lru), or name another one',
    );
    await forgetful.stop();
  });

  test('whether it keeps what it acknowledges is asked again when a connection was lost', async () => {
    const store = await open();
    await store.setProperties('shop', userOf('ada'), { plan: 'pro' });
    await server.command('CONFIG', 'SET', 'appendfsync', 'everysec');
    try {
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
      for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(20)) {
        const refused = await store.load('shop', userOf('ada')).then(
          () => false,
          (error: Error) => error.message.includes('appendfsync always (it is everysec)'),
        );
        if (refused) return;
      }
      throw new Error('it was not refused');
    } finally {
      await server.command('CONFIG', 'SET', 'appendfsync', 'always');
    }
  });

  test('X4: after an older copy of a user was restored, no write has the version that a request had read before', async () => {
    let now = START;
    const store = await RedisUserStore.open(server.address(), { ledgerId: `ledger-${ledgers}`, pepperId: pepper.id, clock: () => now });
    opened.push(store);
    const ada = userOf('ada');
    await store.assign('shop', ada, 0, [assignment('x0')]);
    const { assignmentVersion } = await store.load('shop', ada);
    const [key] = (await server.command('KEYS', `*:ledger-${ledgers}:users:*:user:shop:${ada}`)) as [string];
    await server.command('COPY', key, `${key} backup`);
    now += 10;
    await store.assign('shop', ada, assignmentVersion, [assignment('x1')]);
    const read = await store.load('shop', ada);
    await server.command('COPY', `${key} backup`, key, 'REPLACE');
    now += 10;
    expect(await store.assign('shop', ada, assignmentVersion, [assignment('x2')])).toMatchObject({ stored: true });
    expect(await store.assign('shop', ada, read.assignmentVersion, [assignment('x3')])).toMatchObject({ stored: false });
    expect((await store.load('shop', ada)).assignments.map(({ experiment }) => experiment).sort()).toEqual(['x0', 'x2']);
  });

  test('each call is one round trip', async () => {
    const store = await open();
    await store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0);
    await record(store, userOf('ada'), [event('0', ['c'])]);
    await store.load('shop', userOf('ada'));
    // The first call of a script sends its text.
    await store.assign('shop', userOf('bob'), 0, []);
    await server.command('CONFIG', 'RESETSTAT');
    const begun = performance.now();
    for (let n = 1; n <= 20; n += 1) {
      await record(store, userOf('ada'), [event(`${n}`, ['c']), event(`${n} too`, ['c'])]);
      const { assignmentVersion } = await store.load('shop', userOf('ada'));
      await store.assign('shop', userOf('ada'), assignmentVersion, [assignment(`x${n}`), assignment(`y${n}`)]);
    }
    // Beside them the counters are read again, once a second.
    const beside = Math.ceil((performance.now() - begun) / 1_000);
    const stats = `${(await server.command('INFO', 'commandstats')) as string}`;
    const scripts = Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]);
    expect(scripts).toBeGreaterThanOrEqual(60);
    expect(scripts).toBeLessThanOrEqual(60 + beside);
    expect(stats).not.toContain('cmdstat_eval:');
  });

  test('U4: nothing in Redis holds the id of a user or of an event', async () => {
    const store = await open();
    const user = pepper.keyOf('shop', 'ada@example.org');
    await store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0);
    await record(store, user, [event('ada@example.org bought', ['c'])]);
    await store.assign('shop', user, 0, [assignment('x1')]);
    const keys = (await server.command('KEYS', `*:ledger-${ledgers}:*`)) as string[];
    expect(keys.filter((key) => key.includes(user)).length).toBe(2);
    const dumps = await Promise.all(keys.filter((key) => !key.endsWith(':store')).map((key) => server.command('DUMP', key)));
    expect(`${keys.join()} ${dumps.join()}`).not.toContain('ada');
    expect(await store.forget('shop', user)).toBe(true);
    expect(((await server.command('KEYS', '*')) as string[]).filter((key) => key.includes(user))).toEqual([]);
  });

  test('another pepper is refused, and another ledger has users of its own', async () => {
    await (await open()).setProperties('shop', userOf('ada'), { plan: 'pro' });
    await expect(open(server.address(), '0123456789abcdef')).rejects.toThrow('made with another pepper');
    ledgers += 1;
    expect((await (await open()).load('shop', userOf('ada'))).properties).toEqual({});
  });

  test('U6: one that was emptied is noticed by the first call; nothing is assigned until the loss is accepted', async () => {
    const own = await RedisServer.start({ lines: DURABLE });
    const [store, other] = [await open(own.address()), await open(own.address())];
    const id = await store.identity();
    await store.assign('shop', userOf('ada'), 0, [assignment('x1')]);
    await own.command('FLUSHALL');
    await expect(store.load('shop', userOf('ada'))).rejects.toThrow(UserStoreLost);
    await expect(store.assign('shop', userOf('ada'), 0, [assignment('x2')])).rejects.toThrow(UserStoreLost);
    await expect(record(store, userOf('ada'), [event('1', [])])).rejects.toThrow(UserStoreLost);
    await expect(store.setProperties('shop', userOf('ada'), {})).rejects.toThrow('it was emptied, or has lost a part');
    expect(await store.identity()).toBeUndefined();
    // An instance that comes later finds another store than the ledger knows of.
    expect(await (await open(own.address())).identity()).not.toBe(id);
    await expect(store.load('shop', userOf('ada'))).rejects.toThrow(UserStoreLost);
    expect(await store.acceptLoss()).not.toBe(id);
    expect(await store.assign('shop', userOf('ada'), 0, [assignment('x2')])).toMatchObject({ stored: true });
    await expect(other.load('shop', userOf('ada'))).rejects.toThrow(UserStoreLost);
    // The same loss, accepted at another instance.
    expect(await other.acceptLoss()).toBe(await store.identity());
    expect((await other.load('shop', userOf('ada'))).assignments).toHaveLength(1);
    await own.stop();
  });

  test('U6: a part that was lost is noticed, also by a start on what is left', async () => {
    const store = await open();
    const marker = `${server.address().prefix}:ledger-${ledgers}:users:{${userOf('ada').slice(0, 2)}}:store`;
    expect(await server.command('DEL', marker)).toBe(1);
    expect(await store.identity()).toBeUndefined();
    await expect(store.load('shop', userOf('ada'))).rejects.toThrow(UserStoreLost);
    await expect((await open()).load('shop', userOf('ada'))).rejects.toThrow(UserStoreLost);
    await store.acceptLoss();
    expect(await (await open()).identity()).toBe(await store.identity());
  });

  test('two that open a new store at the same time find the same one, and a making that was broken off is finished', async () => {
    const ids = await Promise.all([open(), open(), open()].map(async (store) => (await store).identity()));
    expect(new Set(ids).size).toBe(1);
    const start = `${server.address().prefix}:ledger-${ledgers}:users:`;
    await server.command('SET', `${start}{00}:store`, `making ${ids[0]} ${pepper.id}`);
    await server.command('DEL', `${start}{ff}:store`);
    expect(await (await open()).identity()).toBe(ids[0]);
  });

  test('U1: killed and started again while 16 write, it has lost nothing that was acknowledged and counted nothing twice', async () => {
    const store = await open();
    await store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0);
    const counted: number[][] = Array.from({ length: 16 }, () => []);
    const assigned: string[][] = Array.from({ length: 16 }, () => []);
    let going = true;
    const writer = async (n: number) => {
      const user = userOf(`writer ${n}`);
      for (let number = 0; going; number += 1) {
        try {
          await record(store, user, [event(`${number}`, ['c'])]);
          counted[n]!.push(number);
          if (number % 5 > 0) continue;
          const { assignmentVersion } = await store.load('shop', user);
          const { stored } = await store.assign('shop', user, assignmentVersion, [assignment(`x${number}`)]);
          if (stored) assigned[n]!.push(`x${number}`);
        } catch (error) {
          if (!(error instanceof UserStoreUnavailable)) throw error;
          number -= 1;
          await sleep(5);
        }
      }
    };
    const writing = Promise.all(counted.map((_, n) => writer(n)));
    const total = () => counted.reduce((sum, { length }) => sum + length, 0);
    for (let kill = 1; kill <= 2; kill += 1) {
      const before = total();
      while (total() < before + 800) await sleep(5);
      await server.kill();
      await sleep(100);
      await server.start();
    }
    const after = total();
    while (total() < after + 200) await sleep(5);
    going = false;
    await writing;
    for (const [n, numbers] of counted.entries()) {
      const { counters, assignments } = await store.load('shop', userOf(`writer ${n}`));
      expect(counters.get('c')!.cells.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
      const experiments = assignments.map(({ experiment }) => experiment);
      expect(assigned[n]!.filter((experiment) => !experiments.includes(experiment))).toEqual([]);
    }
  });

  test('in a cluster users are on all nodes, and a node that lost its part is noticed', async () => {
    const cluster = await RedisCluster.start();
    for (const node of cluster.nodes) {
      await expect(open(cluster.address())).rejects.toThrow('appendfsync always');
      for (const line of DURABLE) await node.command('CONFIG', 'SET', ...line.split(' '));
    }
    const store = await open(cluster.address());
    await store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0);
    const users = Array.from({ length: 60 }, (_, n) => userOf(`${n}`));
    await Promise.all(users.map((user) => record(store, user, [event('1', ['c'])])));
    expect((await store.sample('shop', 100)).sampled.map(({ user }) => user).sort()).toEqual([...users].sort());
    await cluster.nodes[1]!.command('FLUSHALL');
    const found = await Promise.allSettled(users.map((user) => store.load('shop', user)));
    const lost = found.filter((load) => load.status === 'rejected' && load.reason instanceof UserStoreLost).length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(60);
    expect(await store.identity()).toBeUndefined();
    await cluster.stop();
  });

  test('a URL opens what it names, or is refused with what would be one', async () => {
    const options = { dataDir: '/nowhere', ledgerId: async () => `ledger-${ledgers}`, pepperId: pepper.id };
    const store = await openUserStore(`redis://127.0.0.1:${server.port}`, options);
    await store.setProperties('shop', userOf('ada'), { plan: 'pro' });
    await store.close();
    expect((await (await open()).load('shop', userOf('ada'))).properties).toEqual({ plan: 'pro' });
    for (const url of ['redis://', 'kurrentdb://localhost', 'memory:x', 'sqlite'])
      await expect(openUserStore(url, options)).rejects.toThrow(InvalidUserStoreUrl);
    await expect(openUserStore('redis://127.0.0.1:1', options)).rejects.toThrow(UserStoreUnavailable);
    expect(parseRedisAddress('redis', `//127.0.0.1:${server.port}`).prefix).toBe(server.address().prefix);
  });
});
