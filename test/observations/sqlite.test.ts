/** @jest-environment node */
import Database from 'libsql';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pepper } from '../../src/domain/user-key';
import { MemoryObservations } from '../../src/observations/memory';
import { ObservationsUnavailable, type UserEvent } from '../../src/observations/observations';
import { openObservations } from '../../src/observations/open';
import { SqliteObservations } from '../../src/observations/sqlite';
import { callsOf } from '../../src/observations/sqlite-thread';
import { queryOf } from '../contract/moments';
import { all } from '../contract/observations';
import { startKillable, type Killable } from '../fixtures/killable';
import { channelHere } from '../fixtures/thread-here';
import { playedBatches } from './moments-batches';

const pepper = new Pepper(Buffer.alloc(32, 7));
const event = (user: string, id: string): UserEvent => ({
  kind: 'event',
  user: pepper.keyOf('shop', user),
  id,
  event: 'purchase',
  properties: { id },
  content: id,
});
const START = Date.parse('2026-01-20T10:00:00Z');
const DAY_MS = 86_400_000;

let directory: string;
let children: Killable[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'observations-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(directory, { recursive: true });
});

const months = () => readdirSync(directory).filter((name) => /^observations-.*\.db$/.test(name));

test('there is a file for each month, for this account alone; a month goes when all of it is older than it is kept', async () => {
  let now = START;
  const store = new SqliteObservations(directory, { keptDays: 60, clock: () => now, thread: (place) => channelHere(callsOf(place)) });
  for (let days = 0; days <= 70; days += 14) {
    now = START + days * DAY_MS;
    await store.append('shop', [event('ada', `day ${days}`)]);
    expect((await all(store.eventsOf('shop', 'purchase', Infinity))).length).toBe(1 + days / 14);
  }
  expect(months()).toEqual(['observations-2026-01.db', 'observations-2026-02.db', 'observations-2026-03.db']);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
  now = Date.parse('2026-04-01T12:00:00Z');
  await store.append('shop', [event('ada', 'one day too early')]);
  expect(months().length).toBe(4);
  now += 2 * DAY_MS;
  await store.append('shop', [event('ada', 'late enough')]);
  expect(months()).toEqual(['observations-2026-02.db', 'observations-2026-03.db', 'observations-2026-04.db']);
  const left = await all(store.eventsOf('shop', 'purchase', Infinity));
  expect(left.map(({ properties }) => properties['id']).sort()).toEqual(
    ['day 14', 'day 28', 'day 42', 'day 56', 'day 70', 'late enough', 'one day too early'].sort(),
  );
  await store.close();
});

test('a file that a killed process left unfinished is made anew, and none is ever read half made', async () => {
  const now = START;
  writeFileSync(join(directory, 'observations-2026-01.db.new'), 'half');
  const store = new SqliteObservations(directory, { keptDays: 60, clock: () => now, thread: (place) => channelHere(callsOf(place)) });
  expect(await store.append('shop', [event('ada', '1')])).toMatchObject([{ outcome: 'appended' }]);
  expect(existsSync(join(directory, 'observations-2026-01.db.new'))).toBe(false);
  await store.close();
});

test('a file that is none of ours is refused with a sentence that says what to do', async () => {
  const file = join(directory, 'observations-2026-01.db');
  const foreign = new Database(file);
  foreign.exec('CREATE TABLE theirs (x)');
  foreign.close();
  const store = new SqliteObservations(directory, { keptDays: 60, clock: () => START, thread: (place) => channelHere(callsOf(place)) });
  await expect(store.append('shop', [event('ada', '1')])).rejects.toThrow(ObservationsUnavailable);
  await expect(store.append('shop', [event('ada', '1')])).rejects.toThrow('not a file of observations: move it away');
  await store.close();
});

test('a transaction that fails acknowledges nothing; with room again the same batch is appended', async () => {
  let limit = (_most: number) => {};
  const store = new SqliteObservations(directory, {
    keptDays: 60,
    clock: () => START,
    thread: (place) => {
      const calls = callsOf(place);
      if (place.access === 'write') {
        limit = (most) => {
          const db = mockOpened.at(-1)!;
          db.prepare(`PRAGMA max_page_count = ${most}`).raw().get();
        };
      }
      return channelHere(calls);
    },
  });
  await store.append('shop', [event('ada', 'before')]);
  limit(1);
  const batch = Array.from({ length: 500 }, (_, n) => ({
    ...event('bob', `${n}`),
    event: `event ${n}`,
    properties: { text: 'x'.repeat(500) },
  }));
  await expect(store.append('shop', batch)).rejects.toThrow('the disk is full: make room');
  await expect(store.append('shop', batch)).rejects.toThrow(ObservationsUnavailable);
  expect((await all(store.known('shop', pepper.keyOf('shop', 'bob')))).length).toBe(0);
  limit(1_000_000);
  expect((await store.append('shop', batch)).filter(({ outcome }) => outcome === 'appended').length).toBe(500);
  expect((await store.vocabulary('shop')).length).toBe(501);
  await store.close();
});

