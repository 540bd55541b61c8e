import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryUserStore } from '../../src/user-store/memory';
import { RedisUserStore } from '../../src/user-store/redis';
import { SqliteUserStore } from '../../src/user-store/sqlite';
import type { UserStore } from '../../src/user-store/user-store';
import { competeForUsers } from '../contract/never-both';
import { pepper } from '../contract/users';
import { describeRedis } from '../fixtures/describe-redis';
import { DURABLE } from '../fixtures/durable-redis';
import { RedisServer } from '../fixtures/redis-server';

const ROUNDS = 10_000;

async function expectNeverBoth(clients: readonly [UserStore, UserStore]): Promise<void> {
  const { wrong, firstWon } = await competeForUsers(clients, ROUNDS);
  expect(wrong).toEqual([]);
  expect(Math.min(firstWon, ROUNDS - firstWon)).toBeGreaterThan(0);
  await Promise.all(clients.map((client) => client.close()));
}

test('X4: in memory no user is ever in both of two conflicting experiments', () => {
  const store = new MemoryUserStore();
  return expectNeverBoth([store, store]);
});

test('X4: in SQLite no user is ever in both', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'users-'));
  const store = await SqliteUserStore.open(directory, { pepperId: pepper.id });
  await expectNeverBoth([store, store]);
  rmSync(directory, { recursive: true });
});

describeRedis('with a Redis', () => {
  test('X4: no user is ever in both', async () => {
    const server = await RedisServer.start({ lines: DURABLE });
    const open = () => RedisUserStore.open(server.address(), { ledgerId: 'ledger', pepperId: pepper.id });
    await expectNeverBoth([await open(), await open()]);
    await server.stop();
  });
});
