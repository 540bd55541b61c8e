import { Cluster, type Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from '../redis/connection';
import type { RedisKeys } from './redis-keys';

const KEYS_PER_PAGE = 500;
/** Between two pages, so that a large deletion leaves time to what else Redis is asked. */
const PAUSE_MS = 5;

/** The keys that match, page by page over the whole key space, of one node after another. */
async function* pagesOf(connection: RedisConnection, pattern: string): AsyncGenerator<{ readonly node: Redis; readonly keys: string[] }> {
  const nodes = await connection.ask(async (client) => (client instanceof Cluster ? client.nodes('master') : [client]));
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await connection.ask(() => node.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_PAGE));
      cursor = next;
      yield { node, keys };
    } while (cursor !== '0');
  }
}

/**
 * Deletes the keys that `isDoomed` says are to go. UNLINK frees the memory in a thread of its own, so that nothing waits for a large collection to go.
 */
export async function deleteKeys(
  connection: RedisConnection,
  pattern: string,
  isDoomed: (key: string) => Promise<boolean> | boolean,
): Promise<void> {
  for await (const { keys } of pagesOf(connection, pattern)) {
    const doomed: string[] = [];
    for (const key of keys) if (await isDoomed(key)) doomed.push(key);
    // One by one: in a cluster they are in different slots.
    await connection.ask((client) => Promise.all(doomed.map((key) => client.unlink(key))));
    await sleep(PAUSE_MS);
  }
}

/**
 * Deletes all keys of one project of a generation: its checkpoint first, so that nothing is read or added to meanwhile. The others are found by a
 * scan, since a project that has lost a key may have lost the list of its keys too.
 */
export async function deleteProject(connection: RedisConnection, keys: RedisKeys, projectId: string): Promise<void> {
  await connection.ask((client) => client.del(keys.checkpoint(projectId)));
  const pattern = `${keys.project(projectId).replace(/[[\]*?\\]/g, String.raw`\$&`)}*`;
  for await (const { node, keys: found } of pagesOf(connection, pattern)) {
    if (found.length > 0) await connection.ask(() => node.unlink(...found));
  }
}
