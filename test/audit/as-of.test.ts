import { cursorOf } from '../../src/domain/cursor';
import { seal, headOf, type Envelope } from '../../src/domain/event';
import { TooManyWaiting } from '../../src/concurrency/limiter';
import { NoSuchPoint } from '../../src/audit/history-point';
import { Past, replayed } from './past';
import { story } from './story';

const EVENTS = story(120);
const at = (revision: number) => ({ kind: 'revision', revision }) as const;
const time = (of: number) => ({ kind: 'time', time: of }) as const;

test('any revision is what a replay of its prefix gives, byte for byte, whatever was asked before', async () => {
  const past = new Past(EVENTS, { interval: 7 });
  const order = Array.from({ length: 61 }, (_, at) => (at * 53) % EVENTS.length);
  for (const revision of order) expect(await past.dump(at(revision))).toBe(await replayed(EVENTS.slice(0, revision + 1)));
});

test('once warm, an answer folds fewer events than lie between two snapshots, and each snapshot was made once', async () => {
  const past = new Past(EVENTS, { interval: 10 });
  await Promise.all([119, 119, 55, 80].map((revision) => past.dump(at(revision))));
  expect(past.folded).toBeLessThanOrEqual(120 + 4 * 9);
  for (const revision of [3, 9, 10, 64, 119]) {
    past.folded = 0;
    await past.dump(at(revision));
    expect(past.folded).toBeLessThan(10);
  }
});

test('a time means after the last event that is not later, a cursor after its event, and a time to come the end', async () => {
  const past = new Past(EVENTS, { interval: 10 });
  const dated = EVENTS[64] as Envelope;
  for (const place of [time(dated.occurredAt), time(dated.occurredAt + 999), { kind: 'cursor', cursor: cursorOf(dated) } as const]) {
    expect(await past.dump(place)).toBe(await replayed(EVENTS.slice(0, 65)));
  }
  expect(await past.dump(time(dated.occurredAt - 1))).toBe(await replayed(EVENTS.slice(0, 64)));
  expect(await past.dump(time(Number.MAX_SAFE_INTEGER))).toBe(await replayed(EVENTS));
});

test('several events of the same time are all of them in what is asked by that time', async () => {
  const same = EVENTS.map((event) => event.occurredAt)[30] as number;
  const events = rewritten(EVENTS, (_event, revision) => (revision >= 25 && revision <= 44 ? { occurredAt: same } : {}));
  const past = new Past(events, { interval: 10 });
  await past.dump(at(119));
  expect(await past.dump(time(same))).toBe(await replayed(events.slice(0, 45)));
});

test('a version of an entity is the place just before its next', async () => {
  const past = new Past(EVENTS, { interval: 10 });
  await past.dump(at(119));
  const entity = { kind: 'key', id: 'key_1', collection: 'keys' } as const;
  const own = EVENTS.filter((event) => event.entity.kind === 'key' && event.entity.id === 'key_1');
  for (const { version } of own) {
    const next = own.find((event) => event.version === version + 1)?.revision ?? EVENTS.length;
    expect(await past.dump({ kind: 'version', entity, version })).toBe(await replayed(EVENTS.slice(0, next)));
  }
});

describe('a place that the history does not have', () => {
  const past = new Past(EVENTS, { interval: 10 });

  test('a revision beyond the head says where the history ends', async () => {
    await expect(past.dump(at(120))).rejects.toThrow(
      new NoSuchPoint('The history of "shop" has no revision 120: it goes from 0 to 119. Ask for one of these.'),
    );
    await expect(past.dump(at(1_000_000))).rejects.toThrow('it goes from 0 to 119');
  });

  test('a time before the project says when it was created', async () => {
    await expect(past.dump(time((EVENTS[0] as Envelope).occurredAt - 1))).rejects.toThrow(
      '"shop" was not there yet: it was created at 2026-01-01T00:00:01.000Z',
    );
  });

  test('a cursor beyond the head, or of another history, is noticed', async () => {
    const cursor = cursorOf(EVENTS[60] as Envelope);
    for (const other of [
      { ...cursor, mark: '0123456789abcdef' },
      { ...cursor, revision: 61 },
      { ...cursor, revision: 500 },
    ]) {
      await expect(past.dump({ kind: 'cursor', cursor: other })).rejects.toThrow('a place that the history of "shop" does not have');
    }
  });

  test('a project that is not there has no places at all', async () => {
    expect(await past.asOf.at('nowhere', at(0))).toBeUndefined();
    expect(await past.asOf.at('nowhere', time(0))).toBeUndefined();
  });
});

