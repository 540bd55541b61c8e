import { inParallel } from '../concurrency/in-parallel';
import type { ProjectState } from '../domain/project-state';
import type { UserKey } from '../domain/user-key';
import type { UserStore } from '../user-store/user-store';
import type { Rulesets } from './rulesets';
import type { LateEvent } from './sent-events';
import type { Tallies } from './tallies';

/** Users who are looked for at a time. */
const LOADED_AT_ONCE = 8;

export interface LateEventsOptions {
  readonly rulesets: Pick<Rulesets, 'current'>;
  readonly users: Pick<UserStore, 'load'>;
  readonly tallies: Pick<Tallies, 'note'>;
}

/** Counts events that were rejected because they came too late, for the tests whose results they are missing in (R4). */
export class LateEvents {
  constructor(private readonly options: LateEventsOptions) {}

  /** For each test that the user is in and one of whose goals is of the event. Rejects with `UserStoreUnavailable`, or as `rulesets` does. */
  async count(projectId: string, late: readonly LateEvent[]): Promise<void> {
    if (late.length === 0) return;
    const { rulesets, users, tallies } = this.options;
    const { experiments, goals } = (await rulesets.current(projectId)).source as ProjectState;
    const byUser = new Map<UserKey, string[]>();
    for (const { user, event } of late) byUser.set(user, [...(byUser.get(user) ?? []), event]);
    await inParallel(byUser, LOADED_AT_ONCE, async ([user, events]) => {
      const { assignments } = await users.load(projectId, user);
      for (const { experiment } of assignments) {
        const measured = new Set(experiments.get(experiment)?.goals.map(({ id }) => goals.get(id)?.event));
        for (const event of events) if (measured.has(event)) tallies.note(projectId, 'LATE', experiment, event);
      }
    });
  }
}
