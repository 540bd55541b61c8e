import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import { PageCache } from '../../src/feed/page-cache';
import { collectGarbage } from '../fixtures/event-loop';
import { Ledger } from '../fixtures/ledger';

const ledger = Ledger.started();
for (let at = 0; at < 20; at += 1) ledger.accept({ type: 'EditProject', id: 'shop', description: `Description ${at}` });

/** A cache over a store that gives other objects for each read. */
function cacheOf(options?: { readonly keptBytes?: number; readonly keptMs?: number }) {
  const reads: number[] = [];
  const read = async function* (_projectId: string, from: number, limit: number): AsyncGenerator<Envelope> {
    reads.push(from);
    yield* structuredClone(ledger.events.slice(from, from + limit));
  };
  return { cache: new PageCache(read, options), reads };
}

test('a page is read once for all that ask for it', async () => {
  const { cache, reads } = cacheOf();
  const [one, other] = await Promise.all([cache.page('shop', 0), cache.page('shop', 0)]);
  expect(one).toHaveLength(21);
  expect(other).toBe(one);
  expect(await cache.page('shop', 0)).toBe(one);
  expect(cache.at('shop', 0, 20)).toBe(one[20]);
  expect(reads).toEqual([0]);
});

test('what is kept too long is given back to the system, though it is never asked for again', async () => {
  const { cache } = cacheOf({ keptMs: 20 });
  const kept = new WeakRef((await cache.page('shop', 0))[0] as Envelope);
  await sleep(100);
  collectGarbage();
  expect(kept.deref()).toBeUndefined();
});

test('it counts what an event takes in memory, with what is made of it, not its text alone', async () => {
  const text = JSON.stringify([...(await cacheOf().cache.page('shop', 0))]).length;
  const { cache, reads } = cacheOf({ keptBytes: 3 * text });
  await cache.page('shop', 0);
  await cache.page('shop', 0);
  expect(reads).toEqual([0, 0]);
});
