import { inParallel } from '../concurrency/limiter';
import type { ProjectState } from '../domain/project-state';
import type { Pepper, UserKey } from '../domain/user-key';
import type { Observations, UserEvent } from '../observations/observations';
import { UserStoreUnavailable, type CountedEvent, type UserStore } from '../user-store/user-store';
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
  readonly users: Pick<UserStore, 'erasures' | 'record'>;
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

interface Item {
  readonly index: number;
  readonly item: UserEvent;
  /** It was appended by an earlier attempt of this call. */
  readonly isNew?: boolean;
}

interface Counting extends Item {
  readonly counted: CountedEvent;
}

interface Outcome {
  readonly index: number;
  readonly kind: 'accepted' | 'repeated' | 'conflict';
}

const CONFLICT = 'the user has another event with this id: give each event an id of its own.';

/** How often events are appended again because someone of the project was forgotten meanwhile. */
const ATTEMPTS = 20;

/** What users did in an app, as the app sends it (U1). */
export class EventIntake {
  constructor(private readonly options: EventIntakeOptions) {}

  /**
   * Appends the events to the observations, then counts them. Both are durable when it resolves; both are asked at every attempt, so a batch that is sent
   * again completes what a failure left. Rejects with `InvalidContext`, `NoSuchProject`, `HeadUnconfirmed`, `ObservationsUnavailable`, `UserStoreUnavailable`, or as the
   * event store does.
   */
  async take(projectId: string, body: unknown): Promise<Taken> {
    const { rulesets, pepper, clock, lateDays } = this.options;
    // Before anything is appended: the ruleset makes known which counters are to count.
    await rulesets.confirmed(projectId);
    const batch = readBatch(body, { projectId, pepper, nowMs: clock(), lateDays });
    await this.options.late.count(projectId, batch.late);
    const outcomes: Outcome[] = [];
    let left: readonly Item[] = batch.items;
    // U4: a user who is forgotten between the two writes would have a count without an event.
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (attempt === ATTEMPTS) throw new UserStoreUnavailable('users were forgotten each time that events were counted: send them again');
      left = await this.attempt(projectId, left, outcomes);
    }
    const conflicts = outcomes.filter(({ kind }) => kind === 'conflict').map(({ index }) => ({ index, message: CONFLICT }));
    return {
      accepted: outcomes.filter(({ kind }) => kind === 'accepted').length,
      repeated: outcomes.filter(({ kind }) => kind === 'repeated').length,
      rejected: [...batch.rejected, ...conflicts].sort((a, b) => a.index - b.index),
    };
  }

  /** Answers the items that are to be taken once more, and adds what became of the others. */
  private async attempt(projectId: string, items: readonly Item[], outcomes: Outcome[]): Promise<readonly Item[]> {
    const { counters, observations, users } = this.options;
    const erasures = await users.erasures(projectId);
    const appended = await observations.append(
      projectId,
      items.map(({ item }) => item),
    );
    const newest = appended.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0);
    const live = counterIndex(await counters.after(projectId, newest));
    const byUser = new Map<UserKey, Counting[]>();
    for (const [at, { index, item: event, isNew = false }] of items.entries()) {
      const stored = appended[at]!;
      if (stored.outcome === 'conflict') {
        outcomes.push({ index, kind: 'conflict' });
        continue;
      }
      const ids = (live.get(event.event) ?? []).filter(({ passes }) => passes(event.properties)).map(({ descriptor }) => descriptor.id);
      const counted = { id: event.id, at: stored.at, receivedAt: stored.receivedAt, counters: ids };
      const ofUser = byUser.get(event.user);
      const counting = { index, item: event, isNew: isNew || stored.outcome === 'appended', counted };
      if (ofUser === undefined) byUser.set(event.user, [counting]);
      else ofUser.push(counting);
    }
    const record = async ([user, events]: [UserKey, readonly Counting[]]): Promise<readonly Item[]> => {
      const batch = events.map(({ counted }) => counted);
      const recorded = await users.record(projectId, user, batch, erasures);
      if (recorded === 'erased') return events;
      for (const [at, { index, isNew }] of events.entries())
        // Repeated only if both stores had it.
        outcomes.push({ index, kind: !isNew && recorded[at] !== 'counted' ? 'repeated' : 'accepted' });
      return [];
    };
    return (await Promise.all([...byUser].map(record))).flat();
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
