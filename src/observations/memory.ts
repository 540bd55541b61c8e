import type { UserKey } from '../domain/user-key';
import { countUser, ExposureCounts } from './exposure-counts';
import { getOrMake, GoalSums, rowsOf } from './moment-sums';
import { dayStart, firstOf, isMature, type Moments, type MomentsQuery } from './moments';
import {
  ObservationsUnavailable,
  type Appended,
  type EventInUse,
  type Exposure,
  type KnownObservation,
  type Observation,
  type Observations,
  type StoredEvent,
  type StoredExposure,
  type UserEvent,
  minuteOf,
  type Tally,
  type TallyQuery,
  type TallyTotal,
} from './observations';
import { vocabularyOf, propertyType } from './vocabulary';

type Stored<Kind> = Kind & { readonly at: number; readonly receivedAt: number };

interface CountedMinute extends Pick<Tally, 'name' | 'count'> {
  readonly minute: number;
}

interface Project {
  /** By user, then by id. */
  readonly events: Map<UserKey, Map<string, Stored<UserEvent>>>;
  readonly exposures: Map<UserKey, Stored<Exposure>[]>;
  forgotten: number;
  /** How many of an experiment's users were forgotten. */
  readonly erased: Map<string, number>;
  /** By kind and subject, then by name and minute: what is counted again in a minute takes no more room. */
  readonly tallies: Map<string, Map<string, CountedMinute>>;
}

/** Observations in this process's memory, for tests and trials: nothing of them is left when it ends, and none expire. */
export class MemoryObservations implements Observations {
  private readonly projects = new Map<string, Project>();
  private lastReceivedAt = 0;
  private isClosed = false;

  constructor(private readonly clock: () => number = Date.now) {}

  async append(projectId: string, batch: readonly Observation[]): Promise<readonly Appended[]> {
    const project = this.project(projectId);
    const receivedAt = (this.lastReceivedAt = Math.max(this.lastReceivedAt, this.clock()));
    return batch.map((item) => (item.kind === 'event' ? addEvent(project, item, receivedAt) : addExposure(project, item, receivedAt)));
  }

