/** @jest-environment node */
import Database from 'libsql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteUserStore } from '../../src/user-store/sqlite';
import { userCallsOf } from '../../src/user-store/sqlite-thread';
import { UserStoreUnavailable } from '../../src/user-store/user-store';
import { assignment, event, pepper, record, START, userOf } from '../contract/users';
import { channelHere } from '../fixtures/thread-here';

/** The real database, whose COMMIT may fail. */
const mockSqlite: { commit: () => void } = { commit: () => {} };
jest.mock('libsql', () => {
  const Real = jest.requireActual<typeof Database>('libsql');
  return class extends Real {
    override exec(sql: string): this {
      if (sql === 'COMMIT') mockSqlite.commit();
      return super.exec(sql);
    }
  };
});

let directory: string;
let store: SqliteUserStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'users-'));
  const thread = (place: Parameters<typeof userCallsOf>[0]) => channelHere(userCallsOf(place));
  store = await SqliteUserStore.open(directory, { pepperId: pepper.id, clock: () => START, thread });
});
afterEach(async () => {
  mockSqlite.commit = () => {};
  await store.close();
  rmSync(directory, { recursive: true });
});

test('a commit that fails rejects every write in it, and leaves nothing: the same writes again succeed', async () => {
  const ada = userOf('ada');
  mockSqlite.commit = () => {
    throw new Database.SqliteError('injected', 'SQLITE_FULL');
  };
  const writes = () => [
    store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0),
    store.assign('shop', ada, 0, [assignment('x1')]),
    record(store, userOf('bob'), [event('1', ['c'])]),
    store.setProperties('shop', userOf('eve'), { plan: 'pro' }),
  ];
  for (const outcome of await Promise.allSettled(writes()))
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UserStoreUnavailable) as unknown });
  await expect(store.forget('shop', ada)).rejects.toThrow('the disk is full: make room');
  expect(await store.sample('shop', 10)).toEqual({ users: 0, sampled: [] });
  expect(await store.counters('shop')).toEqual([]);
  mockSqlite.commit = () => {};
  const [kept, assigned, recorded] = await Promise.all(writes());
  expect([kept, assigned, recorded]).toMatchObject([{ id: 'c' }, { stored: true }, ['counted']]);
  expect((await store.load('shop', userOf('bob'))).counters.get('c')?.cells).toEqual([{ at: 0, count: 1 }]);
  expect((await store.sample('shop', 10)).users).toBe(3);
});
