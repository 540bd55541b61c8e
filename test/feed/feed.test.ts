import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/event-store/event-store';
import type { Cursor } from '../../src/domain/cursor';
import { createKey } from '../fixtures/shop';
import { range, FeedHarness } from './harness';

const PARKED = { projectId: 'shop', type: 'KeyCreated', reason: 'FAILED', since: 1 };

describe('where it begins', () => {
  test('with history, whole and in order, then what is new', async () => {
    const harness = new FeedHarness();
    await harness.happen(600);
    const follower = await harness.follow({ fromStart: true });
    expect(await follower.take(602)).toEqual([...range(0, 600), 'caught-up 600']);
    await harness.happen(3);
    expect(await follower.take(3)).toEqual([601, 602, 603]);
  });

  test('after any cursor', async () => {
    const harness = new FeedHarness();
    await harness.happen(20);
    for (const revision of [0, 7, 20]) {
      const follower = await harness.follow({ after: harness.cursor(revision) });
      expect(await follower.take(21 - revision)).toEqual([...range(revision + 1, 20), 'caught-up 20']);
    }
  });

  test('now, if nothing is said', async () => {
    const harness = new FeedHarness();
    await harness.happen(20);
    const follower = await harness.follow();
    expect(await follower.take(1)).toEqual(['caught-up 20']);
    await harness.happen(1);
    expect(await follower.take(1)).toEqual([21]);
  });
});

describe('what it announces', () => {
  test('nothing that queries do not show yet', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const follower = await harness.follow();
    await follower.take(1);
    const events = harness.decide(5);
    await harness.write(events);
    harness.deliver(events);
    const next = follower.take(2);
    expect(await Promise.race([next, sleep(30, 'nothing')])).toBe('nothing');
    harness.show(events[1]!);
    expect(await next).toEqual([2, 3]);
    expect(await Promise.race([follower.take(1), sleep(30, 'nothing')])).toBe('nothing');
  });

  test('also what another instance has projected before it came here, and without reading the store for it', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const follower = await harness.follow();
    await follower.take(1);
    await harness.happen(1);
    await follower.take(1);
    harness.reads.length = 0;
    const events = harness.decide(2);
    await harness.write(events);
    harness.show(events[1]!);
    const next = follower.take(2);
    await sleep(20);
    harness.deliver(events);
    expect(await next).toEqual([3, 4]);
    expect(harness.reads).toEqual([]);
  });

  test('also what never comes by the subscription, after a moment, from the store', async () => {
    const harness = new FeedHarness({ heartbeatMs: 5_000 });
    await harness.happen(1);
    const follower = await harness.follow();
    await follower.take(1);
    await harness.happen(1);
    await follower.take(1);
    const events = harness.decide(3);
    await harness.write(events);
    harness.show(events[2]!);
    expect(await follower.take(4)).toEqual([3, 4, 5, 'caught-up 5']);
    await harness.happen(2);
    expect(await follower.take(2)).toEqual([6, 7]);
  });

  test('not twice what the subscription brings again', async () => {
    const harness = new FeedHarness();
    await harness.happen(2);
    const follower = await harness.follow();
    await follower.take(1);
    const events = await harness.happen(3);
    harness.deliver(events);
    harness.show(events[0]!);
    await harness.happen(1);
    expect(await follower.take(4)).toEqual([3, 4, 5, 6]);
  });

  test('live changes to many from one ring, without a read of the store', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const followers = await Promise.all(range(1, 50).map(() => harness.follow()));
    await Promise.all(followers.map((follower) => follower.take(1)));
    harness.reads.length = 0;
    for (let round = 0; round < 5; round += 1) {
      await harness.happen(2);
      for (const follower of followers) expect(await follower.take(2)).toEqual([2 + 2 * round, 3 + 2 * round]);
    }
    expect(harness.reads).toEqual([]);
  });

  test('what is parked, once, behind all that comes before it; and it goes on when it is let go', async () => {
    const harness = new FeedHarness();
    await harness.happen(2);
    const follower = await harness.follow({ after: harness.cursor(0) });
    harness.feed.parked({ ...PARKED, revision: 3 });
    harness.feed.parked({ ...PARKED, revision: 3 });
    expect(await follower.take(4)).toEqual([1, 2, 'caught-up 2', 'parked 2']);
    const late = await harness.follow();
    expect(await late.take(2)).toEqual(['caught-up 2', 'parked 2']);
    const events = harness.decide(2);
    await harness.write(events);
    harness.deliver(events);
    harness.feed.unparked('shop');
    harness.show(events[1]!);
    for (const one of [follower, late]) expect(await one.take(2)).toEqual([3, 4]);
    harness.feed.parked({ ...PARKED, revision: 5 });
    expect(await follower.take(1)).toEqual(['parked 4']);
  });
});

