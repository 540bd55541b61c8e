import { inParallel } from '../concurrency/limiter';
import type { ProjectState } from '../domain/project-state';
import type { Pepper, UserKey } from '../domain/user-key';
import type { Observations, UserEvent } from '../observations/observations';
import type { CountedEvent, Recorded, UserStore } from '../user-store/user-store';
import type { LiveCounters } from './live-counters';
import type { LiveCounter } from './project-counters';
import type { Rulesets } from './rulesets';
import type { Rejected } from './sent-body';
import { readBatch, type LateEvent } from './sent-events';
import type { Tallies } from './tallies';

export interface EventIntakeOptions {
  readonly rulesets: Pick<Rulesets, 'confirmed'>;
  readonly counters: Pick<LiveCounters, 'after'>;
  readonly observations: Pick<Observations, 'append'>;
  readonly users: Pick<UserStore, 'record'>;
  readonly late: Pick<LateEvents, 'count'>;
  readonly pepper: Pepper;
  /** UTC milliseconds. */
  readonly clock: () => number;
  readonly lateDays: number;
}

/** What became of a batch: how many events were new, how many were there, and which are wrong. */
export interface Taken {
  readonly accepted: number;
  readonly repeated: number;
  readonly rejected: readonly Rejected[];
}

interface Counting {
  readonly isNew: boolean;
  readonly event: UserEvent;
  readonly counted: CountedEvent;
}

/** What users did in an app, as the app sends it (U1). */
export class EventIntake {
  constructor(private readonly options: EventIntakeOptions) {}

  /**
   * Appends the events to the observations, then counts them. Both are durable when it resolves; both are asked at every attempt, so a batch that is sent
   * again completes what a failure left. Rejects with `InvalidContext`, `NoSuchProject`, `HeadUnconfirmed`, `ObservationsUnavailable`, `UserStoreUnavailable`, or as the
   * event store does.
   */
  async take(projectId: string, body: unknown): Promise<Taken> {
    const { rulesets, counters, observations, pepper, clock, lateDays } = this.options;
    // Before anything is appended: the ruleset makes known which counters are to count.
    await rulesets.confirmed(projectId);
    const batch = readBatch(body, { projectId, pepper, nowMs: clock(), lateDays });
    await this.options.late.count(projectId, batch.late);
    const rejected = [...batch.rejected];
    if (batch.items.length === 0) return { accepted: 0, repeated: 0, rejected };
    const appended = await observations.append(
      projectId,
      batch.items.map(({ item }) => item),
    );
    const newest = appended.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0);
    const live = counterIndex(await counters.after(projectId, newest));
    const byUser = new Map<UserKey, Counting[]>();
    for (const [at, { index, item: event }] of batch.items.entries()) {
      const stored = appended[at]!;
      if (stored.outcome === 'conflict') {
        rejected.push({ index, message: 'the user has another event with this id: give each event an id of its own.' });
        continue;
      }
      const ids = (live.get(event.event) ?? []).filter(({ passes }) => passes(event.properties)).map(({ descriptor }) => descriptor.id);
      const counted = { id: event.id, at: stored.at, receivedAt: stored.receivedAt, counters: ids };
      const ofUser = byUser.get(event.user);
      const counting = { isNew: stored.outcome === 'appended', event, counted };
      if (ofUser === undefined) byUser.set(event.user, [counting]);
      else ofUser.push(counting);
    }
    const outcomes = (await Promise.all([...byUser].map(([user, events]) => this.record(projectId, user, events)))).flat();
    const repeated = outcomes.filter((isRepeated) => isRepeated).length;
    return { accepted: outcomes.length - repeated, repeated, rejected: rejected.sort((a, b) => a.index - b.index) };
  }

  /** Answers of each whether both stores had it. */
  private async record(projectId: string, user: UserKey, events: readonly Counting[]): Promise<readonly boolean[]> {
    const recorded: readonly Recorded[] = await this.options.users.record(
      projectId,
      user,
      events.map(({ counted }) => counted),
    );
    return events.map(({ isNew }, at) => !isNew && recorded[at] !== 'counted');
  }
}

function counterIndex(counters: readonly LiveCounter[]): ReadonlyMap<string, readonly LiveCounter[]> {
  const byEvent = new Map<string, LiveCounter[]>();
  for (const counter of counters) {
    const of = byEvent.get(counter.descriptor.event);
    if (of === undefined) byEvent.set(counter.descriptor.event, [counter]);
    else of.push(counter);
  }
  return byEvent;
}

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
