import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { RedisConnection } from '../../src/redis/connection';
import { RedisKeys } from '../../src/read-model/redis-keys';
import { RedisResumePoints, RESUME } from '../../src/read-model/redis-resume';
import type { ResumePoint, StreamSummary } from '../../src/read-model/generations';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

const keys = new RedisKeys('test:ledger:generation:');
const head = (revision: number): StreamSummary => ({ head: { revision, hash: `hash ${revision}` } });
const point = (position: string, projects: Record<string, StreamSummary>): ResumePoint => ({
  position,
  kinds: ['1 KeyCreated'],
  projects: new Map(Object.entries(projects)),
});

describeRedis('the resume point in Redis', () => {
  let server: RedisServer;
  let connections: RedisConnection[];
  beforeAll(async () => {
    server = await RedisServer.start();
    connections = [];
  });
  beforeEach(() => server.command('FLUSHALL'));
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await server.stop();
  });

  async function instance(): Promise<RedisResumePoints> {
    const connection = new RedisConnection(server.address(), { ledgerResume: RESUME }, ReadModelUnavailable);
    connections.push(connection);
    await connection.settle();
    return new RedisResumePoints(connection, keys.resume);
  }

  test('is what was stored last, also of many projects', async () => {
    const points = await instance();
    expect(await points.load()).toBeUndefined();
    const many = Object.fromEntries(Array.from({ length: 12_000 }, (_, at) => [`p${at}`, head(at)]));
    await points.replace(point('1/1/aaaaaaaa', many));
    expect(await points.load()).toEqual(point('1/1/aaaaaaaa', many));
    const damaged = { p3: { damage: { revision: 7, why: 'a link' } }, 'new: project': head(0) };
    expect(await points.advance(point('2/2/bbbbbbbb', damaged))).toBe(true);
    expect(await (await instance()).load()).toEqual(point('2/2/bbbbbbbb', { ...many, ...damaged }));
    await points.replace(point('3/3/cccccccc', { p3: head(8) }));
    expect(await points.load()).toEqual(point('3/3/cccccccc', { p3: head(8) }));
  });

  test('is not added to where it is gone, or where another instance has stored its own', async () => {
    const [one, other] = [await instance(), await instance()];
    expect(await one.advance(point('1', { a: head(1) }))).toBe(false);
    await one.replace(point('1', { a: head(1), b: head(1) }));
    await server.command('DEL', keys.resume);
    expect(await one.advance(point('2', { a: head(2) }))).toBe(false);
    expect(await one.load()).toBeUndefined();
    await one.replace(point('2', { a: head(2), b: head(1) }));
    await other.replace(point('1', { a: head(1), b: head(1) }));
    expect(await one.advance(point('3', { b: head(2) }))).toBe(false);
    expect(await one.load()).toEqual(point('1', { a: head(1), b: head(1) }));
  });

  test('is none where its writing was cut short, and where something else has come to be there', async () => {
    const points = await instance();
    await points.replace(point('1', { a: head(1) }));
    await server.command('HDEL', keys.resume, 'position');
    expect(await points.load()).toBeUndefined();
    await server.command('SET', keys.resume, 'odd');
    expect(await points.load()).toBeUndefined();
    await points.replace(point('2', { a: head(2) }));
    expect(await points.load()).toEqual(point('2', { a: head(2) }));
  });

  test('has a name by which it is deleted with its generation', () => {
    expect(keys.has(keys.resume)).toBe(true);
  });
});
