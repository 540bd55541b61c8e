import { setTimeout as delay } from 'node:timers/promises';
import type { Recorded } from '../../src/event-store/event-store';
import { StoreUnavailable } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { all } from '../contract/event-store-probe';
import { timed } from '../fixtures/elapsed';
import { history } from '../fixtures/events';
import type { Proposed } from '../kurrentdb-stand-in/log';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { duration, failure, Pair, TIMEOUT } from './kurrentdb-pair';

const pair = new Pair();
const events = history('shop', 3);

function foreign(id: string, text = '{}'): Proposed {
  return { id, type: 'Foreign', contentType: 'application/json', data: Buffer.from(text), metadata: Buffer.alloc(0) };
}

describe('the native reader', () => {
  test('whose first connection failed is replaced, so that reads come back when the server does', async () => {
    const { url } = pair.server;
    await pair.server.stop();
    const store = await KurrentEventStore.open(url, { timeoutMs: TIMEOUT });
    expect(await failure(all(store.read('shop')))).toBeInstanceOf(StoreUnavailable);
    await delay(300);
    await pair.server.start();
    await pair.store.append('shop', -1, events);
    expect(await all(store.read('shop'))).toEqual(events);
    await store.close();
  });

  test('finds a server again that was restarted', async () => {
    await pair.store.append('shop', -1, events);
    expect(await all(pair.store.read('shop'))).toEqual(events);
    await delay(300);
    await pair.server.restart();
    expect(await all(pair.store.read('shop'))).toEqual(events);
  });

  test('which a server keeps waiting is left after our own time-out, and the next read goes on', async () => {
    await pair.store.append('shop', -1, events);
    pair.server.faults.freeze();
    for (const read of [all(pair.store.read('shop')), all(pair.store.readAll()), all(pair.store.heads())]) {
      expect(await duration(read)).toBeLessThan(TIMEOUT * 3);
      expect(await failure(read)).toBeInstanceOf(StoreUnavailable);
    }
    pair.server.faults.thaw();
    expect(await all(pair.store.read('shop'))).toEqual(events);
  });

  test('is answered by the leader, wherever it is', async () => {
    await pair.store.append('shop', -1, events);
    const leader = await KurrentStandIn.start(pair.server.log);
    pair.server.faults.leader = leader.address;
    expect(await all(pair.store.read('shop'))).toEqual(events);
    expect((await all(pair.store.readAll())).map(({ event }) => event)).toEqual(events);
    await leader.dispose();
  });

  test('says what to check when the server refuses its user', async () => {
    pair.server.faults.denied = true;
    expect((await failure(all(pair.store.readAll()))).message).toMatch(/check the user name and password in EVENT_STORE/);
  });
});

describe('other streams of the server', () => {
  test('are passed over', async () => {
    const log = pair.server.log;
    for (let index = 0; index < 100; index += 1)
      log.append(`other-${index % 3}`, undefined, [foreign(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)]);
    await pair.store.append('shop', -1, events);
    log.append('$stats', undefined, [foreign('00000000-0000-4000-8000-00000000f000')]);
    expect((await all(pair.store.readAll())).map(({ event }) => event)).toEqual(events);
    expect(await all(pair.store.heads())).toEqual([{ projectId: 'shop', revision: 2, hash: events[2]?.hash }]);
  });

  test('by the million cost a scan that tells how far it is: no time-out counts while it goes on, and it is not done twice', async () => {
    const store = await KurrentEventStore.open(pair.server.url, { timeoutMs: 400 });
    await store.append('shop', -1, events);
    // 1.2 seconds of looking, three times as long as the server may say nothing.
    pair.server.log.fill('other-1', 120_000);
    pair.server.faults.scanUs = 10;
    expect((await all(store.readAll())).map(({ event }) => event)).toEqual(events);
    expect(await all(store.heads())).toHaveLength(1);
    const { result, ms } = await timed(all(store.heads()));
    expect(result).toHaveLength(1);
    expect(ms).toBeLessThan(600);
    await store.close();
  });

  test('by the million move the position on, in history and live, while nothing of ours comes', async () => {
    const { server, store } = pair;
    await store.append('shop', -1, events);
    server.log.fill('other-1', 150_000);
    // Three seconds of looking.
    server.faults.scanUs = 20;
    const aborter = new AbortController();
    const positions = new Set<string>();
    let caughtUp = false;
    for await (const chunk of store.subscribe(undefined, aborter.signal)) {
      if (chunk.events.length === 0 && chunk.position !== undefined) positions.add(chunk.position);
      if (chunk.caughtUp && !caughtUp) {
        caughtUp = true;
        expect(positions.size).toBeGreaterThan(1);
        positions.clear();
        server.faults.scanUs = 0;
        setTimeout(() => server.log.fill('other-1', 20_000), 1_100);
      } else if (caughtUp && chunk.position !== undefined) break;
    }
    expect(positions.size).toBe(1);
  });
});

