import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendedEvents } from '../../src/event-store/appended-events';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { SqliteEvents } from '../../src/event-store/sqlite-events';
import type { Recorded } from '../../src/event-store/event-store';
import { history } from '../fixtures/events';

/** Takes what a store gives out, from its beginning on. */
function follow(store: SqliteEventStore) {
  const events: Recorded[] = [];
  const aborter = new AbortController();
  const ended = (async () => {
    for await (const chunk of store.subscribe(undefined, aborter.signal)) events.push(...chunk.events);
  })();
  return {
    events,
    until: async (count: number): Promise<void> => {
      while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    stop: (): Promise<void> => {
      aborter.abort();
      return ended;
    },
  };
}

/** A text of so many characters that says which it is. */
const textOf = (position: number, characters: number): string => JSON.stringify({ position }).padEnd(characters);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ count: fc.integer({ min: 1, max: 300 }), characters: fc.constantFrom(20, 20, 5_000, 600_000) }) },
  // An append whose outcome is not known was stored all the same, or was not.
  { weight: 1, arbitrary: fc.record({ unknown: fc.integer({ min: 0, max: 3 }) }) },
  // A repetition of an append that was stored.
  { weight: 1, arbitrary: fc.constant('repeated' as const) },
);

test('what is given of the newest events is all that was appended after a position, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const appended = new AppendedEvents();
      let last = 0;
      let isCertain = true;
      for (const each of steps) {
        if (each === 'repeated') appended.clear();
        else if ('unknown' in each) {
          appended.clear();
          last += each.unknown;
          isCertain = false;
        } else {
          const texts = Array.from({ length: each.count }, (_, at) => textOf(last + at + 1, each.characters));
          last += each.count;
          appended.add(last, texts);
          isCertain = true;
        }
        for (const position of [0, last - 501, last - 500, last - 20, last - 1, last, last + 1].filter((at) => at >= 0)) {
          const chunk = appended.after(position);
          if (chunk === undefined) continue;
          // After an append that is not certain nothing is given until the disk was asked.
          expect(isCertain).toBe(true);
          const expected = Array.from({ length: last - position }, (_, at) => ({
            position: `${position + at + 1}`,
            event: { position: position + at + 1 },
          }));
          expect(chunk).toEqual({ events: expected, caughtUp: true, left: 0 });
          expect(chunk.events.length).toBeLessThanOrEqual(500);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('they are bounded by number and by size', () => {
  const appended = new AppendedEvents();
  for (let last = 1; last <= 600; last += 1) appended.add(last, [textOf(last, 100)]);
  expect(appended.after(99)).toBeUndefined();
  expect(appended.after(100)?.events).toHaveLength(500);
  appended.add(603, [textOf(601, 600_000), textOf(602, 600_000), textOf(603, 400_000)]);
  expect(appended.after(600)).toBeUndefined();
  expect(appended.after(601)?.events).toHaveLength(2);
  appended.add(604, [textOf(604, 2 ** 20 + 1)]);
  expect(appended.after(603)).toBeUndefined();
  appended.add(605, [textOf(605, 100)]);
  expect(appended.after(604)?.events).toHaveLength(1);
});

describe('a reader that follows a SQLite ledger', () => {
  let directory: string;
  let store: SqliteEventStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    store = new SqliteEventStore(directory);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  test('gets what is appended without a read of the disk, as the disk would give it, each event once', async () => {
    const events = history('shop', 40);
    await store.append('shop', -1, events.slice(0, 10));
    const follower = follow(store);
    await follower.until(10);
    const read = jest.spyOn(SqliteEvents.prototype, 'recorded');
    for (let revision = 10; revision < 40; revision += 3) {
      await store.append('shop', revision - 1, events.slice(revision, revision + 3));
      // A repetition adds nothing, and is looked at on the disk.
      if (revision === 19) await store.append('shop', revision - 1, events.slice(revision, revision + 3));
    }
    await follower.until(40);
    expect(follower.events.map(({ event }) => event)).toEqual(events);
    expect(follower.events.map(({ position }) => Number(position))).toEqual(events.map((_, at) => at + 1));
    expect(read.mock.calls.length).toBeLessThanOrEqual(1);
    await follower.stop();
  });

  test('does not ask again where nothing was appended', async () => {
    await store.append('shop', -1, history('shop', 1));
    const follower = follow(store);
    await follower.until(1);
    const read = jest.spyOn(SqliteEvents.prototype, 'lastPosition');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(read).not.toHaveBeenCalled();
    await follower.stop();
  });
});
