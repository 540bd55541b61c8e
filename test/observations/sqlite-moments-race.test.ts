import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pepper } from '../../src/domain/user-key';
import { SqliteObservations } from '../../src/observations/sqlite';
import { ExposureWriter } from '../../src/observations/sqlite-exposure-writer';
import { MONTH_FORMAT, EXPOSURES_FILE, EXPOSURES_FORMAT } from '../../src/observations/sqlite-format';
import { MonthReader } from '../../src/observations/sqlite-month-reader';
import { callsOf } from '../../src/observations/sqlite-thread';
import { openWritable } from '../../src/sqlite/file';
import { queryOf } from '../contract/moments';
import { channelHere } from '../fixtures/thread-here';

const pepper = new Pepper(Buffer.alloc(32, 7));
const START = Date.parse('2026-01-20T10:00:00Z');
const DAY_MS = 86_400_000;
const USERS = ['ada', 'bob', 'eve', 'zoe'].map((name) => pepper.keyOf('shop', name)).sort();
/** Of whom there are events on two pages. */
const BUSY = USERS[1]!;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'moments-race-'))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

test.each<[what: string, write: (directory: string) => void]>([
  [
    'a second exposure of a user',
    () => {
      const db = openWritable(join(directory, EXPOSURES_FILE), EXPOSURES_FORMAT);
      const row = { kind: 'exposure', user: BUSY, experiment: 'x1', variant: 'control', at: START + 5, revision: 1 } as const;
      new ExposureWriter(db).add('shop', row, START + 40 * DAY_MS, () => {});
      db.close();
    },
  ],
  [
    'the removal of a user between two pages of them',
    () => {
      const db = openWritable(join(directory, 'observations-2026-01.db'), MONTH_FORMAT);
      db.exec(`DELETE FROM events WHERE user = x'${BUSY}'`);
      db.close();
    },
  ],
])('R3: %s, written while moments are computed, does not show in them', async (_, write) => {
  const store = new SqliteObservations(directory, {
    keptDays: 400,
    clock: () => START,
    thread: (place) => channelHere(callsOf(place)),
  });
  const exposures = USERS.map((user) => ({ kind: 'exposure', user, experiment: 'x1', variant: 'v2', at: START, revision: 1 }) as const);
  const events = Array.from({ length: 2_600 }, (_each, n) => ({
    kind: 'event' as const,
    user: n % 100 === 0 ? USERS[n % 3 === 0 ? 2 : 3]! : BUSY,
    id: `${n}`,
    event: 'purchase',
    at: START + n,
    properties: { price: 1 },
    content: `${n}`,
  }));
  await store.append('shop', [...exposures, ...events]);
  const query = queryOf('shop', START + 30 * DAY_MS);
  const before = await store.moments(query);
  expect(before.moments.length).toBeGreaterThan(0);

  // After the first page of the first reading.
  const { measuredEvents } = MonthReader.prototype;
  let isWritten = false;
  jest.spyOn(MonthReader.prototype, 'measuredEvents').mockImplementation(function* (this: MonthReader, asked) {
    for (const found of measuredEvents.call(this, asked)) {
      if (!isWritten) write(directory);
      isWritten = true;
      yield found;
    }
  });
  // Another question, since the answer to the first is kept.
  const asked = { ...query, receivedBefore: query.receivedBefore + 1 };
  expect(await store.moments(asked)).toEqual(before);
  expect(isWritten).toBe(true);
  await store.close();
});
