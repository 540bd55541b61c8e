import { setTimeout as delay } from 'node:timers/promises';
import { AppendTooLarge, OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { following, history } from '../fixtures/events';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { createKey, Instance, wordFor } from '../application/instance';
import { all } from '../contract/event-store-probe';
import { duration, failure, Pair, TIMEOUT } from './kurrentdb-pair';

const pair = new Pair();
const events = history('shop', 3);
const ids = events.map(({ id }) => id);

/** A client that has found the server away reaches it again after a pause. */
async function untilServed(): Promise<void> {
  while (!(await all(pair.store.read('shop')).catch(() => undefined))) await delay(50);
}

test('each event is JSON with the whole envelope, its own type and id, and the conventional metadata', async () => {
  await pair.store.append('shop', -1, events);
  const [first] = pair.server.log.stream('project-shop') ?? [];
  expect(first).toMatchObject({ id: events[0]?.id, type: 'KeyDescribed', contentType: 'application/json', revision: 0n });
  expect(first?.data.toString()).toBe(JSON.stringify(events[0]));
  expect(JSON.parse(String(first?.metadata))).toEqual({ $correlationId: 'r1', $causationId: 'r1' });
});

test('very many small events leave their metadata out rather than break the limit of the server', async () => {
  const [one] = history('shop', 1);
  const count = Math.floor(pair.store.appendLimitBytes / (Buffer.byteLength(JSON.stringify(one)) + 10));
  const many = history('shop', count);
  const patient = await KurrentEventStore.open(pair.server.url, { timeoutMs: 15_000 });
  await patient.append('shop', -1, many);
  await patient.close();
  expect(pair.held('shop')).toHaveLength(count);
  expect(pair.server.log.events.every(({ metadata }) => metadata.length === 0)).toBe(true);
  expect(await all(pair.store.read('shop'))).toEqual(many);
});

describe('a server restored from an older copy, which others have brought to the same revision again', () => {
  const other = history('shop', 2, { note: 'other' });
  const next = following(other, 1);

  test.each([
    ['after a call has failed', () => failure(pair.store.append('shop', 1, events.slice(2)))],
    ['after nothing was seen of it for longer than the shortest restore', () => delay(1_100)],
  ])('takes nothing that was decided on the history which is gone, %s', async (_, disturbed) => {
    await pair.store.append('shop', -1, events.slice(0, 2));
    await pair.server.stop();
    await disturbed();
    pair.server.log.rewind(0);
    await pair.server.start();
    const elsewhere = await KurrentEventStore.open(pair.server.url);
    await elsewhere.append('shop', -1, other);
    await elsewhere.close();
    await untilServed();
    expect(await failure(pair.store.append('shop', 1, events.slice(2)))).toMatchObject({ constructor: RevisionConflict, actual: 1 });
    await pair.store.append('shop', 1, next);
    expect(pair.held('shop')).toEqual([...other, ...next].map(({ id }) => id));
  });
});

describe('an outcome that is unknown', () => {
  test.each(['lostAcknowledgements', 'lostAppends', 'unacknowledged'] as const)(
    '%s: it is said to be, and the same bytes again settle it',
    async (fault) => {
      await pair.store.append('shop', -1, events.slice(0, 1));
      pair.server.faults[fault] = 1;
      const rest = events.slice(1);
      expect(await failure(pair.store.append('shop', 0, rest))).toBeInstanceOf(OutcomeUnknown);
      expect(pair.held('shop')).toEqual(fault === 'lostAppends' ? ids.slice(0, 1) : ids);
      await pair.store.append('shop', 0, rest);
      expect(pair.held('shop')).toEqual(ids);
    },
  );

  test('after which someone else was faster is a conflict', async () => {
    pair.server.faults.lostAppends = 1;
    expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(OutcomeUnknown);
    const other = await KurrentEventStore.open(pair.server.url);
    await other.append('shop', -1, history('shop', 2, { note: 'other' }));
    await other.close();
    expect(await failure(pair.store.append('shop', -1, events))).toMatchObject({ expected: -1, actual: 1 });
  });

  test('is also that of an acknowledgement which covers only the beginning of the events', async () => {
    pair.server.faults.partialAppends = 1;
    expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(OutcomeUnknown);
    expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(RevisionConflict);
  });

  test('is made sure of by reading, if the acknowledgement says less than what stands', async () => {
    pair.server.faults.shortAcknowledgements = 1;
    await pair.store.append('shop', -1, events);
    expect(pair.held('shop')).toEqual(ids);
  });
});

test('a conflict with the very same events is none: what stands is read', async () => {
  pair.server.faults.forgetfulAppends = 1;
  await pair.store.append('shop', -1, events);
  expect(pair.held('shop')).toEqual(ids);
});

test('the beginning of a larger append that stands is acknowledged, as in the port; what follows is a conflict', async () => {
  pair.server.faults.unacknowledged = 1;
  expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(OutcomeUnknown);
  await pair.store.append('shop', -1, events.slice(0, 1));
  const other = following(events.slice(0, 1), 1, { note: 'other' });
  expect(await failure(pair.store.append('shop', 0, other))).toMatchObject({ actual: 2 });
});

describe('a server that is away', () => {
  test('is certain to have written nothing once it is not reached any more, and is found again', async () => {
    await pair.store.append('shop', -1, events.slice(0, 1));
    await pair.server.stop();
    // The first may still find the old call, which is being lost; from then on it is certain.
    await failure(pair.store.append('shop', 0, events.slice(1)));
    expect(await failure(pair.store.append('shop', 0, events.slice(1)))).toBeInstanceOf(StoreUnavailable);
    await pair.server.start();
    await untilServed();
    await pair.store.append('shop', 0, events.slice(1));
    expect(pair.held('shop')).toEqual(ids);
  });

  test('from the beginning: the store opens, and appends once it is there', async () => {
    await pair.server.stop();
    const early = await KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT });
    expect(await failure(early.append('shop', -1, events))).toBeInstanceOf(StoreUnavailable);
    await pair.server.start();
    await early.append('shop', -1, events);
    await early.close();
    expect(pair.held('shop')).toEqual(ids);
  });
});

