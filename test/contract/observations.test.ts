import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryObservations } from '../../src/observations/memory';
import { SqliteObservations } from '../../src/observations/sqlite';
import { callsOf } from '../../src/observations/sqlite-thread';
import { channelHere } from '../fixtures/thread-here';
import { observationsContract } from './observations';

observationsContract('memory', async (clock) => {
  const store = new MemoryObservations(clock);
  return { store, dispose: () => store.close() };
});

observationsContract('SQLite', async (clock) => {
  const directory = mkdtempSync(join(tmpdir(), 'observations-'));
  const open = () => new SqliteObservations(directory, { keptDays: 400, clock, thread: (place) => channelHere(callsOf(place)) });
  let store = open();
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = open());
    },
    dispose: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
