import { join, resolve } from 'node:path';
import { ClickHouseObservations } from './clickhouse';
import { parseClickHouseUrl } from './clickhouse-http';
import { MemoryObservations } from './memory';
import type { Observations } from './observations';
import { SqliteObservations } from './sqlite';

export interface OpenObservationsOptions {
  /** Where a `sqlite:` without a directory keeps its own. */
  readonly dataDir: string;
  readonly keptDays: number;
  /** UTC milliseconds. */
  readonly clock?: () => number;
}

/** The URL names no place for observations; the message says what would. */
export class InvalidObservationsUrl extends Error {}

/** Opens the observations that a URL names: `sqlite:`, `sqlite:<directory>`, `memory:` or `clickhouse://`. Rejects with `ObservationsUnavailable` or `InvalidObservationsUrl`. */
export async function openObservations(url: string, { dataDir, keptDays, clock }: OpenObservationsOptions): Promise<Observations> {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'sqlite') {
    const directory = rest === '' ? join(dataDir, 'observations') : resolve(rest);
    return new SqliteObservations(directory, { keptDays, ...(clock && { clock }) });
  }
  const clickHouse = parseClickHouseUrl(url);
  if (clickHouse !== undefined) return ClickHouseObservations.open(clickHouse, { keptDays, ...(clock && { clock }) });
  if (scheme === 'memory' && rest === '') return new MemoryObservations(clock);
  throw new InvalidObservationsUrl(
    'must be sqlite: (a directory of its own below the data directory), sqlite:<directory>, memory: or clickhouse://host:port/database',
  );
}
