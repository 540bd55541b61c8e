import { join, resolve } from 'node:path';
import { InvalidRedisAddress, parseRedisAddress, REDIS_SCHEMES, type RedisAddress } from '../redis/address';
import { MemoryUserStore } from './memory';
import { SqliteUserStore } from './sqlite';
import type { UserStore } from './user-store';

export interface OpenUserStoreOptions {
  /** Where a `sqlite:` without a directory keeps its own. */
  readonly dataDir: string;
  /** Ledgers on one Redis have users of their own. */
  readonly ledgerId: () => Promise<string>;
  /** The id of the pepper that user keys are made with. */
  readonly pepperId: string;
  /** UTC milliseconds. */
  readonly clock?: () => number;
}

/** The URL names no user store; the message says what would. */
export class InvalidUserStoreUrl extends Error {}

/** Opens the user store that a URL names: `sqlite:`, `sqlite:<directory>`, `memory:`, or a Redis as for read models. Rejects with `UserStoreUnavailable` or `InvalidUserStoreUrl`. */
export async function openUserStore(url: string, { dataDir, ledgerId, pepperId, clock }: OpenUserStoreOptions): Promise<UserStore> {
  const [, scheme, rest = ''] = /^([a-z+]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'sqlite') {
    const directory = rest === '' ? join(dataDir, 'users') : resolve(rest);
    return SqliteUserStore.open(directory, { pepperId, ...(clock && { clock }) });
  }
  if (scheme === 'memory' && rest === '') return new MemoryUserStore(clock);
  if (scheme !== undefined && REDIS_SCHEMES.includes(scheme)) {
    // Loaded here, since its client takes a good part of the start. `require`: `import()` would stay an ES import in our CommonJS output.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { RedisUserStore } = require('./redis') as typeof import('./redis');
    return RedisUserStore.open(addressIn(scheme, rest), { ledgerId: await ledgerId(), pepperId, ...(clock && { clock }) });
  }
  throw new InvalidUserStoreUrl(
    'must be sqlite: (a directory of its own below the data directory), sqlite:<directory>, memory: or redis://host:port',
  );
}

function addressIn(scheme: string, rest: string): RedisAddress {
  try {
    return parseRedisAddress(scheme, rest);
  } catch (error) {
    if (error instanceof InvalidRedisAddress) throw new InvalidUserStoreUrl(error.message, { cause: error });
    throw error;
  }
}
