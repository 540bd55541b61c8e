import type { Leases } from './coordination/lease';
import { LEASE_SCRIPTS, RedisLeases } from './coordination/redis-leases';
import { DamagedRecord, type EventStore } from './event-store/event-store';
import { KurrentEventStore, type KurrentOptions } from './event-store/kurrentdb';
import { MemoryEventStore } from './event-store/memory';
import { SqliteEventStore } from './event-store/sqlite';
import { closeToOthers } from './files/private';
import type { Generations, LedgerIdentity } from './read-model/generations';
import { MemoryGenerations } from './read-model/memory-generations';
import type { Settings } from './settings';

/** All files that a data directory, or the directory of a ledger, may hold. */
const FILES = [
  'ledger.db',
  'ledger.db-wal',
  'ledger.db-shm',
  'ledger.lock',
  'heads.log',
  'heads.lock',
  'heads-key.pem',
  'secret',
  'session-secret',
  'pepper',
];

/** Sees to it that other accounts cannot read what is kept on this machine; answers what they still can, in words. */
export async function keepPrivate({ dataDir, eventStore }: Settings): Promise<readonly string[]> {
  const directories = new Set([dataDir, ...(eventStore.kind === 'sqlite' ? [eventStore.directory] : [])]);
  return (await Promise.all([...directories].map((directory) => closeToOthers(directory, FILES)))).flat();
}

/** Opens the event store that the settings name. */
export async function openEventStore(
  { eventStore }: Pick<Settings, 'eventStore'>,
  options: Pick<KurrentOptions, 'onCut'> = {},
): Promise<EventStore> {
  switch (eventStore.kind) {
    case 'sqlite':
      return new SqliteEventStore(eventStore.directory);
    case 'memory':
      return new MemoryEventStore();
    case 'kurrentdb':
      return KurrentEventStore.open(eventStore.url, options);
  }
}

/** The ledger's read models. No leases: no other instance shares them. */
export interface ReadModels {
  readonly generations: Generations;
  readonly leases?: Leases;
}

/** Opens the place of the ledger's read models that the settings name. */
export async function openReadModels({ readModel }: Settings, ledger: LedgerIdentity): Promise<ReadModels> {
  switch (readModel.kind) {
    case 'memory':
      return { generations: new MemoryGenerations() };
    case 'redis': {
      // Loaded here, since its client takes a good part of the start. `require`: `import()` would stay an ES import in our CommonJS output.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { RedisGenerations } = require('./read-model/redis-generations') as typeof import('./read-model/redis-generations');
      const generations = await RedisGenerations.open(readModel.address, ledger, LEASE_SCRIPTS);
      return { generations, leases: new RedisLeases((script, keys, args) => generations.runScript(script, keys, args)) };
    }
  }
}

/** What tells the ledger in this store from any other. */
export function identityOf(store: EventStore): LedgerIdentity {
  return {
    id: () => store.ledgerId(),
    holds: async (projectId, { revision, hash }) => {
      try {
        for await (const event of store.read(projectId, revision, 1)) return event.hash === hash;
      } catch (error) {
        if (!(error instanceof DamagedRecord)) throw error;
      }
      return false;
    },
  };
}
