import { inParallel } from '../concurrency/limiter';
import type { Pepper, UserKey } from '../domain/user-key';
import { heldOnly, take } from '../evaluation/assignment';
import { exposedTo } from '../evaluation/serving';
import type { Ruleset } from '../evaluation/ruleset';
import { hourOf, Subject } from '../evaluation/subject';
import type { UserRecord } from '../evaluation/user-record';
import type { Exposure, Observations } from '../observations/observations';
import type { UserStore } from '../user-store/user-store';
import { checkedUserId, requestContext, type RequestContext } from './context';
import type { Exposures } from './exposures';
import type { Rulesets } from './rulesets';
import { membersOf, readItems, shortText, type Rejected, type TimeOf } from './sent-body';

export interface ExposureIntakeOptions {
  readonly rulesets: Pick<Rulesets, 'confirmed'>;
  readonly observations: Pick<Observations, 'append'>;
  readonly users: Pick<UserStore, 'load'>;
  readonly exposures: Pick<Exposures, 'during'>;
  readonly pepper: Pepper;
  /** UTC milliseconds. */
  readonly clock: () => number;
  readonly lateDays: number;
}

/** What became of a batch: how many items exposed their user to something, how many to nothing, and which are wrong. */
export interface TakenExposures {
  readonly accepted: number;
  /** The user is in no running experiment that has the key, or is a test user. */
  readonly unassigned: number;
  readonly rejected: readonly Rejected[];
}

interface Reported {
  readonly user: UserKey;
  readonly key: string;
  readonly context: RequestContext;
  readonly at: number;
}

const MAX_EXPOSURES = 1_000;
const MAX_KEY_NAME = 120;
const LOADS_AT_ONCE = 16;

/** Which keys an app says that it has shown to its users. The variants are those that the users are assigned to, whatever the app says. */
export class ExposureIntake {
  constructor(private readonly options: ExposureIntakeOptions) {}

  /**
   * Takes `{"exposures": [{"user", "key", "context", "at"}], "sentAt"}`. What is accepted is durable when it resolves. Rejects with `InvalidContext`,
   * `NoSuchProject`, `HeadUnconfirmed`, `ObservationsUnavailable`, `UserStoreUnavailable`, or as the event store does.
   */
  async take(projectId: string, body: unknown): Promise<TakenExposures> {
    const { rulesets, clock, lateDays } = this.options;
    const ruleset = await rulesets.confirmed(projectId);
    const nowMs = clock();
    const options = { list: 'exposures', limit: MAX_EXPOSURES, nowMs, lateDays };
    const { items, rejected } = readItems(body, options, (given, timeOf) => this.read(projectId, given, timeOf, nowMs));
    const accepted = await this.options.exposures.during(async () => {
      const records = await this.records(projectId, new Set(items.map(({ item }) => item.user)));
      const found = items.map(({ item }) => exposuresOf(ruleset, records.get(item.user)!, item, nowMs));
      const exposures = found.flat();
      if (exposures.length > 0) await this.options.observations.append(projectId, exposures);
      return found.filter(({ length }) => length > 0).length;
    });
    return { accepted, unassigned: items.length - accepted, rejected };
  }

  private read(projectId: string, given: unknown, timeOf: TimeOf, nowMs: number): Reported {
    const { user, key, context = {}, at } = membersOf(given, 'an exposure', ['user', 'key', 'context', 'at']);
    const userId = checkedUserId(user, 'user');
    return {
      user: this.options.pepper.keyOf(projectId, userId),
      key: shortText(key, 'key', MAX_KEY_NAME),
      context: { ...requestContext(context), userId },
      at: at === undefined ? nowMs : timeOf(at),
    };
  }

  private async records(projectId: string, users: ReadonlySet<UserKey>): Promise<ReadonlyMap<UserKey, UserRecord>> {
    const records = new Map<UserKey, UserRecord>();
    await inParallel(users, LOADS_AT_ONCE, async (user) => {
      records.set(user, await this.options.users.load(projectId, user));
    });
    return records;
  }
}

function exposuresOf(ruleset: Ruleset, record: UserRecord, { user, key, context, at }: Reported, nowMs: number): readonly Exposure[] {
  const served = ruleset.keys.get(key);
  if (context.isPreview || served === undefined || served.experiments.length === 0) return [];
  const subject = new Subject(record, context, hourOf(nowMs));
  return exposedTo(ruleset, subject, heldOnly(take(ruleset, subject)), [served]).map(({ experiment, variant }): Exposure => {
    // Nothing of an experiment was shown before it had the user.
    const since = subject.assignments.byExperiment.get(experiment)?.assignedAt ?? at;
    return { kind: 'exposure', user, experiment, variant, at: Math.max(at, since), revision: ruleset.revision };
  });
}
