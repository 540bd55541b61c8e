import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { until } from '../fixtures/eventually';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { chain, type Chain } from './chain';
import { lived, project, stopAll } from './run';

let server: KurrentStandIn;
let store: KurrentEventStore;
let client: KurrentDBClient;
beforeEach(async () => {
  server = await KurrentStandIn.start();
  store = await KurrentEventStore.open(server.url);
  client = KurrentDBClient.connectionString(server.url);
});
afterEach(async () => {
  await stopAll();
  await client.dispose();
  await store.close();
  await server.dispose();
});

const foreign = (data: object | null) => jsonEvent({ type: 'Foreign', data: data as never });
/** What an operator, or another program, may do to the stream of the project `bad`, whose events are 0 to 3, and where that leaves it. */
const touches: [string, (bad: Chain) => Promise<unknown>, { revision: number; shown: number[] | undefined }][] = [
  ['JSON null', () => client.appendToStream('project-bad', foreign(null)), { revision: 4, shown: [0, 1, 2, 3] }],
  ['an event of another program', () => client.appendToStream('project-bad', foreign({ a: 1 })), { revision: 4, shown: [0, 1, 2, 3] }],
  ['a copy of an event', (bad) => client.appendToStream('project-bad', foreign(bad.events[3]!)), { revision: 4, shown: [0, 1, 2, 3] }],
  ['a tombstone', () => client.tombstoneStream('project-bad'), { revision: 0, shown: undefined }],
];

test.each(touches)('%s that was there before the start parks its project, and no other', async (_, touch, { revision }) => {
  const bad = chain('bad', 4);
  await store.append('bad', -1, bad.events);
  await touch(bad);
  await store.append('good', -1, chain('good', 3).events);
  const { projector, readModel } = project({ store });
  await projector.start();
  expect(await lived(readModel, 'good')).toEqual([0, 1, 2]);
  expect(projector.status()).toMatchObject({ state: 'live', parked: [{ projectId: 'bad', revision, reason: 'HISTORY_BROKEN' }] });
});

test.each(touches)('%s that comes while it runs parks its project, and no other', async (_, touch, { revision }) => {
  const bad = chain('bad', 4);
  await store.append('bad', -1, bad.events);
  const { projector, readModel } = project({ store });
  await projector.start();
  await touch(bad);
  await until(() => projector.parked('bad')?.revision === revision);
  await store.append('good', -1, chain('good', 3).events);
  expect(await projector.reached('good', 2, 5_000)).toBe('reached');
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2, 3]);
  expect(projector.parked('bad')).toMatchObject({ reason: 'HISTORY_BROKEN' });
});

test('a stream that holds no event of a ledger is named in the log, and is no project', async () => {
  await client.appendToStream('project-stray', foreign({ hello: 1 }));
  await client.tombstoneStream('project-never');
  await store.append('good', -1, chain('good', 2).events);
  const { projector, logged } = project({ store });
  await projector.start();
  expect(projector.status()).toMatchObject({ state: 'live', parked: [], strays: 2 });
  expect(logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual(
    Array.from({ length: 2 }, () => 'a stream that is named as a project holds no event of a ledger: it is ignored'),
  );
});

test('a stream whose beginning is hidden and gone parks its project at a start, and no other; unparked, it is looked at again', async () => {
  const bad = chain('bad', 5);
  await store.append('bad', -1, bad.events);
  await store.append('good', -1, chain('good', 2).events);
  await client.setStreamMetadata('project-bad', { truncateBefore: 3 });
  server.log.scavenge();
  const { projector, readModel } = project({ store });
  await projector.start();
  expect(projector.status()).toMatchObject({ state: 'live', parked: [{ projectId: 'bad', revision: 0, reason: 'HISTORY_BROKEN' }] });
  expect(await lived(readModel, 'good')).toEqual([0, 1]);
  expect(await projector.unpark('bad')).toBe(false);
  await store.append('good', 1, chain('good', 3).events.slice(2));
  expect(await projector.reached('good', 2, 5_000)).toBe('reached');
});
