import { conflict } from '../domain/reach';
import type { RunningExperiment } from '../evaluation/served-experiment';
import type { Assignment } from '../evaluation/user-record';
import type { Observations, StoredExposure } from '../observations/observations';
import type { KnownUserStore } from '../user-store/known-store';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import type { LiveCounters } from './live-counters';
import type { Rulesets } from './rulesets';

export interface UserStoreRecoveryOptions {
  readonly known: KnownUserStore;
  /** The store itself, which is lost for everything else meanwhile. */
  readonly users: Pick<UserStore, 'load' | 'assign' | 'counters' | 'dropCounter'>;
  readonly observations: Pick<Observations, 'exposuresOf'>;
  readonly rulesets: Pick<Rulesets, 'current'>;
  readonly counters: Pick<LiveCounters, 'storeAnew'>;
  readonly projectIds: () => Promise<readonly string[]>;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

const ATTEMPTS = 5;

/** Brings a user store that was lost back into use, as an operator decides (U6). */
export class UserStoreRecovery {
  constructor(private readonly options: UserStoreRecoveryOptions) {}

  /** Checks whether the store is the known one. It does not reject while the store is away, which is no loss. */
  async state(): Promise<{ readonly isLost: boolean; readonly losses: readonly number[] }> {
    const { known } = this.options;
    await known.assertKnown().catch((error: unknown) => {
      if (!(error instanceof UserStoreUnavailable)) throw error;
    });
    return { isLost: known.isLost, losses: known.acceptedLosses };
  }

  /** Goes on with what is stored. Answers false where nothing was lost. Rejects with `UserStoreUnavailable`. */
  async acceptLoss(): Promise<boolean> {
    if (!(await this.state()).isLost) return false;
    await this.options.known.acceptLoss();
    this.options.counters.storeAnew();
    return true;
  }

  /**
   * The same, after users were assigned again to the variants of running experiments that they were exposed to, and counters were dropped, which the
   * observations fill again. One that conflicts with what a user is in is left out (X4): they were assigned to the one after the other was lost. Answers
   * how many users were assigned again. Begun again, it leads to the same. Rejects as the stores do.
   */
  async rebuild(): Promise<number> {
    const { known, projectIds } = this.options;
    let users = 0;
    await known.acceptLoss(async () => {
      for (const projectId of await projectIds()) users += await this.rebuildProject(projectId);
    });
    this.options.counters.storeAnew();
    return users;
  }

  private async rebuildProject(projectId: string): Promise<number> {
    const { rulesets, users } = this.options;
    const { running } = await rulesets.current(projectId);
    let count = 0;
    for (const experiment of running) {
      const conflicting = new Set(running.flatMap(({ id, from }) => (conflict(from, experiment.from) ? [id] : [])));
      count += await this.reassign(projectId, experiment, conflicting);
    }
    for (const { id } of await users.counters(projectId)) await users.dropCounter(projectId, id);
    return count;
  }

  /** `conflicting`: itself, and the others that no user of it may be in. */
  private async reassign(projectId: string, { id }: RunningExperiment, conflicting: ReadonlySet<string>): Promise<number> {
    const { observations, clock } = this.options;
    let count = 0;
    let first: StoredExposure | undefined;
    const finish = async (): Promise<void> => {
      if (first !== undefined && (await this.assign(projectId, id, first, conflicting))) count += 1;
    };
    for await (const exposure of observations.exposuresOf(projectId, id, clock() + 1)) {
      if (exposure.user !== first?.user) {
        await finish();
        first = exposure;
      } else if (exposure.at < first.at) first = exposure;
    }
    await finish();
    return count;
  }

  private async assign(
    projectId: string,
    experiment: string,
    { user, variant, at, revision }: StoredExposure,
    conflicting: ReadonlySet<string>,
  ): Promise<boolean> {
    const assignment: Assignment = { experiment, variant, assignedAt: at, revision };
    let record = await this.options.users.load(projectId, user);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (record.assignments.some((held) => conflicting.has(held.experiment))) return false;
      const result = await this.options.users.assign(projectId, user, record.assignmentVersion, [assignment]);
      if (result.stored) return true;
      record = result.record;
    }
    throw new UserStoreUnavailable('a user was changed each time that it was to be assigned again: rebuild once more');
  }
}
