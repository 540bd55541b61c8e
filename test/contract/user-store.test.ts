import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryUserStore } from '../../src/user-store/memory';
import { SqliteUserStore } from '../../src/user-store/sqlite';
import { userCallsOf } from '../../src/user-store/sqlite-thread';
import { channelHere } from '../fixtures/thread-here';
import { userStoreContract } from './user-store';
import { pepper } from './users';

const ROUNDS = 300;

userStoreContract(
  'memory',
  async (clock) => {
    const store = new MemoryUserStore(clock);
    return { store, other: store, dispose: () => store.close() };
  },
  { rounds: ROUNDS },
);

userStoreContract(
  'SQLite',
  async (clock) => {
    const directory = mkdtempSync(join(tmpdir(), 'users-'));
    const open = () => SqliteUserStore.open(directory, { pepperId: pepper.id, clock, thread: (place) => channelHere(userCallsOf(place)) });
    let store = await open();
    return {
      store,
      other: store,
      reopen: async () => {
        await store.close();
        return (store = await open());
      },
      dispose: async () => {
        await store.close();
        rmSync(directory, { recursive: true });
      },
    };
  },
  { rounds: ROUNDS },
);
