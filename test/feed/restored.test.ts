import type { Envelope } from '../../src/domain/event';
import { StoreUnavailable, type Position } from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';
import { Feed, type Following } from '../../src/feed/feed';
import { iterate } from '../../src/feed/subscriber';
import { ReadSide } from '../../src/projector/read-side';
import { encodeCursor, cursorOf, decodeCursor } from '../../src/domain/cursor';
import { until } from '../fixtures/eventually';
import { Chain, chain } from '../projector/chain';
import { plain, PROJECTIONS } from '../projector/run';
import { SharedGenerations } from '../projector/together';
import { Follower, range } from './harness';

/** An event store that another copy takes the place of, under anyone who subscribes. */
class Restorable {
  private inner = new MemoryEventStore();
  private tear = new AbortController();

  async restore(events: readonly Envelope[]): Promise<void> {
    const copy = new MemoryEventStore();
    await copy.append('shop', -1, events);
    this.inner = copy;
    this.tear.abort();
    this.tear = new AbortController();
  }

  append(events: readonly Envelope[]): Promise<void> {
    return this.inner.append('shop', events[0]!.revision - 1, events);
  }

  read = (projectId: string, from?: number, limit?: number) => this.inner.read(projectId, from, limit);
  heads = () => this.inner.heads();

  async *subscribe(after: Position | undefined, signal: AbortSignal) {
    const { tear } = this;
    yield* this.inner.subscribe(after, AbortSignal.any([signal, tear.signal]));
    if (!signal.aborted) throw new StoreUnavailable('another copy takes its place');
  }
}

test('after the store was restored from an older copy and the read models rebuilt, a feed begins and goes on with what is there now', async () => {
  const before = chain('shop', 11);
  const after = new Chain('shop');
  after.events.push(...before.events.slice(0, 6));
  const store = new Restorable();
  await store.append(before.events);
  const readSide = new ReadSide({
    ...new SharedGenerations().seat(),
    version: '1',
    keepMs: 60_000,
    store,
    projections: PROJECTIONS,
    upcast: plain,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    observer: {
      delivered: (events) => feed.delivered(events),
      projected: (projectId, checkpoint) => feed.projected(projectId, checkpoint),
      parked: (parked) => feed.parked(parked),
      unparked: (projectId) => feed.unparked(projectId),
      restored: () => feed.restored(),
      turned: () => feed.turned(),
    },
  });
  const feed = new Feed({
    read: (projectId, from, limit) => store.read(projectId, from, limit),
    checkpoint: async (projectId) => (await readSide.readModel.checkpointsOf([projectId]))[0],
    shown: (projectId) => readSide.shown(projectId),
    heartbeatMs: 60_000,
    stallMs: 60_000,
    subscriptions: { all: 100, perOwner: 100 },
  });
  const follow = async (following: Partial<Following> = {}) =>
    new Follower(iterate(await feed.follow({ projectId: 'shop', owner: 'ann', expiresAt: Number.POSITIVE_INFINITY, ...following })));
  const cursorOf5 = decodeCursor(encodeCursor(cursorOf(before.events[5]!)))!;
  const cursorOf10 = decodeCursor(encodeCursor(cursorOf(before.events[10]!)))!;
  try {
    await readSide.start();
    const old = await follow();
    expect(await old.take(1)).toEqual(['caught-up 10']);

    await store.restore(after.events);
    expect(await old.take(2)).toEqual(['EVENT_STORE_UNAVAILABLE 10', 'done']);
    await until(() => readSide.status()?.parked[0]?.reason === 'HISTORY_DIFFERS');
    await expect(follow()).rejects.toThrow(/another history/);

    const generation = await readSide.rebuild();
    await until(() => readSide.status()?.generation === generation);
    const [fromNow, fromStart, fromValid] = [await follow(), await follow({ fromStart: true }), await follow({ after: cursorOf5 })];
    expect(await fromNow.take(1)).toEqual(['caught-up 5']);
    expect(await fromStart.take(7)).toEqual([...range(0, 5), 'caught-up 5']);
    expect(await fromValid.take(1)).toEqual(['caught-up 5']);
    await expect(follow({ after: cursorOf10 })).rejects.toThrow(/beyond the end of the history/);

    const fresh = range(6, 10).map((at) => after.add('Noted', 'a', { again: at }));
    await store.append(fresh);
    for (const follower of [fromNow, fromStart, fromValid]) expect(await follower.take(5)).toEqual(range(6, 10));
    await expect(follow({ after: cursorOf10 })).rejects.toThrow(/not of this history/);
  } finally {
    feed.close();
    await readSide.stop();
  }
});
