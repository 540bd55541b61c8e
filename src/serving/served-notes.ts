import type { UserKey } from '../domain/user-key';
import type { Assigned } from '../evaluation/assign';
import type { ServedKey } from '../evaluation/served-key';
import { exposedTo } from '../evaluation/serving';
import type { RequestContext } from './context';
import type { Exposures } from './exposures';
import type { Tallies } from './tallies';

/** What a request was answered from, and when that was decided. */
export interface Served extends Assigned {
  readonly nowMs: number;
}

export interface ServedNotesOptions {
  readonly exposures: Pick<Exposures, 'note'>;
  readonly tallies: Pick<Tallies, 'note'>;
}

/** Notes what users were served, for results. A preview is noted nowhere. */
export class ServedNotes {
  constructor(private readonly options: ServedNotesOptions) {}

  /** The user was served these keys, and so exposed to the experiments that have them and the user. */
  exposed(projectId: string, user: UserKey | undefined, served: Served, keys: readonly ServedKey[], context: RequestContext): void {
    const { ruleset, subject, taking, unstored, nowMs } = served;
    if (user === undefined || unstored || context.isPreview) return;
    for (const exposed of exposedTo(ruleset, subject, taking, keys)) {
      const assignedAt = subject.assignments.byExperiment.get(exposed.experiment)?.assignedAt ?? nowMs;
      // Another request may have assigned the user after this one had begun.
      const at = Math.max(nowMs, assignedAt);
      this.options.exposures.note(projectId, { kind: 'exposure', user, ...exposed, at, revision: ruleset.revision }, assignedAt);
    }
  }

  /** R4: what is served without the store is stored nowhere else. */
  unstored(projectId: string, served: Served, keys: readonly ServedKey[], { isPreview }: RequestContext): void {
    const { ruleset, subject, taking, unstored } = served;
    if (!unstored || isPreview) return;
    for (const { experiment, variant } of exposedTo(ruleset, subject, taking, keys))
      this.options.tallies.note(projectId, 'UNSTORED', experiment, variant);
  }
}