describe('positions', () => {
  let recorded: Recorded[];
  beforeEach(async () => {
    await pair.store.append('shop', -1, events);
    recorded = await all(pair.store.readAll());
  });

  test('tell apart the events of one append', async () => {
    expect(new Set(recorded.map(({ position }) => position)).size).toBe(3);
    expect(await all(pair.store.readAll(recorded[0]?.position))).toEqual(recorded.slice(1));
    const rest: Recorded[] = [];
    for await (const chunk of pair.store.subscribe(recorded[0]?.position, new AbortController().signal)) {
      rest.push(...chunk.events);
      if (chunk.caughtUp) break;
    }
    expect(rest).toEqual(recorded.slice(1));
  });

  test('ahead of the store are refused: it is another one, or was restored', async () => {
    const last = recorded.at(-1)?.position;
    pair.server.log.rewind(1);
    const message = /ahead of this store, which ends at .* read it from the beginning/;
    expect((await failure(all(pair.store.readAll(last)))).message).toMatch(message);
    expect((await failure(all(pair.store.subscribe(last, new AbortController().signal)))).message).toMatch(message);
    pair.server.log.rewind(0);
    expect((await failure(all(pair.store.readAll(last)))).message).toMatch(/ahead of this store, which is empty/);
  });

  describe('that are kept for the next process', () => {
    const position = async (): Promise<string> => {
      let reached: string | undefined;
      for await (const chunk of pair.store.subscribe(undefined, new AbortController().signal)) {
        // The chunk that says so may be empty, and come after the one that led there.
        reached = chunk.position ?? chunk.events.at(-1)?.position ?? reached;
        if (chunk.caughtUp && reached !== undefined) return pair.store.anchored(reached);
      }
      throw new Error('it ended');
    };
    const from = async (after: string): Promise<string[]> => {
      const store = await KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT });
      try {
        return (await all(store.readAll(after))).map(({ event }) => `${event.projectId} ${event.revision}`);
      } finally {
        await store.close();
      }
    };

    test("lead past other applications' events, also by millions of them, which are not looked at again", async () => {
      pair.server.log.fill('other-1', 200_000);
      const kept = await position();
      pair.server.faults.scanUs = 100;
      const { result, ms } = await timed(from(kept));
      expect(result).toEqual([]);
      // To look at all of them would take 20 s.
      expect(ms).toBeLessThan(10_000);
      await pair.store.append('late', -1, history('late', 1));
      expect(await from(kept)).toEqual(['late 0']);
    });

    test('leave nothing out in a store that was restored from a copy of before those events, and has grown past them', async () => {
      pair.server.log.fill('other-1', 20_000);
      const kept = await position();
      pair.server.log.rewind(3);
      await pair.store.append('grown', -1, history('grown', 2));
      pair.server.log.fill('other-1', 30_000);
      expect(await from(kept)).toEqual(['grown 0', 'grown 1']);
    });

    test('say what is known of the streams, so that they are not read for that', async () => {
      const kept = await position();
      const store = await KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT });
      const heads = await all(pair.store.heads());
      store.recall({ position: kept, heads, damaged: ['odd'] });
      pair.server.faults.scanUs = 10_000;
      expect(await all(store.heads())).toEqual(heads);
      await pair.store.append('late', -1, history('late', 1));
      expect((await all(store.heads())).map(({ projectId }) => projectId)).toEqual(['late', 'shop']);
      await store.close();
    });

    test('of another history say nothing of these streams', async () => {
      const kept = await position();
      const store = await KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT });
      store.recall({ position: kept, heads: await all(pair.store.heads()), damaged: [] });
      pair.server.log.rewind(1);
      await pair.store.append('new', -1, history('new', 4));
      expect((await all(store.heads())).map(({ projectId, revision }) => `${projectId} ${revision}`)).toEqual(['new 3', 'shop 0']);
      await store.close();
    });
  });

  test('of events in whose place others have been written are refused: it was restored, and has gone on', async () => {
    const { position } = recorded[1]!;
    pair.server.log.rewind(1);
    await pair.store.append('other', -1, history('other', 3));
    await pair.store.append('more', -1, history('more', 3, { padding: 1_000 }));
    const message = /is of an event that this store does not have.* read it from the beginning/;
    expect((await failure(all(pair.store.readAll(position)))).message).toMatch(message);
    expect((await failure(all(pair.store.subscribe(position, new AbortController().signal)))).message).toMatch(message);
  });

  test.each(['', '1', '1/2', '1/x', '-1/2', '1/2/x', '12345'])('that are none (%p) are refused', async (position) => {
    expect((await failure(all(pair.store.readAll(position)))).message).toMatch(/is not a position of this store/);
  });
});

