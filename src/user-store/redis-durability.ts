import type { RedisConnection } from '../redis/connection';
import { UserStoreUnfit } from './user-store';

/** What a Redis must be set to, so that what it acknowledged is on its disk and is not evicted. */
const REQUIRED: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
};

/** Rejects with `UserStoreUnfit`, which says what to set, unless every master keeps what it acknowledges. */
export async function assertDurable(connection: RedisConnection): Promise<void> {
  const found = await connection.askMasters((node) =>
    Promise.all(Object.keys(REQUIRED).map(async (name) => [name, await valueOf(node, name)] as const)),
  );
  const wrong = new Set(
    found.flat().flatMap(([name, value]) => (value === REQUIRED[name] ? [] : [`${name} ${REQUIRED[name]} (it is ${value})`])),
  );
  if (wrong.size > 0)
    throw new UserStoreUnfit(`this Redis would lose what it acknowledged. Set ${[...wrong].join(', ')}, or name another one`);
}

async function valueOf(node: { call(name: string, ...args: string[]): Promise<unknown> }, name: string): Promise<unknown> {
  try {
    return ((await node.call('CONFIG', 'GET', name)) as string[])[1];
  } catch (error) {
    if (!/^(NOPERM|ERR unknown command)/.test((error as Error).message)) throw error;
    throw new UserStoreUnfit(
      'whether this Redis keeps what it acknowledges cannot be asked: allow its user the command CONFIG GET, or name another Redis',
      { cause: error },
    );
  }
}
