import fc from 'fast-check';
import { Pepper, type UserKey } from '../../src/domain/user-key';
import { momentsContract } from './moments';
import { ObservationsUnavailable } from '../../src/observations/observations';
import type { Exposure, Observation, Observations, StoredEvent, UserEvent } from '../../src/observations/observations';

const pepper = new Pepper(Buffer.alloc(32, 7));
const userOf = (name: string): UserKey => pepper.keyOf('shop', name);
const START = Date.parse('2026-11-20T10:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface OpenedObservations {
  readonly store: Observations;
  /** Closes it and opens it again; absent where nothing is kept. */
  reopen?(): Promise<Observations>;
  dispose(): Promise<void>;
}

const event = (user: string, id: string, over: Partial<UserEvent> = {}): UserEvent => ({
  kind: 'event',
  user: userOf(user),
  id,
  event: 'purchase',
  properties: {},
  content: JSON.stringify([over.event ?? 'purchase', over.properties ?? {}]),
  ...over,
});
const exposure = (user: string, over: Partial<Exposure> = {}): Exposure => ({
  kind: 'exposure',
  user: userOf(user),
  experiment: 'x1',
  variant: 'a',
  revision: 4,
  ...over,
});

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every store of observations promises. `open` is given a clock; `numRuns`: of the properties of moments. */
export function observationsContract(name: string, open: (clock: () => number) => Promise<OpenedObservations>, numRuns = 12): void {
  describe(`observations in ${name}`, () => {
    let now: number;
    let opened: OpenedObservations;
    let store: Observations;
    beforeEach(async () => {
      now = START;
      opened = await open(() => now);
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    momentsContract(
      () => store,
      (ms) => (now = ms),
      numRuns,
    );

    test('U1: an event is stored once per user and id; its repetition answers when it was first received', async () => {
      const first = event('ada', 'e1', { at: START - 5_000 });
      expect(await store.append('shop', [first, event('bob', 'e1')])).toEqual([
        { outcome: 'appended', at: START - 5_000, receivedAt: START },
        { outcome: 'appended', at: START, receivedAt: START },
      ]);
      now += 60_000;
      // Times are moved at receipt, so they may differ.
      expect(await store.append('shop', [{ ...first, at: START - 4_000 }, event('ada', 'e2'), event('ada', 'e2')])).toEqual([
        { outcome: 'repeated', at: START - 5_000, receivedAt: START },
        { outcome: 'appended', at: now, receivedAt: now },
        { outcome: 'repeated', at: now, receivedAt: now },
      ]);
      expect((await all(store.eventsOf('shop', 'purchase', Infinity))).length).toBe(3);
      expect(await store.append('other', [first])).toMatchObject([{ outcome: 'appended' }]);
    });

    test('the same id with other content is a conflict, also under the name of another event, and changes nothing', async () => {
      await store.append('shop', [event('ada', 'e1', { properties: { price: 1 } })]);
      now += 1;
      const others = [event('ada', 'e1', { properties: { price: 2 } }), event('ada', 'e1', { event: 'visit' })];
      const conflict = { outcome: 'conflict', receivedAt: START };
      expect(await store.append('shop', others)).toEqual([conflict, conflict]);
      expect(await all(store.eventsOf('shop', 'visit', Infinity))).toEqual([]);
      expect(await all(store.eventsOf('shop', 'purchase', Infinity))).toMatchObject([{ properties: { price: 1 } }]);
    });

    test('a repetition is recognised in the next month, and an event may have the id again once nothing as old is sent', async () => {
      await store.append('shop', [event('ada', 'e1')]);
      now = START + 13 * DAY_MS;
      expect(await store.append('shop', [event('ada', 'e1')])).toMatchObject([{ outcome: 'repeated', receivedAt: START }]);
      expect(await store.append('shop', [event('ada', 'e1', { content: 'other' })])).toMatchObject([{ outcome: 'conflict' }]);
    });

    test('R3: what is only counted adds up by name, and as of a minute it is the same later', async () => {
      const tally = (subject: string, name: string, count: number) => ({ kind: 'UNSTORED', subject, name, count }) as const;
      const total = (receivedBefore: number, subject = 'x1') =>
        store.tallied({ projectId: 'shop', kind: 'UNSTORED', subject, receivedBefore });
      expect(await total(now)).toEqual([]);
      await store.tally('shop', [tally('x1', 'b', 2), tally('x1', 'a', 1), tally('x2', 'a', 9)]);
      await store.tally('shop', [tally('x1', 'a', 3)]);
      now += 90_000;
      const before = await total(now);
      expect(before).toEqual([
        { name: 'a', firstAt: START, count: 4 },
        { name: 'b', firstAt: START, count: 2 },
      ]);
      await store.tally('shop', [tally('x1', 'a', 1)]);
      await store.tally('other', [tally('x1', 'a', 5)]);
      store = (await opened.reopen?.()) ?? store;
      expect(await total(now)).toEqual(before);
      expect(await total(now + 60_000)).toEqual([{ name: 'a', firstAt: START, count: 5 }, before[1]]);
      expect(await store.tallied({ projectId: 'shop', kind: 'LATE', subject: 'x1', receivedBefore: now + 60_000 })).toEqual([]);
    });

    test('what is received never goes back in time with the clock', async () => {
      await store.append('shop', [event('ada', 'e1')]);
      now -= 40 * DAY_MS;
      expect(await store.append('shop', [event('ada', 'e2')])).toMatchObject([{ receivedAt: START }]);
    });

    test('R1: of exposures of a user in a variant the first in time is what counts, in whichever order they come', async () => {
      expect(await store.append('shop', [exposure('ada', { at: START - 1_000 })])).toMatchObject([{ outcome: 'appended' }]);
      now += 10;
      expect(await store.append('shop', [exposure('ada', { at: START }), exposure('ada', { at: START - 2_000 })])).toEqual([
        { outcome: 'repeated', at: START - 1_000, receivedAt: START },
        { outcome: 'appended', at: START - 2_000, receivedAt: now },
      ]);
      await store.append('shop', [exposure('ada', { variant: 'b' }), exposure('ada', { experiment: 'x2' }), exposure('bob')]);
      const known = await all(store.known('shop', userOf('ada')));
      expect(known.length).toBe(4);
      expect(Math.min(...known.map(({ at }) => at))).toBe(START - 2_000);
      expect(known).toContainEqual({ kind: 'exposure', experiment: 'x2', variant: 'a', at: now, receivedAt: now, revision: 4 });
    });

    test('events of a name are read user by user, before an instant, behind a user, over months', async () => {
      const users = Array.from({ length: 30 }, (_, index) => `user ${index}`);
      for (const month of [0, 1]) {
        now = START + month * 15 * DAY_MS;
        await store.append(
          'shop',
          users.flatMap((user) => [event(user, `m${month}`), event(user, `n${month}`), event(user, `v${month}`, { event: 'visit' })]),
        );
      }
      const read = await all(store.eventsOf('shop', 'purchase', Infinity));
      expect(read.length).toBe(4 * users.length);
      expect([...new Set(read.map(({ user }) => user))]).toEqual(users.map(userOf).sort());
      const order = read.map(({ user }) => user);
      expect(order).toEqual([...order].sort());
      const [, , middle] = users.map(userOf).sort() as [UserKey, UserKey, UserKey];
      const behind = await all(store.eventsOf('shop', 'purchase', now, middle));
      expect(behind.length).toBe(2 * (users.length - 3));
      expect(behind.every(({ user, receivedAt }) => user > middle && receivedAt === START)).toBe(true);
      expect(await all(store.eventsOf('other', 'purchase', Infinity))).toEqual([]);
    });

    test('U6: exposures to an experiment are read user by user, over months and pages', async () => {
      const users = Array.from({ length: 700 }, (_, index) => `user ${index}`);
      await store.append(
        'shop',
        users.flatMap((user) => [exposure(user), exposure(user, { variant: 'b', revision: 9 }), exposure(user, { experiment: 'x2' })]),
      );
      now = START + 15 * DAY_MS;
      await store.append('shop', [exposure('late')]);
      const read = await all(store.exposuresOf('shop', 'x1', Infinity));
      expect(read.map(({ user, variant }) => `${user} ${variant}`).sort()).toEqual(
        [...users.flatMap((user) => [`${userOf(user)} a`, `${userOf(user)} b`]), `${userOf('late')} a`].sort(),
      );
      const order = read.map(({ user }) => user);
      expect(order).toEqual([...order].sort());
      expect(read.find(({ variant }) => variant === 'b')).toMatchObject({ at: START, receivedAt: START, revision: 9 });
      const middle = order[order.length >> 1]!;
      const behind = await all(store.exposuresOf('shop', 'x1', now, middle));
      expect(behind.map(({ user }) => user)).toEqual(order.filter((user) => user > middle && user !== userOf('late')));
    });

    test('users who are forgotten at once, while others append, in several months, are all forgotten', async () => {
      const users = Array.from({ length: 12 }, (_, index) => `user ${index}`);
      for (const month of [0, 1, 2]) {
        now = START + month * 31 * DAY_MS;
        await store.append(
          'shop',
          users.map((user) => event(user, `m${month}`)),
        );
      }
      const appending = users.map((_, n) => store.append('shop', [event('other', `e${n}`)]));
      const removed = await Promise.all(users.map((user) => store.forget('shop', userOf(user))));
      expect(removed).toEqual(users.map(() => 3));
      await Promise.all(appending);
      expect(new Set((await all(store.eventsOf('shop', 'purchase', Infinity))).map(({ user }) => user))).toEqual(
        new Set([userOf('other')]),
      );
      expect(await store.forgotten('shop')).toBe(users.length);
    });

    test('many and large events of one user are read in pages, each once', async () => {
      const count = 1_203;
      const batch = Array.from({ length: count }, (_, n) =>
        event('ada', `e${n}`, { properties: { n, ...(n % 100 === 0 && { text: 'x'.repeat(600_000) }) } }),
      );
      for (let from = 0; from < count; from += 400) await store.append('shop', batch.slice(from, from + 400));
      const numbers = (await all(store.eventsOf('shop', 'purchase', Infinity))).map(({ properties }) => properties['n'] as number);
      expect(numbers.sort((a, b) => a - b)).toEqual(batch.map((_, n) => n));
      expect((await all(store.known('shop', userOf('ada')))).length).toBe(count);
    });

    test('a reading that is broken off holds nothing back', async () => {
      await store.append('shop', [event('ada', 'e1'), event('bob', 'e2')]);
      for await (const { receivedAt } of store.eventsOf('shop', 'purchase', Infinity)) {
        expect(receivedAt).toBe(START);
        break;
      }
      expect(await store.append('shop', [event('eve', 'e3')])).toMatchObject([{ outcome: 'appended' }]);
    });

    test('U4: all that is known of a user is reported, and removed, of that user alone; the forgotten are counted once', async () => {
      await store.append('shop', [event('ada', 'e1', { properties: { price: 3 } }), exposure('ada'), event('bob', 'e1')]);
      now = START + 20 * DAY_MS;
      await store.append('shop', [event('ada', 'e2', { event: 'visit' })]);
      await store.append('other', [event('ada', 'e1')]);
      expect((await all(store.known('shop', userOf('ada')))).map(({ kind }) => kind).sort()).toEqual(['event', 'event', 'exposure']);
      expect(await store.forget('shop', userOf('ada'))).toBe(3);
      expect(await all(store.known('shop', userOf('ada')))).toEqual([]);
      expect((await all(store.eventsOf('shop', 'purchase', Infinity))).map(({ user }) => user)).toEqual([userOf('bob')]);
      expect(await store.forget('shop', userOf('ada'))).toBe(0);
      expect([await store.forgotten('shop'), await store.forgotten('other')]).toEqual([1, 0]);
      expect((await all(store.known('other', userOf('ada')))).length).toBe(1);
      expect(await store.append('shop', [event('ada', 'e1')])).toMatchObject([{ outcome: 'appended' }]);
    });

    test('the vocabulary holds the events in use, with the types of their properties', async () => {
      const properties = { price: 1, gift: true, tags: ['a'], from: { city: 'X' }, nothing: null, __proto__x: 'y' };
      await store.append('shop', [event('ada', 'e1', { properties }), event('ada', 'e2', { event: 'visit' }), exposure('ada')]);
      now = START + 20 * DAY_MS;
      await store.append('shop', [event('bob', 'e3', { properties: { price: '1' } })]);
      expect(await store.vocabulary('shop')).toEqual([
        {
          event: 'purchase',
          properties: [
            { name: '__proto__x', types: ['STRING'] },
            { name: 'from', types: ['OBJECT'] },
            { name: 'gift', types: ['BOOLEAN'] },
            { name: 'price', types: ['NUMBER', 'STRING'] },
            { name: 'tags', types: ['LIST'] },
          ],
        },
        { event: 'visit', properties: [] },
      ]);
      expect(await store.vocabulary('other')).toEqual([]);
    });

    test('ids and names of any script and length are kept apart', async () => {
      const strange = [
        '',
        '\0',
        'é',
        'e\u0301',
        '名前',
        '🙂',
        'x'.repeat(5_000),
        `${'x'.repeat(5_000)}y`,
        '__proto__',
        "'; DROP TABLE events; --",
      ];
      const batch = strange.flatMap((text) => [event('ada', text, { event: `of ${text}` }), event(text, 'same', { event: text })]);
      expect((await store.append('shop', batch)).every(({ outcome }) => outcome === 'appended')).toBe(true);
      for (const text of strange)
        expect((await all(store.eventsOf('shop', text, Infinity))).map(({ user }) => user)).toEqual([userOf(text)]);
    });

    test('U2: whatever is appended in whatever batches and order, each event is there once, as a model says', async () => {
      const item = fc.record({
        user: fc.constantFrom('ada', 'bob', 'eve'),
        id: fc.constantFrom('1', '2', '3'),
        event: fc.constantFrom('purchase', 'visit'),
      });
      const batches = fc.array(fc.array(item, { maxLength: 6 }), { maxLength: 6 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(batches, async (drawn) => {
          const project = `run ${(run += 1)}`;
          const model = new Map<string, string>();
          for (const batch of drawn) {
            const expected = batch.map(({ user, id, event: name }) => {
              const stored = model.get(`${user} ${id}`);
              if (stored === undefined) model.set(`${user} ${id}`, name);
              return stored === undefined ? 'appended' : stored === name ? 'repeated' : 'conflict';
            });
            const answered = await store.append(
              project,
              batch.map(({ user, id, event: name }) => event(user, id, { event: name })),
            );
            expect(answered.map(({ outcome }) => outcome)).toEqual(expected);
            now += 7 * HOUR_MS;
          }
          const read: StoredEvent[] = [];
          for (const name of ['purchase', 'visit']) read.push(...(await all(store.eventsOf(project, name, Infinity))));
          expect(read.length).toBe(model.size);
        }),
        { numRuns: 30 },
      );
    });

    test('many appends at once are each answered, and an empty one', async () => {
      const batches: Observation[][] = Array.from({ length: 200 }, (_, n) => [event(`u${n % 7}`, `e${n}`)]);
      const answers = await Promise.all([...batches, ...batches].map((batch) => store.append('shop', batch)));
      expect(answers.filter(([answer]) => answer?.outcome === 'appended').length).toBe(200);
      expect(answers.filter(([answer]) => answer?.outcome === 'repeated').length).toBe(200);
      expect(await store.append('shop', [])).toEqual([]);
    });

    test('what was acknowledged is there after it was closed and opened again; once closed it says so', async () => {
      await store.append('shop', [event('ada', 'e1', { properties: { price: 0.1 } }), exposure('ada')]);
      if (opened.reopen !== undefined) {
        store = await opened.reopen();
        now += 1;
        expect(await store.append('shop', [event('ada', 'e1', { properties: { price: 0.1 } })])).toEqual([
          { outcome: 'repeated', at: START, receivedAt: START },
        ]);
        expect((await all(store.known('shop', userOf('ada')))).length).toBe(2);
      }
      await store.close();
      await expect(store.append('shop', [])).rejects.toThrow(ObservationsUnavailable);
      await expect(store.append('shop', [])).rejects.toThrow('has been closed');
    });
  });
}
