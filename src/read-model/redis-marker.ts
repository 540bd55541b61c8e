import type { RedisConnection } from '../redis/connection';
import type { RedisKeys } from './redis-keys';

/** Says of a generation whose it is, unless that has been said. Answers whether it is this ledger's now. */
export async function claim(connection: RedisConnection, { marker }: RedisKeys, ledgerId: string): Promise<boolean> {
  if ((await connection.ask((client) => client.set(marker, ledgerId, 'NX'))) === 'OK') return true;
  return (await ownerOf(connection, { marker })) === ledgerId;
}

/** undefined: nothing says whose it is. */
export async function ownerOf(connection: RedisConnection, { marker }: Pick<RedisKeys, 'marker'>): Promise<string | undefined> {
  return (await connection.ask((client) => client.get(marker))) ?? undefined;
}