describe('snapshots are thrown away lightly', () => {
  test('when the history was rewritten they go, and answers are of the new one', async () => {
    const past = new Past(EVENTS, { interval: 10 });
    await past.dump(at(119));
    const other = rewritten(EVENTS, (_event, revision) => (revision === 20 ? { reason: 'rewritten' } : {}));
    past.events = other;
    expect(await past.dump(at(115))).toBe(await replayed(other.slice(0, 116)));
    past.events = EVENTS.slice(0, 50);
    expect(await past.dump(at(49))).toBe(await replayed(EVENTS.slice(0, 50)));
    await expect(past.dump(at(115))).rejects.toThrow('it goes from 0 to 49');
  });

  test('where there is little room they lie farther apart, and answers are the same', async () => {
    for (const [bytes, most] of [
      [200_000, 20],
      [100_000, 60],
      [1, 119],
    ] as const) {
      const past = new Past(EVENTS, { interval: 5, bytes });
      for (const revision of [119, 7, 64, 100]) expect(await past.dump(at(revision))).toBe(await replayed(EVENTS.slice(0, revision + 1)));
      past.folded = 0;
      await past.dump(at(118));
      expect(past.folded).toBeGreaterThan(5);
      // Those that stay go on to the end of the history.
      expect(past.folded).toBeLessThanOrEqual(most);
    }
  });

  test('where they lie farther apart than is read at a time, answers are the same', async () => {
    const events = story(1_300);
    const past = new Past(events, { interval: 1_200 });
    for (const revision of [1_299, 1_150, 1_199, 499, 500]) {
      expect(await past.dump(at(revision))).toBe(await replayed(events.slice(0, revision + 1)));
    }
    expect(await past.dump(time((events[1_100] as Envelope).occurredAt))).toBe(await replayed(events.slice(0, 1_101)));
  });

  test('a history of which a link does not hold is no base for an answer', async () => {
    const broken = EVENTS.map((event, revision) => (revision === 33 ? { ...event, previousHash: '0'.repeat(64) } : event));
    const past = new Past(broken, { interval: 10 });
    expect(await past.dump(at(32))).toBe(await replayed(EVENTS.slice(0, 33)));
    await expect(past.dump(at(60))).rejects.toThrow('event 33 of project shop does not follow event 32');
  });
});

test('an event that cannot be projected rejects what comes after it, with the reason as it is', async () => {
  class Strange extends Error {}
  const past = new Past(EVENTS, {
    interval: 10,
    fold: async () => ({ failure: { error: new Strange('of another version') } }),
  });
  await expect(past.dump(at(60))).rejects.toThrow(Strange);
});

test('others have a turn while a long history is read for the first time', async () => {
  const past = new Past(story(2_000));
  let turns = 0;
  const watch = setInterval(() => (turns += 1), 1);
  await past.asOf.at('shop', at(1_999));
  clearInterval(watch);
  expect(turns).toBeGreaterThan(10);
});

test('more questions at once than can wait are turned away, and the others answered', async () => {
  const past = new Past(EVENTS, { interval: 10 });
  const answers = await Promise.allSettled(Array.from({ length: 600 }, () => past.asOf.at('shop', at(119))));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ reason }) => reason instanceof TooManyWaiting)).toBe(true);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(500);
});

/** The same events with other particulars, sealed anew into a chain of their own. */
function rewritten(events: readonly Envelope[], change: (event: Envelope, revision: number) => Partial<Envelope>): Envelope[] {
  const chain: Envelope[] = [];
  events.forEach((event, revision) => {
    const {
      type,
      entity,
      data,
      id: _id,
      hash: _hash,
      previousHash: _previous,
      revision: _revision,
      occurredAt,
      ...rest
    } = { ...event, ...change(event, revision) };
    const previous = chain.at(-1);
    const head = previous ? headOf(previous) : { revision: -1, hash: '0'.repeat(64), occurredAt: 0 };
    chain.push(seal({ type, entity, data }, { ...rest, now: occurredAt }, head));
  });
  return chain;
}
