/** A process of its own that appends events for ever and says which were acknowledged: `directory`, then the number of the first. */
import { Pepper } from '../../src/domain/user-key';
import { SqliteObservations } from '../../src/observations/sqlite';

const [directory, first] = process.argv.slice(2) as [string, string];
const pepper = new Pepper(Buffer.alloc(32, 7));

async function write(): Promise<void> {
  const store = new SqliteObservations(directory, { keptDays: 400 });
  let next = Number(first);
  const writer = async () => {
    for (;;) {
      const ids = Array.from({ length: 5 }, () => `${(next += 1)}`);
      // Each is of one of many users, and in each batch one is sent a second time.
      const batch = [...ids, ids[0]!].map((id) => ({
        kind: 'event' as const,
        user: pepper.keyOf('shop', `${Number(id) % 97}`),
        id,
        event: 'purchase',
        properties: { number: Number(id), text: 'x'.repeat(200) },
        content: id,
      }));
      await store.append('shop', batch);
      console.log(ids.join(' '));
    }
  };
  await Promise.all(Array.from({ length: 4 }, writer));
}

write().catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
