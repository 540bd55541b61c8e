import { randomUUID } from 'node:crypto';
import type { LedgerIdentity } from '../../src/read-model/generations';
import type { Checkpoint } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { RedisGenerations } from '../../src/read-model/redis-generations';
import { RedisKeys } from '../../src/read-model/redis-keys';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

const HASH = 'a'.repeat(64);
const HOUR_MS = 3_600_000;
const OLD = '0123456789ab';

/** A ledger whose projects are all at revision 0, with the same hash. */
const ledger = (hash = HASH, id = randomUUID()): LedgerIdentity => ({
  id: async () => id,
  holds: async (_, checkpoint) => checkpoint.revision === 0 && checkpoint.hash === hash,
});

describeRedis('a sweep of Redis', () => {
  let server: RedisServer;
  const opened: RedisGenerations[] = [];
  const open = async (of: LedgerIdentity): Promise<RedisGenerations> => {
    const generations = await RedisGenerations.open(server.address(), of);
    opened.push(generations);
    return generations;
  };
  beforeAll(async () => void (server = await RedisServer.start()));
  beforeEach(() => server.command('FLUSHALL'));
  afterEach(() => Promise.all(opened.splice(0).map((generations) => generations.close())));
  afterAll(() => server.stop());

  /** A project in the generation with these names. */
  const fill = async (keys?: RedisKeys, projectId = 'shop', checkpoint: Checkpoint = { revision: 0, hash: HASH, occurredAt: 1 }) => {
    const readModel = await RedisReadModel.open(server.address(), keys);
    await readModel.commit({ projectId, expectedRevision: -1, checkpoint, writes: [], log: { times: [1], labels: new Map() } });
    await readModel.close();
  };
  /** A generation as the version before made it, last asked for so long ago. */
  const makeOld = async (seenAgoMs: number, id = OLD): Promise<void> => {
    await fill(new RedisKeys(`ledger:${id}:`));
    const now = Date.now();
    const fields = { 'live:1': id, [`version:${id}`]: '1', [`made:${id}`]: `${now}`, [`built:${id}`]: '1', 'seen:1': `${now - seenAgoMs}` };
    await server.command('HSET', 'ledger:generations', ...Object.entries(fields).flat());
  };
  const oldKeys = async () => (await server.command('KEYS', '*ledger:0123456789ab:*')) as string[];
  const checkpointIn = async (generations: RedisGenerations, id: string): Promise<Checkpoint | undefined> => {
    const { readModel } = await generations.open(id);
    const [checkpoint] = await readModel.checkpointsOf(['shop']);
    await generations.release({ readModel });
    return checkpoint;
  };

  test('deletes no key of another application', async () => {
    const foreign = ['ledger:2024:balance', 'ledger:fee:eur', 'ledger:0123456789ab:projects', '{ledger:0123456789ab:shop}:checkpoint'];
    const like = ['experience-ledger:2024:balance', 'experience-ledger:0123456789ab:projects', 'ledger:generations'];
    for (const key of [...foreign, ...like]) await server.command('SET', key, 'of another application');
    const generations = await open(ledger());
    await generations.live('1');
    await generations.sweep(0, 0);
    expect(await server.command('EXISTS', ...foreign, ...like)).toBe(foreign.length + like.length);
  });

  test('of two ledgers on one Redis, each deletes its own alone', async () => {
    const [one, other] = [await open(ledger()), await open(ledger())];
    const [first, second] = [await one.live('1'), await other.live('1')];
    expect(second).not.toBe(first);
    await one.open(first).then(({ readModel }) => readModel.close());
    const kept = (await server.command('KEYS', '*')) as string[];
    for (const generations of [one, other]) await generations.sweep(HOUR_MS, 0);
    expect(((await server.command('KEYS', '*')) as string[]).sort()).toEqual(kept.sort());
    expect((await one.list()).map(({ id }) => id)).toEqual([first]);
    expect((await other.list()).map(({ id }) => id)).toEqual([second]);
  });

  test('a generation of the old form whose checkpoints fit the ledger is taken over, and read', async () => {
    await makeOld(0);
    const generations = await open(ledger());
    const id = await generations.live('1');
    expect(await generations.list()).toMatchObject([{ id, state: 'LIVE', built: true }]);
    expect(await checkpointIn(generations, id)).toMatchObject({ revision: 0, hash: HASH });
    await generations.sweep(HOUR_MS, 0);
    expect(await checkpointIn(generations, id)).toMatchObject({ revision: 0, hash: HASH });
    // Another ledger with the same history, such as a copy, leaves it to the first.
    const copy = await open(ledger());
    expect(await copy.live('1')).not.toBe(id);
    expect(await checkpointIn(generations, id)).toMatchObject({ revision: 0 });
  });

  test('one that does not fit is left alone, for ever', async () => {
    await makeOld(48 * HOUR_MS);
    const before = (await oldKeys()).sort();
    const generations = await open(ledger('b'.repeat(64)));
    expect(await checkpointIn(generations, await generations.live('1'))).toBeUndefined();
    await generations.sweep(HOUR_MS, 0);
    expect((await oldKeys()).sort()).toEqual(before);
    expect(await server.command('HGET', 'ledger:generations', 'live:1')).toBe(OLD);
  });

  test('one that fits, and that no instance has asked for as long as things are kept, is deleted', async () => {
    await makeOld(0);
    const generations = await open(ledger());
    await generations.live('2');
    await generations.sweep(HOUR_MS, 0);
    expect(await oldKeys()).not.toEqual([]);
    await server.command('HSET', 'ledger:generations', 'seen:1', `${Date.now() - 2 * HOUR_MS}`);
    await generations.sweep(HOUR_MS, 0);
    expect(await oldKeys()).toEqual([]);
    expect(await server.command('HGET', 'ledger:generations', `version:${OLD}`)).toBeNull();
  });
});
