import type { UserKey } from '../domain/user-key';
import { DAY_HOURS, HOUR_MS } from '../evaluation/counter';
import { UserStoreUnavailable, type UserStore } from './user-store';

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
