import { LRUCache } from 'lru-cache';
import type { Pepper, UserKey } from '../domain/user-key';
import type { Ruleset } from '../evaluation/ruleset';
import { EMPTY_RECORD, RECORD_WITHOUT_STORE, type Assignment, type UserRecord } from '../evaluation/user-record';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import type { RequestContext } from './context';

/** Users whose assignments are remembered for when the user store is away. */
const REMEMBERED_USERS = 50_000;

export interface UserRecordsOptions {
  readonly users: Pick<UserStore, 'load'>;
  /** The record of a user where the store would answer it from memory. */
  readonly recent?: (projectId: string, user: UserKey) => UserRecord | undefined;
  readonly pepper: Pepper;
  /** The user store did not answer: the request is served without it. */
  readonly onUnavailable: (error: unknown) => void;
}

/** Whom a request is about, and what is stored of them. */
export interface Loaded {
  readonly user: UserKey | undefined;
  readonly record: UserRecord;
  /** The user store did not answer. */
  readonly isAway: boolean;
}

/** What is stored of the users who ask for values, as far as the user store answers. */
export class UserRecords {
  private readonly remembered: LRUCache<string, readonly Assignment[]> = new LRUCache({ max: REMEMBERED_USERS });

  constructor(private readonly options: UserRecordsOptions) {}

  /** What is stored of the user, where it need not be asked for. */
  atHand(projectId: string, { userId }: RequestContext, { dependsOn }: Ruleset): Loaded | undefined {
    if (userId === undefined) return { user: undefined, record: EMPTY_RECORD, isAway: false };
    const user = this.options.pepper.keyOf(projectId, userId);
    if (!dependsOn.record) return { user, record: EMPTY_RECORD, isAway: false };
    const record = this.options.recent?.(projectId, user);
    // Its assignments were remembered when it was loaded.
    if (record === undefined) return undefined;
    return { user, record, isAway: false };
  }

  /** The same, from the store. */
  async load(projectId: string, userId: string): Promise<Loaded> {
    const user = this.options.pepper.keyOf(projectId, userId);
    try {
      const record = await this.options.users.load(projectId, user);
      this.remember(projectId, user, record.assignments);
      return { user, record, isAway: false };
    } catch (error) {
      if (!(error instanceof UserStoreUnavailable)) throw error;
      this.options.onUnavailable(error);
      const assignments = this.remembered.get(`${projectId}\n${user}`) ?? [];
      return { user, record: { ...RECORD_WITHOUT_STORE, assignments }, isAway: true };
    }
  }

  /** What the user is assigned to, for when the store is away. */
  remember(projectId: string, user: UserKey, assignments: readonly Assignment[]): void {
    const name = `${projectId}\n${user}`;
    // Another instance may have forgotten the user.
    if (assignments.length === 0) this.remembered.delete(name);
    else if (this.remembered.get(name) !== assignments) this.remembered.set(name, assignments);
  }

  /** Nothing of the user is remembered any more. */
  forget(projectId: string, user: UserKey): void {
    this.remembered.delete(`${projectId}\n${user}`);
  }
}
