import { bucketNumber, type UserKey } from '../domain/user-key';
import { DAY_HOURS, HOUR_MS } from '../evaluation/counter';
import { UserStoreUnavailable, type Erasures, type UserStore } from './user-store';

/** The version after another: also above every one that the user had before it was forgotten, as long as the clock does not go back. */
export function nextVersion(version: number, nowMs: number): number {
  return Math.max(version + 1, nowMs);
}

export const DAY_MS = DAY_HOURS * HOUR_MS;

/** The UTC day of an instant. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** When the id of an event of an instant need not be known any more. */
export function idExpiry(at: number, keptDays: number): number {
  return at + keptDays * DAY_MS;
}

const ATTEMPTS = 5;

/** U5, by a conditional write on `to` alone: what `from` gets meanwhile is not taken over. */
export async function linked(
  store: Pick<UserStore, 'load' | 'assign'>,
  projectId: string,
  from: UserKey,
  to: UserKey,
): Promise<'linked' | 'kept'> {
  if (from === to) return 'kept';
  const { assignments } = await store.load(projectId, from);
  let target = await store.load(projectId, to);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (target.assignments.length > 0 || assignments.length === 0) return 'kept';
    const result = await store.assign(projectId, to, target.assignmentVersion, assignments);
    if (result.stored) return 'linked';
    target = result.record;
  }
  throw new UserStoreUnavailable('the user was changed each time it was to be linked: link it again');
}

/**
 * How often users were forgotten, by project and bucket, as one instance knows it. `Erasures` that were asked for once stay as they were at that moment.
 */
export class ErasureCounts {
  private readonly byProject = new Map<string, readonly number[]>();

  of(projectId: string): Erasures {
    const counts = this.byProject.get(projectId);
    return (user) => counts?.[bucketNumber(user)] ?? 0;
  }

  has(projectId: string): boolean {
    return this.byProject.has(projectId);
  }

  /** Begins with what is stored, in the order of the buckets. */
  begin(projectId: string, counts: readonly number[]): void {
    this.byProject.set(projectId, counts);
  }

  /** A user of the bucket was forgotten: what is read or appended before is older than this. */
  add(projectId: string, user: UserKey): void {
    this.note(projectId, user, this.of(projectId)(user) + 1);
  }

  /** Another instance has forgotten a user of the bucket, so that it is at this count now. */
  missed(projectId: string, user: UserKey, count: number): 'erased' {
    this.note(projectId, user, count);
    return 'erased';
  }

  /** Whether a user of the bucket was forgotten since. */
  hasChanged(projectId: string, user: UserKey, since: Erasures): boolean {
    return this.of(projectId)(user) !== since(user);
  }

  private note(projectId: string, user: UserKey, count: number): void {
    const counts = [...(this.byProject.get(projectId) ?? [])];
    counts[bucketNumber(user)] = count;
    this.byProject.set(projectId, counts);
  }
}
