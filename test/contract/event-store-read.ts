import type { Envelope } from '../../src/domain/event';
import { StoreUnavailable } from '../../src/event-store/event-store';
import { following, history } from '../fixtures/events';
import { all } from './event-store-probe';
import type { Probe } from './event-store-probe';

export function readContract(t: Probe): void {
  describe('append and read', () => {
    test('gives back the events as they were written, also of unknown types and versions', async () => {
      const id = t.project();
      const events = history(id, 3);
      const odd = following(events, 2, { type: 'NeverHeardOf', schemaVersion: 99 });
      await t.store.append(id, -1, events);
      await t.store.append(id, 2, odd);
      const stored = await t.read(id);
      expect(stored.map((event) => JSON.stringify(event))).toEqual([...events, ...odd].map((event) => JSON.stringify(event)));
    });

    test('reads from a revision on, inclusive; nothing from beyond the end or of an unknown project', async () => {
      const id = t.project();
      const events = history(id, 10);
      await t.store.append(id, -1, events);
      expect(await t.read(id, 7)).toEqual(events.slice(7));
      expect(await t.read(id, 9)).toEqual(events.slice(9));
      expect(await t.read(id, 10)).toEqual([]);
      expect(await t.read(t.project())).toEqual([]);
      expect(await t.read(id.slice(0, -1))).toEqual([]);
    });

    test('reads no more than asked for, also across what it reads at once', async () => {
      const id = t.project();
      const events = history(id, 1200);
      await t.store.append(id, -1, events);
      const read = (from: number, limit: number) => all(t.store.read(id, from, limit));
      expect(await read(7, 1)).toEqual(events.slice(7, 8));
      expect(await read(0, 0)).toEqual([]);
      expect(await read(1199, 5)).toEqual(events.slice(1199));
      expect(await read(1200, 5)).toEqual([]);
      for (const limit of [255, 256, 257, 499, 500, 501, 1100]) expect(await read(50, limit)).toEqual(events.slice(50, 50 + limit));
      expect(await all(t.store.read(t.project(), 0, 5))).toEqual([]);
    });

    test('history cannot be changed through what was passed in or given out', async () => {
      const id = t.project();
      const events = history(id, 1);
      const copy = structuredClone(events);
      await t.store.append(id, -1, events);
      (events[0] as { type: string }).type = 'Forged';
      ((await t.read(id))[0] as { type: string }).type = 'Forged';
      expect(await t.read(id)).toEqual(copy);
    });

    test('a read that has begun ends at what was there when it began', async () => {
      const id = t.project();
      const events = history(id, 3);
      await t.store.append(id, -1, events);
      const seen: Envelope[] = [];
      for await (const event of t.store.read(id)) {
        if (seen.length === 0) await t.store.append(id, 2, following(events, 1));
        seen.push(event);
      }
      expect(seen).toEqual(events);
    });

    test('a long stream comes whole and in order', async () => {
      const id = t.project();
      const events = history(id, 1701);
      for (let from = 0; from < events.length; from += 600) await t.store.append(id, from - 1, events.slice(from, from + 600));
      expect(await t.read(id)).toEqual(events);
      expect((await t.read(id, 499)).length).toBe(1202);
    });
  });

  describe('the order of the store', () => {
    test('is one over all projects, keeps each project dense, and can be read on from any position', async () => {
      const start = await t.end();
      const ids = [t.project('x'), t.project('y'), t.project('z')];
      await Promise.all(
        ids.map(async (id) => {
          const events = history(id, 40);
          for (let at = 0; at < 40; at += 4) await t.store.append(id, at - 1, events.slice(at, at + 4));
        }),
      );
      const recorded = (await t.readAll(start)).filter(({ event }) => ids.includes(event.projectId));
      for (const id of ids) expect(recorded.map(({ event }) => event).filter((event) => event.projectId === id)).toEqual(history(id, 40));
      for (const at of [0, 17, 118, 119]) {
        const rest = (await t.readAll(recorded[at]?.position)).filter(({ event }) => ids.includes(event.projectId));
        expect(rest).toEqual(recorded.slice(at + 1));
      }
    });

    test('keeps the events of one append together', async () => {
      const start = await t.end();
      const ids = Array.from({ length: 10 }, () => t.project());
      await Promise.all(ids.map((id) => t.store.append(id, -1, history(id, 5))));
      const order = (await t.readAll(start)).map(({ event }) => event.projectId).filter((id) => ids.includes(id));
      for (let at = 0; at < 50; at += 5) expect(new Set(order.slice(at, at + 5)).size).toBe(1);
    });
  });

  test('heads are every stream with its last revision and hash', async () => {
    const sizes = new Map(Array.from({ length: 12 }, (_, index) => [t.project(`h${index % 3}`), index + 1]));
    for (const [id, size] of sizes) await t.store.append(id, -1, history(id, size));
    const heads = (await all(t.store.heads())).filter(({ projectId }) => sizes.has(projectId));
    expect(new Set(heads.map(({ projectId }) => projectId)).size).toBe(heads.length);
    const expected = [...sizes].map(([projectId, size]) => ({
      projectId,
      revision: size - 1,
      hash: history(projectId, size).at(-1)?.hash,
    }));
    const byProject = (a: { projectId: string }, b: { projectId: string }) => (a.projectId < b.projectId ? -1 : 1);
    expect(heads.sort(byProject)).toEqual(expected.sort(byProject));
  });

  describe('close', () => {
    test('waits for appends under way, and what comes after it is refused', async () => {
      const id = t.project();
      const events = history(id, 2);
      const append = t.store.append(id, -1, events.slice(0, 1));
      await t.store.close();
      await append;
      await t.store.close();
      await expect(t.store.append(id, 0, events.slice(1))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(t.read(id)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(t.readAll()).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(all(t.store.heads())).rejects.toBeInstanceOf(StoreUnavailable);
    });

    test('ends a subscription that waits with StoreUnavailable, not as if it were complete', async () => {
      const iterator = t.store.subscribe(await t.end(), t.aborter.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const idle = expect(iterator.next()).rejects.toBeInstanceOf(StoreUnavailable);
      await t.store.close();
      await idle;
    });
  });
}

/** For a store that outlives its process. */
export function reopenContract(t: Probe): void {
  test('what was acknowledged is there when it is opened again, in the same order, and goes on', async () => {
    const [one, two] = [t.project(), t.project()];
    const start = await t.end();
    const events = history(one, 5);
    await Promise.all([t.store.append(one, -1, events), t.store.append(two, -1, history(two, 3))]);
    const before = await t.readAll(start);
    t.store = await t.reopen();
    expect(await t.readAll(start)).toEqual(before);
    await t.store.append(one, -1, events);
    await expect(t.store.append(one, -1, history(one, 1, { note: 'other' }))).rejects.toMatchObject({ actual: 4 });
    await t.store.append(one, 4, following(events, 1));
    expect(await t.read(one)).toEqual([...events, ...following(events, 1)]);
    expect(
      (await t.take(t.store.subscribe(before.at(-1)?.position, t.aborter.signal), [one], 1)).map(({ event }) => event.revision),
    ).toEqual([5]);
  });
}