describe('heads', () => {
  test('are those that are there, also when the store was restored and has grown past where it had been read', async () => {
    await pair.store.append('shop', -1, events);
    await pair.store.append('gone', -1, history('gone', 1));
    await all(pair.store.heads());
    pair.server.log.rewind(1);
    await pair.store.append('new', -1, history('new', 3, { padding: 5_000 }));
    expect((await all(pair.store.heads())).map(({ projectId, revision }) => `${projectId} ${revision}`)).toEqual(['new 2', 'shop 0']);
  });

  test('are read once, and from then on only what is new', async () => {
    await pair.store.append('shop', -1, events);
    await all(pair.store.heads());
    const sent = pair.server.sent;
    await all(pair.store.heads());
    expect(pair.server.sent - sent).toBeLessThanOrEqual(2);
    await pair.store.append('shop', 2, history('shop', 5).slice(3));
    expect(await all(pair.store.heads())).toEqual([{ projectId: 'shop', revision: 4, hash: history('shop', 5)[4]?.hash }]);
  });

  test('are known from what a subscription has read, up to where it has come', async () => {
    const { server, store } = pair;
    for (let index = 0; index < 20; index += 1) await store.append(`p${index}`, -1, history(`p${index}`, 10));
    const aborter = new AbortController();
    for await (const { caughtUp, left } of store.subscribe(undefined, aborter.signal)) {
      if (!caughtUp) continue;
      expect(left).toBe(0);
      break;
    }
    const sent = server.sent;
    expect(await all(store.heads())).toHaveLength(20);
    expect(server.sent - sent).toBeLessThan(10);
    // What nothing has read is read; and a subscription that begins later teaches nothing that is missing before it.
    await store.append('p0', 9, history('p0', 12).slice(10));
    expect((await all(store.heads()))[0]).toMatchObject({ projectId: 'p0', revision: 11 });
  });

  test('hold what was acknowledged before they were asked for, also while others ask', async () => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        await pair.store.append(`p${index}`, -1, history(`p${index}`, 1));
        return (await all(pair.store.heads())).some(({ projectId }) => projectId === `p${index}`);
      }),
    );
    expect(asked).toEqual(Array.from({ length: 10 }, () => true));
  });

  test('are read anew if the server was restored from an older copy', async () => {
    await pair.store.append('shop', -1, events);
    await pair.store.append('gone', -1, history('gone', 1));
    expect(await all(pair.store.heads())).toHaveLength(2);
    pair.server.log.rewind(1);
    expect(await all(pair.store.heads())).toEqual([{ projectId: 'shop', revision: 0, hash: events[0]?.hash }]);
  });
});
