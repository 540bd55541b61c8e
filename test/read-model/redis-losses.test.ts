import { MemoryEventStore } from '../../src/event-store/memory';
import type { Projector } from '../../src/projector/projector';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { describeRedis } from '../fixtures/describe-redis';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { RedisServer } from '../fixtures/redis-server';
import { chain } from '../projector/chain';
import { COLLECTIONS } from '../projector/revision-lists';
import { project, reachedWithin, replayed, stopAll } from '../projector/run';

const QUERY = { collection: 'revisions', sort: { by: 'name', descending: false }, limit: 5, from: 'start' } as const;

describeRedis('a Redis that has lost keys of one project', () => {
  const chains = ['aa', 'bb'].map((id) => chain(id, 60));
  let server: RedisServer;
  let store: MemoryEventStore;
  const opened: RedisReadModel[] = [];
  let readModel: RedisReadModel;
  let projector: Projector;
  let appended = 0;
  let states: string[];
  let watching: NodeJS.Timeout;

  async function open(): Promise<RedisReadModel> {
    const made = await RedisReadModel.open(server.address());
    opened.push(made);
    return made;
  }

  async function append(count: number): Promise<void> {
    for (const { projectId, events } of chains) await store.append(projectId, appended - 1, events.slice(appended, appended + count));
    appended += count;
  }

  /** With the error, if it is another state than it should be. */
  function stateNow(): string {
    const { state, lastError } = projector.status();
    return state === 'live' ? state : `${state}: ${lastError?.message}`;
  }

  beforeAll(async () => void (server = await RedisServer.start()));
  beforeEach(async () => {
    await server.command('FLUSHALL');
    [store, appended] = [new MemoryEventStore(), 0];
    readModel = await open();
    await append(20);
    ({ projector } = project({ store, readModel }));
    await projector.start();
    states = [];
    watching = setInterval(() => states.push(stateNow()), 1);
  });
  afterEach(async () => {
    clearInterval(watching);
    await stopAll();
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });
  afterAll(() => server.stop());

  async function expectWhole(): Promise<void> {
    for (const { projectId, events } of chains) {
      expect(await reachedWithin(projector, projectId, appended - 1, 8_000)).toBe('reached');
      expect(await dump(readModel, projectId, COLLECTIONS)).toBe(await replayed(projectId, events.slice(0, appended)));
    }
    expect(projector.status().parked).toEqual([]);
  }

  async function deleteKeys(ending: string): Promise<void> {
    const keys = (await server.command('KEYS', `*aa}:${ending}`)) as string[];
    expect(keys.length).toBeGreaterThan(0);
    await server.command('DEL', ...(keys as [string]));
  }

  /** Whatever is read of it is refused or right. */
  async function expectNoWrongAnswer(read: () => Promise<unknown>, right: unknown): Promise<void> {
    const answer = await read().catch((error: unknown) => error);
    if (!(answer instanceof ReadModelUnavailable)) expect(answer).toEqual(right);
  }

  const READS: Readonly<Record<string, () => Promise<unknown>>> = {
    get: () => readModel.get('aa', 'revisions', ['all']),
    list: () => readModel.list('aa', { ...QUERY, text: `${Math.random()}`.slice(9) }).then(({ total }) => total >= 0),
    sorted: () => readModel.list('aa', { ...QUERY, limit: 4 }).then(({ total }) => total),
    log: () => readModel.log('aa', { having: [['type:Noted']], newestFirst: false, limit: 100 }),
    times: () => readModel.log('aa', { having: [], newestFirst: false, limit: 100 }),
  };

  test.each(['times', 'labels', 'log:type:Noted', 'documents:revisions', 'index:revisions', 'order:revisions', 'checkpoint', '*'])(
    '%s: no read gives a wrong answer, and the project is projected again by itself',
    async (ending) => {
      const right = Object.fromEntries(await Promise.all(Object.entries(READS).map(async ([name, read]) => [name, await read()] as const)));
      await deleteKeys(ending);
      for (const [name, read] of Object.entries(READS)) await expectNoWrongAnswer(read, right[name]);
      await append(1);
      await expectWhole();
      if (ending !== 'checkpoint' && ending !== '*') expect(new Set(states)).toEqual(new Set(['live']));
    },
  );

  test('a key of another type: the project is projected again, and the other does not wait', async () => {
    await deleteKeys('times');
    await server.command('LPUSH', ((await server.command('KEYS', '*bb}:times')) as string[])[0]!.replace('bb}', 'aa}'), 'x');
    await append(1);
    expect(await projector.reached('bb', appended - 1, 2_000)).toBe('reached');
    await expectWhole();
    expect(new Set(states)).toEqual(new Set(['live']));
  });

  test('an instance that does not project, and finds it, has it projected again', async () => {
    const reader = await open();
    const lease = { hold: async () => false, release: async () => {} };
    const parkedRegistry = { all: async () => [], put: async () => {}, remove: async () => {} };
    const second = project({ store, readModel: reader, lease, parkedRegistry });
    await second.projector.start();
    await deleteKeys('documents:revisions');
    await expect(reader.get('aa', 'revisions', ['all'])).rejects.toThrow(ReadModelUnavailable);
    await until(() => second.projector.status().state === 'live' && projector.status().state === 'live');
    expect(await reachedWithin(second.projector, 'aa', appended - 1, 8_000)).toBe('reached');
    await expectWhole();
  });
});
