/** A process of its own that writes users for ever and says what was acknowledged: `directory`, then the number of the first write. */
import { SqliteUserStore } from '../../src/user-store/sqlite';
import { assignment, event, pepper, record, userOf } from '../contract/users';

const [directory, first] = process.argv.slice(2) as [string, string];

async function write(): Promise<void> {
  const store = await SqliteUserStore.open(directory, { pepperId: pepper.id, clock: () => event('', []).at });
  await store.keepCounter('shop', { id: 'c', window: { ever: true } }, 0);
  let next = Number(first);
  const writer = async () => {
    for (;;) {
      const number = (next += 1);
      const user = userOf(`${number % 50}`);
      if (number % 10 === 0) {
        const { assignmentVersion } = await store.load('shop', user);
        const { stored } = await store.assign('shop', user, assignmentVersion, [assignment(`x${number}`)]);
        if (stored) console.log(`assigned ${number}`);
      } else {
        await record(store, user, [event(`${number}`, ['c']), event(`${number} too`, ['c'])]);
        console.log(`counted ${number}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

write().catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
