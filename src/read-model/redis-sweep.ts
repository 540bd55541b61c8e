import { Cluster } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis-connection';

const AT_ONCE = 500;
/** Between two pages, so that a large deletion leaves Redis to those who ask it something. */
const PAUSE_MS = 5;

/**
 * Deletes the keys of every generation that is `unneeded`, page by page over the whole key space, and answers the ids it met. UNLINK frees
 * the memory in a thread of its own, so nobody waits for a large collection to go.
 */
export async function deleteGenerations(
  connection: RedisConnection,
  prefix: string,
  unneeded: (id: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const idIn = new RegExp(`^\\{?${prefix}:([0-9a-f]+):`);
  const decided = new Map<string, boolean>();
  const nodes = await connection.ask(async (client) => (client instanceof Cluster ? client.nodes('master') : [client]));
  for (const node of nodes) {
    for (let cursor = '0', begun = false; cursor !== '0' || !begun; begun = true) {
      const [next, keys] = await connection.ask(() => node.scan(cursor, 'MATCH', `*${prefix}:*`, 'COUNT', AT_ONCE));
      cursor = next;
      const doomed: string[] = [];
      for (const key of keys) {
        const id = idIn.exec(key)?.[1];
        if (id === undefined) continue;
        if (!decided.has(id)) decided.set(id, await unneeded(id));
        if (decided.get(id)) doomed.push(key);
      }
      // One by one: in a cluster they are in different slots.
      await connection.ask((client) => Promise.all(doomed.map((key) => client.unlink(key))));
      await sleep(PAUSE_MS);
    }
  }
  return [...decided].flatMap(([id, gone]) => (gone ? [id] : []));
}
