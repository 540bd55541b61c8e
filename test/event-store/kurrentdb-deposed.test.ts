import { KurrentDBClient, START, type AllStreamResolvedEvent, type Filter } from '@kurrent/kurrentdb-client';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { archiveKey, assertWhole, createKey, describeKey, Instance, restoreKey, wordFor } from '../application/instance';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import { StandInCluster } from '../kurrentdb-stand-in/cluster';
import { failure } from './kurrentdb-pair';

/** How long a deposed leader was seen to answer from its past after it woke, in milliseconds. */
const PAST_MS = 1_300;

let cluster: StandInCluster;
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  cluster = await StandInCluster.start();
});
afterEach(async () => {
  for (const node of cluster.nodes) node.faults.thaw();
  await Promise.all(open.splice(0).map((store) => store.close()));
  await cluster.dispose();
});

async function store(url = cluster.url, timeoutMs = 5_000): Promise<KurrentEventStore> {
  const opened = await KurrentEventStore.open(url, { timeoutMs });
  open.push(opened);
  return opened;
}

/** An instance that has written through the first leader, and one that writes through the second once there is one. */
async function twoInstances(): Promise<{ a: Instance; b: Instance }> {
  const [a, b] = [new Instance(await store()), new Instance(await store(cluster.urlOf(1)))];
  await a.createProject();
  await a.accept(createKey('a'));
  await a.accept(archiveKey('a'));
  return { a, b };
}

describe('a refusal or a no-op is not decided on the past of a leader that the others have replaced', () => {
  test.each([
    ['hung', true],
    ['is cut off from the others', false],
  ])('which %s', async (_, hangs) => {
    const { a, b } = await twoInstances();
    if (hangs) cluster.leader.faults.freeze();
    const deposed = cluster.elect(1);
    await b.accept(createKey('new'));
    await b.accept(restoreKey('a'));
    // The one would not be found, the other is archived already, as the old leader has it.
    const edited = a.accept(describeKey('new', 'seen'));
    const archived = a.accept(archiveKey('a'));
    deposed.faults.thaw();
    await delay(PAST_MS);
    cluster.join(deposed);
    expect((await edited).events).toMatchObject([{ type: 'KeyDescribed' }]);
    expect((await archived).events).toMatchObject([{ type: 'KeyArchived', version: 4 }]);
    const events = await all((await store()).read('shop'));
    assertWhole(events);
    expect(events).toHaveLength(7);
  });

  test('nor answered where no other node can be asked', async () => {
    const { a } = await twoInstances();
    await Promise.all([cluster.node(1).stop(), cluster.node(2).stop()]);
    const error = await failure(a.submit(describeKey('nowhere', 'text')));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/no majority of the nodes of KurrentDB confirms which of them leads .* nothing was written, try again/);
  });

  test('nor answered while the old leader is all that reads reach, although the others have gone on', async () => {
    const { a, b } = await twoInstances();
    cluster.elect(1);
    await b.accept(createKey('new'));
    const error = await failure(a.submit(describeKey('new', 'text')));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/does not show what others hold of project shop/);
  });
});

test('a refusal costs no more than asking the nodes, also with one of them away, and makes no connection for itself', async () => {
  const { a } = await twoInstances();
  expect(await wordFor(a.submit(describeKey('nowhere', 'text')))).toBe('NOT_FOUND');
  const before = cluster.nodes.map(({ connections }) => connections);
  for (let count = 0; count < 20; count += 1) expect(await wordFor(a.submit(describeKey('nowhere', 'text')))).toBe('NOT_FOUND');
  expect(cluster.nodes.map(({ connections }) => connections)).toEqual(before);
  await cluster.node(2).stop();
  expect(await wordFor(a.submit(describeKey('nowhere', 'text')))).toBe('NOT_FOUND');
  await cluster.node(2).start();
  await cluster.node(1).stop();
  expect(await wordFor(a.submit(describeKey('nowhere', 'text')))).toBe('NOT_FOUND');
});

test('an event that an old leader held and the cluster never committed is shown by no subscription, and by no read', async () => {
  const [first, lost] = history('shop', 2) as [Envelope, Envelope];
  const other = { ...lost, id: '00000000-0000-4000-8000-000000000001' };
  const writer = await store(cluster.url, 1_000);
  await writer.append('shop', -1, [first]);
  const live = (await store(cluster.urlOf(0))).subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
  const shown: Envelope[] = [];
  const follow = async (): Promise<void> => {
    for (let next = await live.next(); next.done !== true; next = await live.next()) {
      shown.push(...next.value.events.map(({ event }: { event: Envelope }) => event));
    }
  };
  const ended = follow().catch((error: Error) => error);

  const deposed = cluster.elect(1);
  expect(await failure(writer.append('shop', 0, [lost]))).toBeInstanceOf(OutcomeUnknown);
  await (await store(cluster.urlOf(1))).append('shop', 0, [other]);
  cluster.restart(deposed);
  // A reader that does not ask for the leader is shown it now.
  expect(await seenAt(deposed.url)).toEqual([first.id, lost.id]);
  // A lost connection ends the subscription: the reader goes on from what it has.
  expect(await ended).toBeInstanceOf(StoreUnavailable);
  expect(shown).toEqual([first]);
  const returned = await store(deposed.url);
  expect((await all(returned.readAll())).map(({ event }) => event)).toEqual([first, other]);
  expect(await all(returned.read('shop'))).toEqual([first, other]);
  cluster.join(deposed);
  expect(await seenAt(deposed.url)).toEqual([first.id, other.id]);
});

/** The ids of the events that a node shows to a subscriber that takes it as it is. */
async function seenAt(url: string): Promise<string[]> {
  const client = KurrentDBClient.connectionString(url);
  const filter: Filter = { filterOn: 'streamName', prefixes: ['project-'], checkpointInterval: 1 };
  try {
    for (;;) {
      const subscription = client.subscribeToAll({ fromPosition: START, filter });
      const ids: string[] = [];
      subscription.on('data', ({ event }: AllStreamResolvedEvent) => event && ids.push(event.id));
      const caughtUp = new Promise((resolve) => subscription.on('caughtUp', resolve));
      // Clients of one process share a connection, so that the first call after a restart of the node may meet the old one.
      const isWhole = await Promise.race([caughtUp.then(() => true), once(subscription, 'error').then(() => false)]);
      await subscription.unsubscribe().catch(() => undefined);
      if (isWhole) return ids;
    }
  } finally {
    await client.dispose();
  }
}