describe('a server that hangs', () => {
  test('is left after our own time-out, not the client’s, and the same bytes again settle it', async () => {
    await pair.store.append('shop', -1, events.slice(0, 1));
    pair.server.faults.freeze();
    const append = pair.store.append('shop', 0, events.slice(1));
    expect(await duration(append)).toBeLessThan(TIMEOUT * 2);
    expect(await failure(append)).toBeInstanceOf(OutcomeUnknown);
    pair.server.faults.thaw();
    await pair.store.append('shop', 0, events.slice(1));
    expect(pair.held('shop')).toEqual(ids);
  });

  test('from the first call on, while it is asked what it can do, is not remembered as one that can do nothing', async () => {
    pair.server.faults.freeze();
    expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(OutcomeUnknown);
    pair.server.faults.thaw();
    await pair.store.append('shop', -1, events);
    expect(pair.held('shop')).toEqual(ids);
  });

  test('keeps those who wait behind others no longer than that, and they know that nothing was sent', async () => {
    await pair.store.append('shop', -1, events.slice(0, 1));
    pair.server.faults.freeze();
    const appends = Array.from({ length: 30 }, (_, index) => pair.store.append(`p${index}`, -1, history(`p${index}`, 1)));
    const failures = await Promise.all(appends.map(failure));
    expect(failures.filter((error) => error instanceof OutcomeUnknown).length).toBeGreaterThanOrEqual(12);
    expect(failures.every((error) => error instanceof OutcomeUnknown || error instanceof StoreUnavailable)).toBe(true);
    for (const [index, error] of failures.entries()) if (error instanceof StoreUnavailable) expect(pair.held(`p${index}`)).toEqual([]);
  });
});

test('a node that is not the leader names it, and the same bytes again go there', async () => {
  const leader = await KurrentStandIn.start(pair.server.log);
  pair.server.faults.leader = leader.address;
  expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(OutcomeUnknown);
  expect(pair.held('shop')).toEqual([]);
  await pair.store.append('shop', -1, events);
  expect(pair.held('shop')).toEqual(ids);
  await leader.dispose();
});