  async *eventsOf(projectId: string, event: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredEvent> {
    const { events } = this.project(projectId);
    for (const user of [...events.keys()].sort()) {
      if (afterUser !== undefined && user <= afterUser) continue;
      for (const { at, receivedAt, properties, event: name } of [...(events.get(user)?.values() ?? [])])
        if (name === event && receivedAt < receivedBefore) yield { user, at, receivedAt, properties };
    }
  }

  async *exposuresOf(projectId: string, experiment: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredExposure> {
    const { exposures } = this.project(projectId);
    for (const user of [...exposures.keys()].sort()) {
      if (afterUser !== undefined && user <= afterUser) continue;
      for (const { experiment: name, variant, at, receivedAt, revision } of [...(exposures.get(user) ?? [])])
        if (name === experiment && receivedAt < receivedBefore) yield { user, variant, at, receivedAt, revision };
    }
  }

  async moments(query: MomentsQuery): Promise<Moments> {
    const { events, exposures, erased } = this.project(query.projectId);
    const counts = new ExposureCounts();
    const sums = query.goals.map((goal) => ({ goal, of: new GoalSums(goal, query.receivedBefore) }));
    for (const user of [...exposures.keys()].sort()) {
      const ofUser = exposures.get(user)!;
      const of = (experiment: string) => ofUser.filter((each) => each.experiment === experiment);
      const first = countUser(counts, of(query.experiment), query);
      if (first === undefined || first.two) continue;
      for (const { experiment, endRevision } of query.earlier) {
        const before = firstOf(of(experiment), { ...(endRevision !== undefined && { endRevision }), receivedBefore: query.receivedBefore });
        if (before?.two === false) counts.addEarlier(dayStart(first.at), experiment, before.variant, first.variant);
      }
      const known = [...(events.get(user)?.values() ?? [])].filter(({ receivedAt }) => receivedAt < query.receivedBefore);
      for (const { goal, of: goalSums } of sums) {
        if (isMature(first.at, goal, query.receivedBefore)) goalSums.addUsers(dayStart(first.at), first.variant, 1);
        goalSums.addEvents(
          first,
          known.filter(({ event }) => event === goal.event),
        );
      }
    }
    const goals = sums.map(({ of }) => of);
    return {
      exposed: counts.exposedRows(),
      moments: rowsOf(goals),
      days: counts.dayRows(goals),
      earlier: counts.earlierRows(),
      erasedUsers: erased.get(query.experiment) ?? 0,
    };
  }

  async tally(projectId: string, tallies: readonly Tally[]): Promise<void> {
    const minute = minuteOf(Math.max(this.lastReceivedAt, this.clock()));
    const { tallies: known } = this.project(projectId);
    for (const { kind, subject, name, count } of tallies) {
      const ofSubject = getOrMake(known, `${kind} ${subject}`, () => new Map<string, CountedMinute>());
      const key = `${minute} ${name}`;
      ofSubject.set(key, { name, minute, count: count + (ofSubject.get(key)?.count ?? 0) });
    }
  }

  async tallied({ projectId, kind, subject, receivedBefore }: TallyQuery): Promise<readonly TallyTotal[]> {
    const totals = new Map<string, TallyTotal>();
    for (const { name, minute, count } of this.project(projectId).tallies.get(`${kind} ${subject}`)?.values() ?? []) {
      if (minute >= minuteOf(receivedBefore)) continue;
      const known = totals.get(name);
      totals.set(name, { name, firstAt: Math.min(minute, known?.firstAt ?? minute), count: count + (known?.count ?? 0) });
    }
    return [...totals.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *known(projectId: string, user: UserKey): AsyncIterable<KnownObservation> {
    const { events, exposures } = this.project(projectId);
    for (const { kind, event, at, receivedAt, properties } of [...(events.get(user)?.values() ?? [])])
      yield { kind, event, at, receivedAt, properties };
    for (const { kind, experiment, variant, at, receivedAt, revision } of [...(exposures.get(user) ?? [])])
      yield { kind, experiment, variant, at, receivedAt, revision };
  }

  async forget(projectId: string, user: UserKey): Promise<number> {
    const project = this.project(projectId);
    const removed = (project.events.get(user)?.size ?? 0) + (project.exposures.get(user)?.length ?? 0);
    for (const experiment of new Set(project.exposures.get(user)?.map((exposure) => exposure.experiment)))
      project.erased.set(experiment, (project.erased.get(experiment) ?? 0) + 1);
    project.events.delete(user);
    project.exposures.delete(user);
    if (removed > 0) project.forgotten += 1;
    return removed;
  }

  async forgotten(projectId: string): Promise<number> {
    return this.project(projectId).forgotten;
  }

  async vocabulary(projectId: string): Promise<readonly EventInUse[]> {
    const events = [...this.project(projectId).events.values()].flatMap((ofUser) => [...ofUser.values()]);
    return vocabularyOf(
      events.flatMap(({ event, properties }) => [
        [event, null, null] as const,
        ...Object.entries(properties).map(([name, value]) => [event, name, propertyType(value) ?? null] as const),
      ]),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private project(projectId: string): Project {
    if (this.isClosed) throw new ObservationsUnavailable('the store of observations has been closed');
    let project = this.projects.get(projectId);
    if (project === undefined)
      this.projects.set(
        projectId,
        (project = { events: new Map(), exposures: new Map(), forgotten: 0, erased: new Map(), tallies: new Map() }),
      );
    return project;
  }
}

function addEvent({ events }: Project, event: UserEvent, receivedAt: number): Appended {
  const ofUser = events.get(event.user) ?? new Map<string, Stored<UserEvent>>();
  const stored = ofUser.get(event.id);
  if (stored !== undefined && stored.content !== event.content) return { outcome: 'conflict', receivedAt: stored.receivedAt };
  if (stored !== undefined) return { outcome: 'repeated', at: stored.at, receivedAt: stored.receivedAt };
  const { at = receivedAt } = event;
  events.set(event.user, ofUser.set(event.id, { ...event, at, receivedAt }));
  return { outcome: 'appended', at, receivedAt };
}

function addExposure({ exposures }: Project, exposure: Exposure, receivedAt: number): Appended {
  const { user, experiment, variant, at = receivedAt } = exposure;
  const ofUser = exposures.get(user) ?? [];
  const stored = ofUser.find((other) => other.experiment === experiment && other.variant === variant && other.at <= at);
  if (stored !== undefined) return { outcome: 'repeated', at: stored.at, receivedAt: stored.receivedAt };
  exposures.set(user, [...ofUser, { ...exposure, at, receivedAt }]);
  return { outcome: 'appended', at, receivedAt };
}
