import { History } from '../../src/audit/history';
import { EventMissing, readRevisions } from '../../src/audit/read-revisions';
import type { Envelope } from '../../src/domain/event';
import { label, labelled } from '../../src/domain/label';
import { MemoryEventStore } from '../../src/event-store/memory';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { history as sealed } from '../fixtures/events';

/** A store and a read model's log of the same events, and how the store is read. */
async function shelf(events: readonly Envelope[], { stored = events.length } = {}) {
  const store = new MemoryEventStore();
  for (let at = 0; at < stored; at += 1_000) await store.append('shop', at - 1, events.slice(at, Math.min(stored, at + 1_000)));
  const readModel = createMemoryReadModel();
  const { revision, hash, occurredAt } = events.at(-1)!;
  const log = { times: events.map((event) => event.occurredAt), labels: labelled(events) };
  await readModel.commit({ projectId: 'shop', expectedRevision: -1, checkpoint: { revision, hash, occurredAt }, writes: [], log });
  const reads: number[] = [];
  const read = (projectId: string, from = 0, limit = Infinity) => {
    reads.push(limit);
    return store.read(projectId, from, limit);
  };
  return { reads, store: { read }, history: new History({ store: { read }, readModel, upcast: (event) => event }) };
}

const EVENTS = sealed('shop', 5_000);
const everything = { having: [], newestFirst: true } as const;

test('a page costs the page: no more events are read than it has, each once', async () => {
  const { history, reads } = await shelf(EVENTS);
  const { entries, total, more } = await history.page('shop', { ...everything, limit: 20 });
  expect(entries.map(({ event }) => event)).toEqual(EVENTS.slice(-20).reverse());
  expect([total, more, reads]).toEqual([5_000, true, [20]]);
  reads.length = 0;
  const one = await history.page('shop', { having: [[label.entity('key', 'k1')]], newestFirst: false, limit: 5 });
  expect(one.entries.map(({ event }) => event.revision)).toEqual([1, 4, 7, 10, 13]);
  // Near one another, so they are read in one go.
  expect(reads).toEqual([13]);
});

test('events that are far apart are read one by one, in the order asked for', async () => {
  const { store, reads } = await shelf(EVENTS);
  const revisions = [4_000, 7, 999, 8, 4_000, 2_345];
  expect(await readRevisions(store, 'shop', revisions)).toEqual(revisions.map((revision) => EVENTS[revision]));
  expect(reads.sort()).toEqual([1, 1, 1, 2]);
});

test('a search looks at 2,000 events and says where it stopped; gone on with, it finds all', async () => {
  const events = EVENTS.map((event) => (event.revision % 1_999 === 3 ? { ...event, reason: 'Ménage' } : event));
  const { history, reads } = await shelf(events);
  const found: number[] = [];
  let requests = 0;
  for (let before: number | undefined, more = true; more; requests += 1) {
    reads.length = 0;
    const page = await history.page('shop', { ...everything, before, text: 'ménage', limit: 2 });
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_001);
    found.push(...page.entries.map(({ event }) => event.revision));
    const last = page.stoppedAt?.revision ?? page.entries.at(-1)?.event.revision;
    if (page.stoppedAt) expect(page.stoppedAt.mark).toBe(events[page.stoppedAt.revision]!.hash.slice(0, 16));
    expect(page.total).toBeUndefined();
    more = page.more;
    before = last;
  }
  expect(found).toEqual(
    events
      .filter(({ reason }) => reason === 'Ménage')
      .map(({ revision }) => revision)
      .reverse(),
  );
  expect(requests).toBeGreaterThan(2);
});

test('an event that the read model reflects and the event store does not have is said to be missing', async () => {
  const { history } = await shelf(EVENTS.slice(0, 100), { stored: 90 });
  await expect(history.page('shop', { ...everything, limit: 20 })).rejects.toThrow(EventMissing);
  await expect(history.page('shop', { ...everything, limit: 20 })).rejects.toThrow('has no event 99 of project shop');
  expect((await history.page('shop', { ...everything, before: 90, limit: 20 })).entries).toHaveLength(20);
  expect(await history.event('shop', 95)).toBeUndefined();
});

test('a project that is not there has no history', async () => {
  const { history } = await shelf(EVENTS.slice(0, 10));
  expect(await history.page('other', { ...everything, limit: 5 })).toEqual({ entries: [], more: false, total: 0, checkpoint: undefined });
});
