import type { UserKey } from '../domain/user-key';
import { UserStoreUnavailable, type UserStore } from './user-store';

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
