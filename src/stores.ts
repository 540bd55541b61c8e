import type { EventStore } from './event-store/event-store';
import { KurrentEventStore } from './event-store/kurrentdb';
import { MemoryEventStore } from './event-store/memory';
import { SqliteEventStore } from './event-store/sqlite';
import { closeToOthers } from './files/private';
import type { Generations } from './read-model/generations';
import { MemoryGenerations } from './read-model/memory-generations';
import type { Settings } from './settings';

/** All files that a data directory, or the directory of a ledger, may hold. */
const FILES = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm', 'ledger.lock', 'heads.log', 'heads.lock', 'heads-key.pem', 'secret'];

/** Sees to it that other accounts cannot read what is kept on this machine; answers what they still can, in words. */
export async function keepPrivate({ dataDir, eventStore }: Settings): Promise<readonly string[]> {
  const directories = new Set([dataDir, ...(eventStore.kind === 'sqlite' ? [eventStore.directory] : [])]);
  return (await Promise.all([...directories].map((directory) => closeToOthers(directory, FILES)))).flat();
}

/** Opens the event store that the settings name. */
export async function openEventStore({ eventStore }: Settings): Promise<EventStore> {
  switch (eventStore.kind) {
    case 'sqlite':
      return new SqliteEventStore(eventStore.directory);
    case 'memory':
      return new MemoryEventStore();
    case 'kurrentdb':
      return KurrentEventStore.open(eventStore.url);
  }
}

/** Opens the place of the read models that the settings name. */
export async function openGenerations({ readModel }: Settings): Promise<Generations> {
  switch (readModel.kind) {
    case 'memory':
      return new MemoryGenerations();
    case 'redis': {
      // Loaded here, since its client takes a good part of the start. `require`: `import()` would stay an ES import in our CommonJS output.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { RedisGenerations } = require('./read-model/redis-generations') as typeof import('./read-model/redis-generations');
      return RedisGenerations.open(readModel.address);
    }
  }
}
