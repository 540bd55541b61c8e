import type { UserKey } from '../domain/user-key';
import type { Observations } from '../observations/observations';
import type { UserStore } from '../user-store/user-store';
import type { Evaluator } from './evaluator';
import type { Exposures } from './exposures';

export interface ForgettingOptions {
  readonly users: Pick<UserStore, 'forget'>;
  readonly observations: Pick<Observations, 'forget'>;
  readonly evaluator: Pick<Evaluator, 'forget'>;
  readonly exposures: Pick<Exposures, 'forget'>;
}

export interface Forgotten {
  /** How many user events and exposures were removed. */
  readonly observations: number;
  /** Whether anything of the user was known. */
  readonly wasKnown: boolean;
}

/**
 * Removes all that is known of a user (U4). What the user did is removed first: where that fails, the user is still found by a second call, and what a fill has
 * read of it before is not counted after the store has forgotten the user. Rejects with
 * `UserStoreUnavailable` or `ObservationsUnavailable`.
 */
export type Forget = (projectId: string, user: UserKey) => Promise<Forgotten>;

export function forgetting({ users, observations, evaluator, exposures }: ForgettingOptions): Forget {
  return async (projectId, user) => {
    // What is still to be written of the user goes first, so that it does not come after.
    await exposures.forget(projectId, user);
    const removed = await observations.forget(projectId, user);
    const wasKnown = await users.forget(projectId, user);
    evaluator.forget(projectId, user);
    return { observations: removed, wasKnown: wasKnown || removed > 0 };
  };
}
