import type { UserKey } from '../../src/domain/user-key';
import { EMPTY_RECORD, type UserRecord } from '../../src/evaluation/user-record';
import { RecentRecords } from '../../src/user-store/recent-records';

const ANN = 'a'.repeat(32) as UserKey;
const BOB = 'b'.repeat(32) as UserKey;
const version = (factsVersion: number): UserRecord => ({ ...EMPTY_RECORD, factsVersion });

/** A store of one number, which can hold back what it has read. */
function store() {
  let now = 0;
  const recent = new RecentRecords();
  const reads = jest.fn(async () => version(now));
  return {
    reads,
    load: async (user = ANN, read: () => Promise<UserRecord> = reads) => (await recent.get('shop', user, read)).factsVersion,
    write: (user = ANN) => recent.during('shop', user, async () => (now += 1)),
    writeAll: () => recent.duringAll(async () => (now += 1)),
    recent,
  };
}

test('what was read is not read again until the user is written, or what all records have', async () => {
  const { load, write, writeAll, reads } = store();
  expect([await load(), await load(), reads.mock.calls.length]).toEqual([0, 0, 1]);
  await write(BOB);
  expect([await load(), reads.mock.calls.length]).toEqual([0, 1]);
  await write();
  expect([await load(), await load(), reads.mock.calls.length]).toEqual([2, 2, 2]);
  await writeAll();
  expect([await load(), reads.mock.calls.length]).toEqual([3, 3]);
});

test('what was read before a write, or while it goes on, is not kept', async () => {
  const { load, write, recent } = store();
  let answer!: (record: UserRecord) => void;
  const slow = () => new Promise<UserRecord>((resolve) => (answer = resolve));
  const before = load(ANN, slow);
  await write();
  answer(version(0));
  expect([await before, await load()]).toEqual([0, 1]);

  let finish!: () => void;
  await write();
  const writing = recent.during('shop', ANN, () => new Promise<void>((resolve) => (finish = resolve)));
  const meanwhile = load(ANN, async () => version(2));
  expect(await meanwhile).toBe(2);
  finish();
  await writing;
  expect(await load(ANN, async () => version(3))).toBe(3);
});

test('a write that fails may have been carried out, and a read that fails is tried again', async () => {
  const { load, recent } = store();
  await load(ANN, async () => version(1));
  await expect(recent.during('shop', ANN, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await expect(load(ANN, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await load(ANN, async () => version(2))).toBe(2);
});

test('requests of one user at the same time share a read, but for one that began before a write', async () => {
  const { load, write, recent, reads } = store();
  expect(await Promise.all([load(), load(), load(BOB)])).toEqual([0, 0, 0]);
  expect(reads).toHaveBeenCalledTimes(2);
  await recent.duringAll(async () => {});
  const before = load();
  await write();
  expect([await load(), await before, reads.mock.calls.length]).toEqual([1, 0, 4]);
});
