import type { Experiment } from '../domain/experiment-state';
import type { ProjectState } from '../domain/project-state';
import { illegalState, invalid, notFound, type RefusalOf } from '../domain/refusal';
import type { Pepper, UserKey } from '../domain/user-key';
import type { Override } from '../evaluation/user-record';
import type { UserStore } from '../user-store/user-store';
import { checkedUserId, InvalidContext } from './context';
import type { Forget, Forgotten } from './known-users';

const DAY_MS = 86_400_000;
/** E8: the longest that a variant can be forced for. */
const MAX_OVERRIDE_DAYS = 30;

export interface UserActionsOptions {
  readonly users: Pick<UserStore, 'load' | 'override'>;
  readonly forget: Forget;
  readonly pepper: Pepper;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

/** Which user of which project, as the project is set up now. */
export interface OneUser {
  readonly projectId: string;
  readonly state: ProjectState;
  readonly userId: string;
}

export interface Forced extends Override {
  readonly of: Experiment;
}

/**
 * What is done to what is known of one user, beside what the user's app does. These are facts of the user store, not of the ledger. All reject with
 * `UserStoreUnavailable` or `ObservationsUnavailable`: the same call again leads to the same.
 */
export class UserActions {
  constructor(private readonly options: UserActionsOptions) {}

  /** Gives a user a variant of a draft or running experiment, for a test, in place of one that was given before (E8). */
  async forceVariant(
    of: OneUser,
    experimentId: string,
    variant: string,
    untilMs: number | undefined,
  ): Promise<Forced | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND' | 'ILLEGAL_STATE'>> {
    const user = this.keyOf(of);
    if (typeof user === 'object') return user;
    const experiment = of.state.experiments.get(experimentId);
    if (experiment === undefined) return notFound('experiment', experimentId);
    const { name, status, variants } = experiment;
    if (!variants.some(({ id }) => id === variant)) {
      const known = variants.map(({ id, name: of_ }) => `${id} (${of_})`).join(', ');
      return invalid({ path: 'variant', message: `must be one of the experiment's variants: ${known}` });
    }
    if (status !== 'DRAFT' && status !== 'RUNNING') {
      return illegalState(`The experiment "${name}" has ended, so its variants cannot be forced. Choose a draft or a running one.`);
    }
    const nowMs = this.options.clock();
    const until = untilMs ?? nowMs + MAX_OVERRIDE_DAYS * DAY_MS;
    if (!(until > nowMs && until <= nowMs + MAX_OVERRIDE_DAYS * DAY_MS)) {
      return invalid({ path: 'until', message: `must be a time to come, at most ${MAX_OVERRIDE_DAYS} days from now` });
    }
    await this.options.users.override(of.projectId, user, experimentId, { variant, until });
    return { experiment: experimentId, variant, until, of: experiment };
  }

  /** Ends what `forceVariant` gave, also of an experiment that has ended; answers whether there was such a thing. */
  async clearOverride(of: OneUser, experimentId: string): Promise<boolean | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND'>> {
    const user = this.keyOf(of);
    if (typeof user === 'object') return user;
    if (!of.state.experiments.has(experimentId)) return notFound('experiment', experimentId);
    const { overrides } = await this.options.users.load(of.projectId, user);
    if (!overrides.some(({ experiment }) => experiment === experimentId)) return false;
    await this.options.users.override(of.projectId, user, experimentId, null);
    return true;
  }

  /** See `Forget`. */
  async forget(of: OneUser): Promise<Forgotten | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND'>> {
    const user = this.keyOf(of);
    return typeof user === 'object' ? user : this.options.forget(of.projectId, user);
  }

  private keyOf({ projectId, state, userId }: OneUser): UserKey | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND'> {
    if (state.head.revision < 0) return notFound('project', projectId);
    try {
      return this.options.pepper.keyOf(projectId, checkedUserId(userId, 'user'));
    } catch (error) {
      if (!(error instanceof InvalidContext)) throw error;
      return invalid({ path: 'user', message: error.message.replace(/^user /, '') });
    }
  }
}