test('a user without rights is shown what to check', async () => {
  pair.server.faults.denied = true;
  const error = await failure(pair.store.append('shop', -1, events));
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect(error.message).toMatch(/knows this user, and refuses it: check its rights on \$all/);
});

test('a limit of the server below ours is learnt from its first refusal', async () => {
  pair.server.log.limit = 1000;
  const before = pair.store.appendLimitBytes;
  const error = await failure(pair.store.append('shop', -1, events));
  expect(error).toBeInstanceOf(AppendTooLarge);
  expect(error.message).toMatch(/takes 1000 bytes .* raise MaxAppendSize/);
  expect(before).toBeGreaterThan(1000);
  expect(pair.store.appendLimitBytes).toBe(1000);
});

test('a group decided by a limit that another project has learnt to be smaller meanwhile is split, and stored', async () => {
  const instance = new Instance(pair.store);
  await instance.createProject('shop');
  await instance.createProject('other');
  pair.server.log.limit = 6_000;
  let learnt = false;
  const { append } = pair.store;
  jest.spyOn(pair.store, 'append').mockImplementation(async (projectId, ...rest) => {
    if (projectId === 'shop' && !learnt) {
      learnt = true;
      await failure(append.call(pair.store, 'third', -1, history('third', 1, { padding: 7_000 })));
    }
    return append.call(pair.store, projectId, ...rest);
  });
  const made = Array.from({ length: 12 }, (_, at) => wordFor(instance.submit(createKey(`k${at}`))));
  expect(await Promise.all(made)).toEqual(made.map(() => 'done'));
  expect(pair.store.appendLimitBytes).toBe(6_000);
  await instance.executor.close(1_000);
});

describe('a clock of the server that is ahead', () => {
  test('by less than an hour keeps nothing from being written', async () => {
    pair.server.faults.clockAheadMs = 50 * 60_000;
    await pair.store.append('shop', -1, events);
    expect(pair.held('shop')).toEqual(ids);
  });

  test('by more is named: nothing was written', async () => {
    pair.server.faults.clockAheadMs = 2 * 3_600_000;
    pair.server.log.clock = () => Date.UTC(2031, 0, 1);
    pair.server.log.setMetadata('another', {});
    const error = await failure(pair.store.append('shop', -1, events));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/more than an hour ahead of the one here, which says 20\d\d-/);
    expect(error.message).toMatch(/the newest record there is dated 2031-01-01T00:00:00.000Z by its own/);
    expect(pair.held('shop')).toEqual([]);
  });
});

test.each(['busy', 'notReady'] as const)('a server that is %s has written nothing, and keeps its client', async (fault) => {
  pair.server.faults[fault] = 1;
  expect(await failure(pair.store.append('shop', -1, events))).toBeInstanceOf(StoreUnavailable);
  await pair.store.append('shop', -1, events);
  expect(pair.held('shop')).toEqual(ids);
});

describe('a server without BatchAppend', () => {
  beforeEach(() => (pair.server.batches = false));

  test('is written one call for each append', async () => {
    await pair.store.append('shop', -1, events);
    await pair.store.append('shop', -1, events);
    expect(await failure(pair.store.append('shop', -1, history('shop', 1, { note: 'other' })))).toMatchObject({ actual: 2 });
    expect(pair.held('shop')).toEqual(ids);
  });

  test('leaves an outcome unknown too', async () => {
    await pair.store.append('shop', -1, events.slice(0, 1));
    pair.server.faults.lostAcknowledgements = 1;
    expect(await failure(pair.store.append('shop', 0, events.slice(1)))).toBeInstanceOf(OutcomeUnknown);
    await pair.store.append('shop', 0, events.slice(1));
    expect(pair.held('shop')).toEqual(ids);
  });
});

test('a cluster is found by its gossip', async () => {
  const store = await KurrentEventStore.open(pair.server.discoverUrl, { timeoutMs: 2_000 });
  await store.append('shop', -1, events);
  expect(await all(store.read('shop'))).toEqual(events);
  await store.close();
});