/** The connections that were opened, in their order. */
const mockOpened: Database.Database[] = [];
jest.mock('libsql', () => {
  const Real = jest.requireActual<typeof Database>('libsql');
  return class extends Real {
    constructor(name: string, options?: Database.Options) {
      super(name, options);
      if (name.endsWith('.db')) mockOpened.push(this);
    }
  };
});

test('U1: kill -9 in the middle of appends loses nothing that was acknowledged and doubles nothing; a second process is refused', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const child = startKillable(join(__dirname, 'sqlite-child.ts'), [directory, `${round * 1_000_000}`]);
    children.push(child);
    await child.said(60 + 37 * round);
    if (round === 0) expect(() => new SqliteObservations(directory, { keptDays: 400 })).toThrow(/observations\.lock is locked/);
    await child.kill();
    acknowledged.push(...child.lines.flatMap((line) => line.split(' ')));
  }
  const store = await openObservations(`sqlite:${directory}`, { dataDir: '/nowhere', keptDays: 400 });
  const numbers = (await all(store.eventsOf('shop', 'purchase', Infinity))).map(({ properties }) => `${properties['number']}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  const stored = new Set(numbers);
  expect(acknowledged.length).toBeGreaterThan(500);
  expect(acknowledged.filter((number) => !stored.has(number))).toEqual([]);
  await store.close();
});

test('R3: kill -9 between and in the middle of batches, which are sent again, changes no moment', async () => {
  const batches = playedBatches();
  const acknowledged = new Set<number>();
  for (let round = 0; round < 3; round += 1) {
    const child = startKillable(join(__dirname, 'moments-child.ts'), [directory, `${round * 11}`]);
    children.push(child);
    await child.said(9 + 4 * round);
    await child.kill();
    for (const line of child.lines) acknowledged.add(Number(line));
  }
  const store = await openObservations(`sqlite:${directory}`, { dataDir: '/nowhere', keptDays: 400 });
  expect(acknowledged.size).toBeGreaterThan(15);
  for (const [index, batch] of batches.entries()) if (!acknowledged.has(index)) await store.append('shop', batch);
  const reference = new MemoryObservations();
  for (const batch of batches) await reference.append('shop', batch);
  const query = queryOf('shop', Number.MAX_SAFE_INTEGER);
  const { exposed, moments, earlier } = await reference.moments(query);
  expect(exposed.length).toBeGreaterThan(5);
  expect(await store.moments(query)).toMatchObject({ exposed, moments, earlier });
  await store.close();
});

test.each(['redis://localhost', 'sqlite', 'memory:x', ''])('the URL %p names no place for observations', async (url) => {
  await expect(openObservations(url, { dataDir: directory, keptDays: 1 })).rejects.toThrow('must be sqlite:');
});

test('without a directory they are below the data directory; memory: keeps nothing', async () => {
  const store = await openObservations('sqlite:', { dataDir: directory, keptDays: 400 });
  await store.append('shop', [event('ada', '1')]);
  await store.close();
  expect(readdirSync(join(directory, 'observations')).filter((name) => name.endsWith('.db')).length).toBe(1);
  await (await openObservations('memory:', { dataDir: directory, keptDays: 400 })).close();
});

test('R1: a user of more events than are read at once, and long properties, come to what they are in memory', async () => {
  let now = START;
  const options = { keptDays: 400, clock: () => now, thread: (place: Parameters<typeof callsOf>[0]) => channelHere(callsOf(place)) };
  const store = new SqliteObservations(directory, options);
  const memory = new MemoryObservations(() => now);
  const users = ['ada', 'bob', 'eve', 'zoe'].map((name) => pepper.keyOf('shop', name));
  const exposures = users.map((user) => ({ kind: 'exposure', user, experiment: 'x1', variant: 'v2', at: START, revision: 1 }) as const);
  // Of one user, who is neither the first nor the last by key, more than two pages, on both sides of a month's end.
  const busy = [...users].sort()[1]!;
  const events = Array.from({ length: 4_600 }, (_, n) => ({
    ...event('ada', `${n}`),
    user: n % 200 === 0 ? users[n % users.length]! : busy,
    at: START + n,
    properties: { price: n % 7, ...(n % 500 === 0 && { gift: true, text: 'x'.repeat(3_000) }) },
  }));
  for (const at of [memory, store]) {
    now = START;
    await at.append('shop', [...exposures, ...events.slice(0, 4_100)]);
    now = START + 20 * DAY_MS;
    await at.append('shop', events.slice(4_100));
  }
  now += DAY_MS;
  const query = queryOf('shop', now - DAY_MS / 2);
  const expected = await memory.moments(query);
  expect(expected.moments.find(({ goal }) => goal === 'gifts')).toMatchObject({ sum: 10 });
  expect(await store.moments(query)).toEqual(expected);
  await store.close();
});