describe('filters', () => {
  const ready = async (heartbeat = 60_000) => {
    const harness = new FeedHarness({ heartbeatMs: heartbeat });
    await harness.happen(1);
    createKey(harness.ledger, 'dark_mode');
    createKey(harness.ledger, 'size');
    const keys = harness.ledger.events.slice(2);
    await harness.write(keys);
    harness.deliver(keys);
    harness.show(keys[1]!);
    await harness.happen(1);
    return harness;
  };

  test('by type, by kind of entity, and by entity', async () => {
    const harness = await ready();
    const seen = async (filter: object, count: number) => (await harness.follow({ fromStart: true, ...filter })).take(count);
    expect(await seen({ types: ['KeyCreated'] }, 3)).toEqual([2, 3, 'caught-up 4']);
    expect(await seen({ types: ['ProjectCreated', 'KeyCreated'] }, 4)).toEqual([0, 2, 3, 'caught-up 4']);
    expect(await seen({ entity: 'key' }, 3)).toEqual([2, 3, 'caught-up 4']);
    expect(await seen({ entity: 'key', entityId: 'size' }, 2)).toEqual([3, 'caught-up 4']);
    expect(await seen({ entity: 'project', types: ['KeyCreated'] }, 1)).toEqual(['caught-up 4']);
  });

  test('what they leave out moves the cursor all the same', async () => {
    const harness = await ready(40);
    const follower = await harness.follow({ types: ['SegmentCreated'], fromStart: true });
    expect(await follower.take(1)).toEqual(['caught-up 4']);
    await harness.happen(2);
    expect((await follower.take(2)).at(-1)).toBe('heartbeat 6');
  });

  test.each([
    ['an unknown type', { types: ['KeyCreated', 'KeyExploded'] }, /"KeyExploded" is not a type of event. Types are .*KeyArchived/],
    ['an unknown kind', { entity: 'banner' }, /"banner" is not a kind/],
    ['an entity id without a kind', { entityId: 'size' }, /give `entity` as well/],
  ])('%s is refused', async (_, filter, message) => {
    const harness = await ready();
    await expect(harness.follow(filter)).rejects.toMatchObject({
      name: 'FeedRefused',
      code: 'BAD_REQUEST',
      message: expect.stringMatching(message),
    });
    expect(harness.feed.size).toBe(0);
  });
});

