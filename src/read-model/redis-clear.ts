import { Cluster } from 'ioredis';
import type { RedisConnection } from '../redis/connection';
import type { RedisKeys } from './redis-keys';

const AT_ONCE = 1_000;

/**
 * Deletes all keys of one project of a generation: its checkpoint first, so that nothing is read or added to meanwhile. The others are looked for, since
 * what has lost a key may have lost the list of them too.
 */
export async function deleteProject(connection: RedisConnection, keys: RedisKeys, projectId: string): Promise<void> {
  await connection.ask((client) => client.del(keys.checkpoint(projectId)));
  const start = keys.project(projectId);
  const pattern = `${start.replace(/[[\]*?\\]/g, String.raw`\$&`)}*`;
  const nodes = await connection.ask(async (client) => (client instanceof Cluster ? client.nodes('master') : [client]));
  for (const node of nodes) {
    for (let cursor = '0', begun = false; cursor !== '0' || !begun; begun = true) {
      const [next, found] = await connection.ask(() => node.scan(cursor, 'MATCH', pattern, 'COUNT', AT_ONCE));
      cursor = next;
      if (found.length > 0) await connection.ask(() => node.unlink(...found));
    }
  }
}
