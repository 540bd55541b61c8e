import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { eventStoreContract } from './event-store';
import type { Subject } from './event-store-probe';

async function subject(url: string, after: () => Promise<void>): Promise<Subject> {
  let store = await KurrentEventStore.open(url);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await KurrentEventStore.open(url);
      return store;
    },
    dispose: async () => {
      await store.close();
      await after();
    },
  };
}

// The oldest version cuts off slow subscriptions, which the newest does not.
describe.each(['23.10.8', '25.1.0'] as const)('as version %s', (version) => {
  eventStoreContract(
    'KurrentDB, the stand-in',
    async () => {
      const standIn = await KurrentStandIn.start(undefined, version);
      return subject(standIn.url, () => standIn.dispose());
    },
    { durable: true },
  );
});

const real = process.env['KURRENTDB_URL'] ?? '';
process.stderr.write(
  `the contract of the event store runs over the KurrentDB stand-in${real === '' ? ' alone: KURRENTDB_URL is not set' : ' and the server of KURRENTDB_URL'}\n`,
);
if (real !== '') {
  eventStoreContract('KurrentDB, a real server', () => subject(kurrentUrl(real), async () => {}), { durable: true });
}
