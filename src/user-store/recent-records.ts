import { LRUCache } from 'lru-cache';
import type { UserKey } from '../domain/user-key';
import type { UserRecord } from '../evaluation/user-record';

const MAX_RECORDS = 20_000;
/** Parts of all records together: properties, counted cells, assignments and overrides. */
const MAX_PARTS = 500_000;
const PROPERTY_CHARACTERS = 100;

/**
 * The records that were read lately, of a store that this process alone writes: the next request of the same user need not ask for what has not
 * changed. What is read while the user is written is not kept, since it may be from before.
 */
export class RecentRecords {
  private readonly records = new LRUCache<string, UserRecord>({ max: MAX_RECORDS, maxSize: MAX_PARTS });
  /** The reads that are under way and may be kept, by user. */
  private readonly reading = new Map<string, Promise<UserRecord>>();

  /** The record as it is, from memory, from a read of the same user that is under way, or by `read`. */
  get(projectId: string, user: UserKey, read: () => Promise<UserRecord>): UserRecord | Promise<UserRecord> {
    const id = idOf(projectId, user);
    return this.records.get(id) ?? this.reading.get(id) ?? this.kept(id, read());
  }

  /** The record as it is, where it is in memory. */
  peek(projectId: string, user: UserKey): UserRecord | undefined {
    return this.records.get(idOf(projectId, user));
  }

  /** Writes a user. Neither what was read before it nor what is read while it goes on is kept. */
  async during<Result>(projectId: string, user: UserKey, write: () => Promise<Result>): Promise<Result> {
    const drop = (): void => {
      this.records.delete(idOf(projectId, user));
      this.reading.delete(idOf(projectId, user));
    };
    drop();
    return write().finally(drop);
  }

  /** The same, of what is part of every record. */
  async duringAll<Result>(write: () => Promise<Result>): Promise<Result> {
    const drop = (): void => {
      this.records.clear();
      this.reading.clear();
    };
    drop();
    return write().finally(drop);
  }

  private kept(id: string, read: Promise<UserRecord>): Promise<UserRecord> {
    const reading = read
      .then((record) => {
        if (this.reading.get(id) === reading) this.records.set(id, record, { size: partsOf(record) });
        return record;
      })
      .finally(() => {
        if (this.reading.get(id) === reading) this.reading.delete(id);
      });
    this.reading.set(id, reading);
    return reading;
  }
}

const idOf = (projectId: string, user: UserKey): string => `${projectId}\n${user}`;

function partsOf({ properties, assignments, overrides }: UserRecord): number {
  const texts = Object.values(properties).reduce(
    (sum: number, value) => sum + Math.ceil(JSON.stringify(value).length / PROPERTY_CHARACTERS),
    0,
  );
  return 10 + texts + assignments.length + overrides.length;
}
