import type { Envelope } from '../domain/event';
import type { Experiment } from '../domain/experiment-state';
import type { Pepper } from '../domain/user-key';
import { take } from '../evaluation/assignment';
import type { Outcome } from '../evaluation/outcome';
import { serve } from '../evaluation/serving';
import { overridesInForce } from '../evaluation/served-experiment';
import { servingTrail, type ServingTrail } from '../evaluation/serving-trail';
import { standingsOf, type Standing } from '../evaluation/standing';
import { hourOf, Subject } from '../evaluation/subject';
import { EMPTY_RECORD, type Override, type UserRecord } from '../evaluation/user-record';
import type { UserStore } from '../user-store/user-store';
import type { RequestContext } from './context';
import type { Rulesets } from './rulesets';

export interface ExplainRequest {
  readonly projectId: string;
  readonly context: RequestContext;
  /** Absent: all that are not archived. One that is not there is left out. */
  readonly keys?: readonly string[] | undefined;
  /** The set-up, and the assignments, as of the last of these events, the project's first ones; what is known of the user is that of today. */
  readonly past?: AsyncIterable<Envelope> | undefined;
  /** UTC milliseconds that windows of behaviour end at; absent: now. */
  readonly atMs?: number | undefined;
}

export interface ExplainedKey {
  readonly outcome: Outcome;
  readonly trail: ServingTrail;
}

/** What a user gets and why. */
export interface Explained {
  readonly revision: number;
  readonly keys: readonly ExplainedKey[];
  /** The user's standing in each running experiment, in the order of their starts. */
  readonly standings: readonly Standing[];
  /** The variants that are forced for the user, with the experiments they are of. */
  readonly forced: readonly (Override & { readonly of: Experiment })[];
}

export interface ExplainerOptions {
  readonly rulesets: Pick<Rulesets, 'current' | 'past'>;
  readonly users: Pick<UserStore, 'load'>;
  readonly pepper: Pepper;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

/** Explains which values a user gets. It assigns and exposes the user to nothing. */
export class Explainer {
  constructor(private readonly options: ExplainerOptions) {}

  /** Rejects with `NoSuchProject`, `UserStoreUnavailable`, as the event store does, and as the reading of `past` does. */
  async explain({ projectId, context, keys, past, atMs }: ExplainRequest): Promise<Explained> {
    const { rulesets, clock } = this.options;
    const ruleset = past === undefined ? await rulesets.current(projectId) : await rulesets.past(projectId, past);
    const record = await this.load(projectId, context.userId, past === undefined ? undefined : ruleset.revision);
    const subject = new Subject(record, context, hourOf(atMs ?? clock()));
    const taking = take(ruleset, subject);
    const explained = [...(keys ?? ruleset.keys.keys())].flatMap((name): readonly ExplainedKey[] => {
      const [key, trail] = [ruleset.keys.get(name), servingTrail(ruleset, name, subject)];
      return key === undefined || trail === undefined ? [] : [{ outcome: serve(ruleset, key, subject, taking), trail }];
    });
    const forced = overridesInForce(ruleset, subject).map((override) => ({
      ...override,
      of: ruleset.source.experiments.get(override.experiment)!,
    }));
    return { revision: ruleset.revision, keys: explained, standings: standingsOf(ruleset, subject), forced };
  }

  private async load(projectId: string, userId: string | undefined, revision: number | undefined): Promise<UserRecord> {
    if (userId === undefined) return EMPTY_RECORD;
    const record = await this.options.users.load(projectId, this.options.pepper.keyOf(projectId, userId));
    if (revision === undefined) return record;
    return { ...record, assignments: record.assignments.filter((assignment) => assignment.revision <= revision) };
  }
}
