import { Cluster } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from '../redis/connection';

const AT_ONCE = 500;
/** Between two pages, so that a large deletion leaves time to what else Redis is asked. */
const PAUSE_MS = 5;

/**
 * Deletes the keys that `isDoomed` says are to go, page by page over the whole key space. UNLINK frees the memory in a thread of its own, so
 * that nothing waits for a large collection to go.
 */
export async function deleteKeys(
  connection: RedisConnection,
  pattern: string,
  isDoomed: (key: string) => Promise<boolean> | boolean,
): Promise<void> {
  const nodes = await connection.ask(async (client) => (client instanceof Cluster ? client.nodes('master') : [client]));
  for (const node of nodes) {
    for (let cursor = '0', begun = false; cursor !== '0' || !begun; begun = true) {
      const [next, keys] = await connection.ask(() => node.scan(cursor, 'MATCH', pattern, 'COUNT', AT_ONCE));
      cursor = next;
      const doomed: string[] = [];
      for (const key of keys) if (await isDoomed(key)) doomed.push(key);
      // One by one: in a cluster they are in different slots.
      await connection.ask((client) => Promise.all(doomed.map((key) => client.unlink(key))));
      await sleep(PAUSE_MS);
    }
  }
}
