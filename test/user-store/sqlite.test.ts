import Database from 'libsql';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteUserStore } from '../../src/user-store/sqlite';
import { UserStoreUnavailable } from '../../src/user-store/user-store';
import { assignment, event, pepper, record, START, userOf } from '../contract/users';
import { startKillable, type Killable } from '../fixtures/killable';

let directory: string;
let children: Killable[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'users-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(directory, { recursive: true });
});

const open = (pepperId = pepper.id) => SqliteUserStore.open(directory, { pepperId, clock: () => START });

test('U1: kill -9 loses no acknowledged event or assignment and doubles none; a second process is refused meanwhile', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const child = startKillable(join(__dirname, 'sqlite-child.ts'), [directory, `${round * 1_000_000}`]);
    children.push(child);
    await child.said(300 + 137 * round);
    if (round === 0) await expect(open()).rejects.toThrow(/users\.lock is locked: another process uses the user store/);
    await child.kill();
    acknowledged.push(...child.lines);
  }
  const store = await open();
  const numbers = (what: string) => acknowledged.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[1]));
  const assigned = numbers('assigned');
  const counted = numbers('counted');
  expect(Math.min(assigned.length, counted.length)).toBeGreaterThan(50);
  for (let user = 0; user < 50; user += 1) {
    const { assignments, counters } = await store.load('shop', userOf(`${user}`));
    const experiments = assignments.map(({ experiment }) => experiment);
    expect(new Set(experiments).size).toBe(experiments.length);
    const ofUser = assigned.filter((number) => number % 50 === user);
    expect(ofUser.filter((number) => !experiments.includes(`x${number}`))).toEqual([]);
    const before = counters.get('c')!.cells.reduce((sum, { count }) => sum + count, 0);
    // What was killed before its answer may be there, whole; what was answered is, and is not counted again.
    expect(before % 2).toBe(0);
    const again = counted.filter((number) => number % 50 === user);
    expect(before).toBeGreaterThanOrEqual(2 * again.length);
    for (const number of again)
      expect(await record(store, userOf(`${user}`), [event(`${number}`, ['c']), event(`${number} too`, ['c'])])).toEqual([
        'repeated',
        'repeated',
      ]);
  }
  await store.close();
});

test('a store that was made with another pepper is refused, and what to do is said', async () => {
  await (await open()).close();
  await expect(open('0123456789abcdef')).rejects.toThrow(UserStoreUnavailable);
  await expect(open('0123456789abcdef')).rejects.toThrow('made with another pepper');
  await (await open()).close();
});

test('a file that is none of ours is refused, and its place is said', async () => {
  writeFileSync(join(directory, 'users.db'), 'x'.repeat(5_000));
  await expect(open()).rejects.toThrow(`${join(directory, 'users.db')}: this is not a user store: move the file away`);
});

test('a file of the first format is brought to the present one: who is assigned is counted from the users in it', async () => {
  const first = await open();
  for (const [name, variant] of [
    ['ada', 'a'],
    ['bob', 'a'],
    ['eve', 'b'],
  ] as const)
    await first.assign('shop', userOf(name), 0, [assignment('x1', variant), assignment('x2', variant)]);
  await first.assign('other', userOf('ada'), 0, [assignment('x1')]);
  await first.close();
  const db = new Database(join(directory, 'users.db'));
  db.exec('DROP TABLE assigned; PRAGMA user_version = 1');
  db.close();
  const store = await open();
  expect([...(await store.assigned('shop', 'x1', ['b', 'a']))]).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
  const { assignmentVersion } = await store.load('shop', userOf('eve'));
  await store.assign('shop', userOf('eve'), assignmentVersion, [assignment('x3', 'b')]);
  await store.forget('shop', userOf('bob'));
  expect([...(await store.assigned('shop', 'x1', ['a', 'b'])).values(), ...(await store.assigned('shop', 'x3', ['b'])).values()]).toEqual([
    1, 1, 1,
  ]);
  await store.close();
});

test('its files are for this account alone, and hold no id of a user', async () => {
  const store = await open();
  await store.assign('shop', pepper.keyOf('shop', 'ada@example.org'), 0, [assignment('x1')]);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
  await store.close();
});
