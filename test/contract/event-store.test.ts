import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '../../src/event-store/memory';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { eventStoreContract } from './event-store';

eventStoreContract(
  'memory',
  async () => {
    const store = new MemoryEventStore();
    const reopen = () => Promise.reject(new Error('memory keeps nothing'));
    return { store, reopen, dispose: () => store.close() };
  },
  { durable: false },
);

eventStoreContract(
  'SQLite',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    let store = new SqliteEventStore(directory);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = new SqliteEventStore(directory);
        return store;
      },
      dispose: async () => {
        await store.close();
        rmSync(directory, { recursive: true });
      },
    };
  },
  { durable: true },
);
