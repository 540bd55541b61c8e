import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { assertWhole, createKey, Instance, wordFor } from '../application/instance';
import { all } from '../contract/event-store-probe';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

const CLIENTS = 8;
const KEYS = 12;

test('while acknowledgements and connections are lost, each command that was acknowledged is there once', async () => {
  const server = await KurrentStandIn.start();
  const stores = await Promise.all([1, 2].map(() => KurrentEventStore.open(server.url, { timeoutMs: 1_000 })));
  const instances = stores.map((store) => new Instance(store));
  await instances[0]?.createProject();
  const faults = ['lostAcknowledgements', 'lostAppends', 'unacknowledged', 'forgetfulAppends'] as const;
  let turn = 0;
  const commands = Array.from({ length: CLIENTS * KEYS }, (_, index) => ({ name: `key_${index}`, commandId: `command-${index}` }));
  const words = new Map<string, string>();
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const instance = instances[client % instances.length] as Instance;
      for (const { name, commandId } of commands.filter((__, index) => index % CLIENTS === client)) {
        // One command in five meets a fault, so that those which are sent again get through.
        if ((turn += 1) % 5 === 0) server.faults[faults[(turn / 5) % faults.length] as (typeof faults)[number]] = 1;
        let word = '';
        // As a client does: the same command again, until it is asked what became of it.
        while (word !== 'done') {
          word = await wordFor(instance.submit(createKey(name), { commandId }));
          if (!['done', 'StoreUnavailable', 'OutcomeUnknown'].includes(word)) throw new Error(`${name}: ${word}`);
        }
        words.set(name, word);
      }
    }),
  );

  const events = await all((stores[0] as KurrentEventStore).read('shop'));
  assertWhole(events);
  expect(words.size).toBe(commands.length);
  expect(
    events
      .slice(1)
      .map(({ entity }) => entity.id)
      .sort(),
  ).toEqual(commands.map(({ name }) => name).sort());
  expect(server.faults.taken).toBeGreaterThan(2 * faults.length);

  for (const { executor } of instances) await executor.close(1_000);
  for (const store of stores) await store.close();
  await server.dispose();
});
