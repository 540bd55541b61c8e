import {
  BACKWARDS,
  jsonEvent,
  KurrentDBClient,
  NO_STREAM,
  NotLeaderError,
  UnknownError,
  type AllStreamResolvedEvent,
} from '@kurrent/kurrentdb-client';
import { setTimeout as delay } from 'node:timers/promises';
import { kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { failure } from '../event-store/kurrentdb-pair';
import { StandInCluster } from './cluster';
import { serverBehaviour } from './server-behaviour';
import { KurrentStandIn, type Version } from './stand-in';

serverBehaviour('the stand-in', async () => {
  const standIn = await KurrentStandIn.start();
  const url = standIn.url;
  return {
    url,
    scavenge: async () => standIn.log.scavenge(),
    fill: async (count) => standIn.log.fill('other-1', count),
    dispose: () => standIn.dispose(),
  };
});

const real = process.env['KURRENTDB_URL'] ?? '';
if (real !== '') {
  const url = kurrentUrl(real);
  serverBehaviour('the server of KURRENTDB_URL', async () => ({
    url,
    ...(/tls=false/.test(url) && { scavenge: () => scavengeOf(url) }),
    fill: (count) => fill(url, count),
    dispose: async () => {},
  }));
}

async function scavengeOf(url: string): Promise<void> {
  const { host } = new URL(url.replace(/^kurrentdb/, 'http'));
  const response = await fetch(`http://${host}/admin/scavenge`, { method: 'POST' });
  if (!response.ok) throw new Error(`the scavenge was refused with ${response.status}`);
}

async function fill(url: string, count: number): Promise<void> {
  const client = KurrentDBClient.connectionString(url);
  for (let left = count; left > 0; left -= 5_000)
    await client.appendToStream(
      'other-1',
      Array.from({ length: Math.min(left, 5_000) }, () => jsonEvent({ type: 'Other', data: {} })),
    );
  await client.dispose();
}

describe('the stand-in', () => {
  let server: KurrentStandIn;
  let client: KurrentDBClient;
  const start = async (version?: Version): Promise<void> => {
    server = await KurrentStandIn.start(undefined, version);
    client = KurrentDBClient.connectionString(server.url);
  };
  afterEach(async () => {
    await client.dispose();
    await server.dispose();
  });
  const append = (count: number, deadline?: number) =>
    client.appendToStream(
      'a-stream',
      Array.from({ length: count }, () => jsonEvent({ type: 'Counted', data: { text: 'x'.repeat(900) } })),
      { ...(deadline !== undefined && { deadline }) },
    );
  /** A subscription that takes nothing off until it is asked to. */
  const subscribe = (maxSearchWindow = 32) =>
    client.subscribeToAll({ filter: { filterOn: 'streamName', prefixes: ['a-'], checkpointInterval: 1, maxSearchWindow } });

  test('as 23.10.8, cuts off a live subscription that cannot keep up with an append of 200 events', async () => {
    await start('23.10.8');
    const subscription = subscribe();
    await new Promise((resolve) => subscription.on('caughtUp', resolve));
    const ended = new Promise<Error>((resolve) => subscription.on('error', resolve));
    await append(200);
    const error = await ended;
    expect(error).toBeInstanceOf(UnknownError);
    expect(error.message).toMatch(/Consumer too slow to handle event while live/);
  });

  test('as 23.10.8, does not cut it off for 100 events', async () => {
    await start('23.10.8');
    const subscription = subscribe();
    let seen = 0;
    await new Promise((resolve) => subscription.on('caughtUp', resolve));
    subscription.on('data', () => (seen += 1));
    await append(100);
    while (seen < 100) await delay(5);
    await subscription.unsubscribe();
  });

  test('as 24.10.13, lets it fall behind instead', async () => {
    await start('24.10.13');
    const subscription = subscribe();
    let seen = 0;
    let fell = 0;
    await new Promise((resolve) => subscription.on('caughtUp', resolve));
    subscription.on('data', () => (seen += 1)).on('fellBehind', () => (fell += 1));
    await append(200);
    while (seen < 200) await delay(5);
    expect(fell).toBe(1);
    await subscription.unsubscribe();
  });

  test('writes nothing by a deadline that is past on its own clock (23.10.8 to 25.1.0)', async () => {
    await start();
    server.faults.clockAheadMs = 8_000;
    expect((await failure(append(1, 5_000))).constructor.name).toBe('DeadlineExceededError');
    expect(server.log.events).toEqual([]);
    await append(1, 3_600_000);
    expect(server.log.events).toHaveLength(1);
  });

  test('goes on with the scan of a read that its client has left, and ends that of a subscription (23.10.8)', async () => {
    await start('23.10.8');
    server.log.fill('other-1', 40_000);
    server.faults.scanUs = 20;
    const reader = client.readAll({ filter: { filterOn: 'streamName', prefixes: ['a-'], checkpointInterval: 1 } });
    const reading = reader[Symbol.asyncIterator]().next();
    while (server.scans === 0) await delay(5);
    await client.dispose();
    await delay(100);
    expect(server.scans).toBe(1);
    await reading;
    client = KurrentDBClient.connectionString(server.url);
    while (server.scans > 0) await delay(20);
    const subscription = subscribe(4096);
    while (server.scans === 0) await delay(1);
    await subscription.unsubscribe();
    await delay(200);
    expect(server.scans).toBe(0);
  });

  test('says that it is busy or not ready with an empty status for appends, as unavailable for reads (25.1.0)', async () => {
    await start();
    for (const fault of ['busy', 'notReady'] as const) {
      server.faults[fault] = 1;
      expect((await failure(append(1))).message).toMatch(/Could not recognize Server Is (Busy|Not Ready)/);
      server.faults[fault] = 1;
      const reading = (async () => {
        for await (const _ of client.readAll({ direction: BACKWARDS, maxCount: 1 }));
      })();
      expect((await failure(reading)).constructor.name).toBe('UnavailableError');
    }
  });

  test('as a node that has lost the others, keeps its subscriptions open and brings nothing (23.10.8)', async () => {
    await start('23.10.8');
    const subscription = subscribe();
    const seen: AllStreamResolvedEvent[] = [];
    await new Promise((resolve) => subscription.on('caughtUp', resolve));
    subscription.on('data', (event: AllStreamResolvedEvent) => seen.push(event));
    server.faults.silence();
    await append(1);
    await delay(100);
    expect(seen).toEqual([]);
    server.faults.speak();
    while (seen.length === 0) await delay(5);
    await subscription.unsubscribe();
  });

  test('as a leader that the others have replaced, answers as the leader from its past, until it knows (23.10.8)', async () => {
    await start('23.10.8');
    const cluster = await StandInCluster.start();
    const [old, next] = [cluster.node(0), cluster.node(1)].map(({ url }) => KurrentDBClient.connectionString(url));
    const count = async (): Promise<number> => {
      let events = 0;
      for await (const _ of old!.readStream('a-stream', { requiresLeader: true })) events += 1;
      return events;
    };
    const event = () => jsonEvent({ type: 'Counted', data: {} });
    await old!.appendToStream('a-stream', event());
    const deposed = cluster.elect(1);
    await next!.appendToStream('a-stream', event(), { streamState: 0n });
    expect(await count()).toBe(1);
    cluster.join(deposed);
    const error = await failure(count());
    expect(error).toMatchObject({ constructor: NotLeaderError, leader: { address: '127.0.0.1', port: cluster.leader.address.port } });
    expect(await count()).toBe(2);
    await Promise.all([old!.dispose(), next!.dispose()]);
    await cluster.dispose();
  });

  test('refuses an append larger than its limit by name, whichever way it came', async () => {
    await start();
    server.log.limit = 1_000;
    expect((await failure(append(3))).constructor.name).toBe('MaxAppendSizeExceededError');
    server.batches = false;
    client = KurrentDBClient.connectionString(server.url);
    expect((await failure(append(3))).constructor.name).toBe('MaxAppendSizeExceededError');
    expect((await failure(client.appendToStream('b', jsonEvent({ type: 't', data: {} }), { streamState: 5n }))).constructor.name).toBe(
      'WrongExpectedVersionError',
    );
    await client.appendToStream('b', jsonEvent({ type: 't', data: {} }), { streamState: NO_STREAM });
  });
});
