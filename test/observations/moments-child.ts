/** A process of its own that appends the same batches again and again, in an order of its own: `directory`, then a number that says which. */
import { SqliteObservations } from '../../src/observations/sqlite';
import { playedBatches } from './moments-batches';

const [directory, order] = process.argv.slice(2) as [string, string];

async function write(): Promise<void> {
  const store = new SqliteObservations(directory, { keptDays: 400 });
  const batches = playedBatches();
  for (let step = Number(order); ; step += 1) {
    // 7 and the number of batches have no divisor in common, so that each comes.
    const index = (step * 7) % batches.length;
    await store.append('shop', batches[index]!);
    console.log(`${index}`);
  }
}

write().catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
