import { join, resolve } from 'node:path';
import { MemoryUserStore } from './memory';
import { SqliteUserStore } from './sqlite';
import type { UserStore } from './user-store';

export interface OpenUserStoreOptions {
  /** Where a `sqlite:` without a directory keeps its own. */
  readonly dataDir: string;
  /** Of the pepper that user keys are made with. */
  readonly pepperId: string;
  /** UTC milliseconds. */
  readonly clock?: () => number;
}

/** The URL names no user store; the message says what would. */
export class InvalidUserStoreUrl extends Error {}

/** Opens the user store that a URL names: `sqlite:`, `sqlite:<directory>` or `memory:`. Rejects with `UserStoreUnavailable` or `InvalidUserStoreUrl`. */
export async function openUserStore(url: string, { dataDir, pepperId, clock }: OpenUserStoreOptions): Promise<UserStore> {
  const [, scheme, rest = ''] = /^([a-z+]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'sqlite') {
    const directory = rest === '' ? join(dataDir, 'users') : resolve(rest);
    return SqliteUserStore.open(directory, { pepperId, ...(clock && { clock }) });
  }
  if (scheme === 'memory' && rest === '') return new MemoryUserStore(clock);
  throw new InvalidUserStoreUrl('must be sqlite: (a directory of its own below the data directory), sqlite:<directory> or memory:');
}