describe('between history and live', () => {
  test('no gap and no double, whatever is written while history is read', async () => {
    const harness = new FeedHarness({ ring: { events: 20, bytes: 1_000_000 } });
    await harness.happen(300);
    const follower = await harness.follow({ fromStart: true });
    const seen: (string | number)[] = [];
    let written = 301;
    while (seen.filter((item) => typeof item === 'number').length < 900) {
      if (written < 900) written += (await harness.happen(Math.min(7, 900 - written))).length;
      seen.push(...(await follower.take(5)));
    }
    expect(seen.filter((item) => typeof item === 'number')).toEqual(range(0, 899));
  });

  test('one who falls off the ring goes back to the store, and hears when it has caught up again', async () => {
    const harness = new FeedHarness({ ring: { events: 10, bytes: 1_000_000 } });
    await harness.happen(5);
    const follower = await harness.follow();
    expect(await follower.take(1)).toEqual(['caught-up 5']);
    await harness.happen(100);
    expect(await follower.take(101)).toEqual([...range(6, 105), 'caught-up 105']);
  });

  test('those who come back together after a restart share what is read', async () => {
    const harness = new FeedHarness();
    await harness.happen(1_000);
    const followers = await Promise.all(range(1, 40).map(() => harness.follow({ after: harness.cursor(100) })));
    await Promise.all(
      followers.map(async (follower) => expect(await follower.take(901)).toEqual([...range(101, 1_000), 'caught-up 1000'])),
    );
    expect(harness.reads.length).toBeLessThan(10);
  });

  test('at most 4 reads of the store are under way at once, anyone who asks', async () => {
    const harness = new FeedHarness();
    await harness.happen(300);
    let [now, most] = [0, 0];
    harness.reading = async function* (projectId, from) {
      most = Math.max(most, ++now);
      try {
        await sleep(2);
        yield* harness.store.read(projectId, from);
      } finally {
        now -= 1;
      }
    };
    const followers = await Promise.all(range(1, 30).map((revision) => harness.follow({ after: harness.cursor(revision) })));
    await Promise.all(followers.map((follower, index) => follower.take(300 - index)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });
});

describe('cursors that are refused', () => {
  const refusals: [string, (harness: FeedHarness) => Cursor, RegExp][] = [
    ['of another project', (harness) => ({ ...harness.cursor(1), projectId: 'other' }), /cursor of the project "other", not of "shop"/],
    ['beyond the end', (harness) => ({ ...harness.cursor(1), revision: 99 }), /beyond the end of the history/],
    ['of a rewritten history', (harness) => ({ ...harness.cursor(1), mark: '0123456789abcdef' }), /not of this history/],
  ];
  test.each(refusals)('%s', async (_, cursor, message) => {
    const harness = new FeedHarness();
    await harness.happen(3);
    await expect(harness.follow({ after: cursor(harness) })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(message),
    });
    expect(harness.feed.size).toBe(0);
  });

  test('a cursor that queries do not show yet is taken, if the ledger has it', async () => {
    const harness = new FeedHarness();
    await harness.happen(3);
    const events = harness.decide(2);
    await harness.write(events);
    const follower = await harness.follow({ after: harness.cursor(4) });
    const next = follower.take(2);
    harness.deliver(events);
    harness.show(events[1]!);
    expect(await next).toEqual(['caught-up 4', 5]);
  });

  test('a project that is not there', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const missing = { projectId: 'missing' };
    await expect(harness.follow({ projectId: '{shop}:*\n' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const more of [{}, { fromStart: true }, { after: { projectId: 'missing', revision: 1, mark: '0123456789abcdef' } }]) {
      await expect(harness.follow({ ...missing, ...more })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('a history that turns out to be another on the way ends it, with nothing of the other given', async () => {
    const harness = new FeedHarness();
    const other = new FeedHarness();
    other.ledger.now += 1;
    await harness.happen(300);
    await other.happen(300);
    const follower = await harness.follow({ fromStart: true });
    await follower.take(100);
    harness.reading = (projectId, from) => other.store.read(projectId, from);
    const taken = await follower.take(202);
    expect(taken.slice(0, 156)).toEqual(range(100, 255));
    expect(taken.slice(156)).toEqual(['BAD_REQUEST 255', 'done']);
  });
});

describe('how it ends', () => {
  test('by the subscriber, at once, also while it waits', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const follower = await harness.follow();
    await follower.take(1);
    const waiting = follower.take(1);
    await follower.stop();
    expect(await waiting).toEqual(['done']);
    expect(harness.feed.size).toBe(0);
    await harness.happen(1);
    expect(await follower.take(1)).toEqual(['done']);
  });

  test('when no one reads, with the place to go on from', async () => {
    const ended: unknown[] = [];
    const harness = new FeedHarness({ stallMs: 60 });
    await harness.happen(5);
    const follower = await harness.follow({ fromStart: true, onEnded: (item) => ended.push(item.cursor) });
    expect(await follower.take(3)).toEqual([0, 1, 2]);
    await sleep(150);
    expect(harness.feed.size).toBe(0);
    expect(ended).toEqual([harness.text(2)]);
    expect(await follower.take(2)).toEqual(['SLOW_CONSUMER 2', 'done']);
    const again = await harness.follow({ after: harness.cursor(2) });
    expect(await again.take(3)).toEqual([3, 4, 5]);
  });

  test('not for one who waits for what is new', async () => {
    const harness = new FeedHarness({ stallMs: 40, heartbeatMs: 30 });
    await harness.happen(1);
    const follower = await harness.follow();
    for (const item of await follower.take(6)) expect(item).toMatch(/caught-up 1|heartbeat 1/);
  });

  test('when the token expires', async () => {
    const harness = new FeedHarness({ heartbeatMs: 40 });
    await harness.happen(1);
    const follower = await harness.follow({ expiresAt: Date.now() + 100 });
    const items = await follower.take(20);
    expect(items.slice(-2)).toEqual(['UNAUTHENTICATED 1', 'done']);
  });

  test('when the server goes, for all at once; and no one is let in any more', async () => {
    const harness = new FeedHarness();
    await harness.happen(1);
    const followers = await Promise.all(range(1, 5).map(() => harness.follow()));
    const all = followers.map((follower) => follower.take(3));
    await sleep(5);
    harness.feed.close();
    for (const one of all) expect(await one).toEqual(['caught-up 1', 'GOING_AWAY 1', 'done']);
    await expect(harness.follow()).rejects.toMatchObject({ code: 'GOING_AWAY' });
  });

  test('when history cannot be read', async () => {
    const failed: unknown[] = [];
    const harness = new FeedHarness({ observer: { failed: (error) => failed.push(error) } });
    await harness.happen(300);
    const follower = await harness.follow({ fromStart: true });
    await follower.take(200);
    const trouble = new StoreUnavailable('the disk is gone');
    harness.reading = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(trouble) }) });
    expect((await follower.take(100)).slice(55)).toEqual([255, 'EVENT_STORE_UNAVAILABLE 255', 'done']);
    expect(failed).toEqual([trouble]);
  });

  test('a subscription too many is refused, of one token and in all', async () => {
    const harness = new FeedHarness({ subscriptions: { all: 5, perOwner: 3 } });
    await harness.happen(1);
    const [first] = await Promise.all(range(1, 3).map(() => harness.follow()));
    await expect(harness.follow()).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('SUBSCRIPTIONS_PER_TOKEN'),
    });
    await Promise.all(range(1, 2).map(() => harness.follow({ owner: 'bob' })));
    await expect(harness.follow({ owner: 'cid' })).rejects.toMatchObject({ message: expect.stringContaining('SUBSCRIPTION_LIMIT') });
    await first?.stop();
    await first?.stop();
    await harness.follow({ owner: 'cid' });
    await expect(harness.follow({ owner: 'bob' })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
