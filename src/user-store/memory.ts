import { randomUUID } from 'node:crypto';
import type { Lease, Leases } from '../coordination/lease';
import { MemoryLeases } from '../coordination/memory-leases';
import type { Json } from '../domain/json';
import type { UserKey } from '../domain/user-key';
import type { CounterWindow } from '../evaluation/counter';
import type { Assignment, AssignResult, Cell, Override, UserRecord } from '../evaluation/user-record';
import { cellsOf, withoutNo, type NumberedCounter } from './kept-counters';
import { addCell, compact, newUser, recordOf, type User } from './memory-user';
import { IDS_KEPT_DAYS, UserStoreUnavailable } from './user-store';
import type { CountedEvent, Erasures, Filled, KeptCounter, Recorded, Recording, Sample, UserStore } from './user-store';
import { ErasureCounts, dayOf, idExpiry, nextVersion, linked } from './versions';

interface Project {
  readonly users: Map<UserKey, User>;
  readonly byId: Map<string, NumberedCounter>;
  /** Users by experiment and variant. */
  readonly assigned: Map<string, number>;
  lastNo: number;
}

/** Users in this process's memory, for tests and trials: nothing of them is left when it ends. */
export class MemoryUserStore implements UserStore {
  private readonly projects = new Map<string, Project>();
  private readonly erased = new ErasureCounts();
  private id = randomUUID() as string;
  private isClosed = false;

  constructor(
    private readonly clock: () => number = Date.now,
    private readonly leases: Leases = new MemoryLeases(),
  ) {}

  async load(projectId: string, user: UserKey): Promise<UserRecord> {
    return this.recordOf(projectId, user);
  }

  async assign(
    projectId: string,
    key: UserKey,
    expectedAssignmentVersion: number,
    assignments: readonly Assignment[],
  ): Promise<AssignResult> {
    const version = this.project(projectId).users.get(key)?.assignmentVersion ?? 0;
    if (version !== expectedAssignmentVersion) return { stored: false, record: this.recordOf(projectId, key) };
    const user = this.changed(projectId, key);
    user.assignmentVersion = nextVersion(version, this.clock());
    for (const assignment of assignments) {
      if (user.assignments.has(assignment.experiment)) continue;
      user.assignments.set(assignment.experiment, assignment);
      this.countAssigned(projectId, assignment, 1);
    }
    return { stored: true, assignmentVersion: user.assignmentVersion };
  }

  async record(projectId: string, key: UserKey, events: readonly CountedEvent[], erasures: Erasures): Promise<Recording> {
    const project = this.project(projectId);
    if (this.erased.hasChanged(projectId, key, erasures)) return 'erased';
    const now = this.clock();
    // A user of whom nothing is kept does not come to be known.
    if (events.every(({ at }) => idExpiry(at, IDS_KEPT_DAYS) <= now)) return events.map(() => 'late');
    const user = this.changed(projectId, key);
    for (const [id, expiry] of user.ids) if (expiry <= now) user.ids.delete(id);
    let counted = false;
    const answers = events.map((event): Recorded => {
      const expiry = idExpiry(event.at, IDS_KEPT_DAYS);
      if (expiry <= now) return 'late';
      if (user.ids.has(event.id)) return 'repeated';
      user.ids.set(event.id, expiry);
      for (const { no, at } of cellsOf(project, event)) {
        addCell(user, { no, at, count: 1 });
        counted = true;
      }
      return 'counted';
    });
    if (counted) user.factsVersion = nextVersion(user.factsVersion, now);
    if (user.compactedDay < dayOf(now)) compact(user, project, now);
    return answers;
  }

  async erasures(projectId: string): Promise<Erasures> {
    this.project(projectId);
    return this.erased.of(projectId);
  }

  async fill(projectId: string, key: UserKey, counter: string, cells: readonly Cell[], erasures: Erasures): Promise<Filled> {
    if (this.erased.hasChanged(projectId, key, erasures)) return 'erased';
    const { no, isFilled = true } = this.project(projectId).byId.get(counter) ?? {};
    if (no === undefined || isFilled) return 'repeated';
    const user = this.changed(projectId, key);
    if (user.fills.has(no)) return 'repeated';
    user.fills.add(no);
    for (const { at, count } of cells) addCell(user, { no, at, count });
    user.factsVersion = nextVersion(user.factsVersion, this.clock());
    return 'filled';
  }

  async setProperties(projectId: string, key: UserKey, properties: { readonly [name: string]: Json }): Promise<number> {
    const user = this.changed(projectId, key);
    for (const [name, value] of Object.entries(properties)) {
      if (value === null) user.properties.delete(name);
      else user.properties.set(name, value);
    }
    return (user.factsVersion = nextVersion(user.factsVersion, this.clock()));
  }

  async override(projectId: string, key: UserKey, experiment: string, given: Pick<Override, 'variant' | 'until'> | null): Promise<void> {
    const user = this.changed(projectId, key);
    if (given === null) user.overrides.delete(experiment);
    else user.overrides.set(experiment, { experiment, ...given });
    user.assignmentVersion = nextVersion(user.assignmentVersion, this.clock());
  }

  link(projectId: string, from: UserKey, to: UserKey): Promise<'linked' | 'kept'> {
    return linked(this, projectId, from, to);
  }

  async forget(projectId: string, user: UserKey): Promise<boolean> {
    this.erased.add(projectId, user);
    const { users } = this.project(projectId);
    for (const assignment of users.get(user)?.assignments.values() ?? []) this.countAssigned(projectId, assignment, -1);
    return users.delete(user);
  }

  async endForget(projectId: string, key: UserKey): Promise<boolean> {
    this.erased.add(projectId, key);
    const { ids, cells, fills } = this.project(projectId).users.get(key) ?? newUser();
    return ids.size + cells.size + fills.size === 0;
  }

  async sample(projectId: string, count: number): Promise<Sample> {
    const { users } = this.project(projectId);
    const keys = [...users.keys()];
    for (let at = 0; at < Math.min(count, keys.length); at += 1) {
      const other = at + Math.floor(Math.random() * (keys.length - at));
      [keys[at], keys[other]] = [keys[other]!, keys[at]!];
    }
    const sampled = keys.slice(0, count).map((user) => ({ user, seenAt: users.get(user)!.seenAt, record: this.recordOf(projectId, user) }));
    return { users: users.size, sampled };
  }

  async assigned(projectId: string, experiment: string, variants: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { assigned } = this.project(projectId);
    return new Map(variants.map((variant) => [variant, assigned.get(`${experiment}\n${variant}`) ?? 0]));
  }

  async counters(projectId: string): Promise<readonly KeptCounter[]> {
    return [...this.project(projectId).byId.values()].map(withoutNo);
  }

  async keepCounter(
    projectId: string,
    { id, window }: { readonly id: string; readonly window: CounterWindow },
    countingSince: number,
  ): Promise<KeptCounter> {
    const project = this.project(projectId);
    let counter = project.byId.get(id);
    if (counter === undefined) {
      counter = { no: (project.lastNo += 1), id, window, countingSince, isFilled: false };
      project.byId.set(id, counter);
    }
    return withoutNo(counter);
  }

  async filledUpTo(projectId: string, counter: string, user: UserKey): Promise<void> {
    this.changeCounter(projectId, counter, { filledUpTo: user });
  }

  async filled(projectId: string, counter: string): Promise<void> {
    this.changeCounter(projectId, counter, { isFilled: true });
  }

  async lease(name: string): Promise<Lease> {
    return this.leases.lease(name);
  }

  async dropCounter(projectId: string, counter: string): Promise<void> {
    this.project(projectId).byId.delete(counter);
  }

  async identity(): Promise<string | undefined> {
    return this.id;
  }

  async acceptLoss(): Promise<string> {
    return (this.id = randomUUID());
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private changeCounter(projectId: string, id: string, change: Partial<KeptCounter>): void {
    const { byId } = this.project(projectId);
    const counter = byId.get(id);
    if (counter !== undefined) byId.set(id, { ...counter, ...change });
  }

  private project(projectId: string): Project {
    if (this.isClosed) throw new UserStoreUnavailable('the user store has been closed');
    let project = this.projects.get(projectId);
    if (project === undefined)
      this.projects.set(projectId, (project = { users: new Map(), byId: new Map(), assigned: new Map(), lastNo: 0 }));
    return project;
  }

  private countAssigned(projectId: string, { experiment, variant }: Assignment, by: number): void {
    const { assigned } = this.project(projectId);
    const of = `${experiment}\n${variant}`;
    assigned.set(of, (assigned.get(of) ?? 0) + by);
  }

  private changed(projectId: string, key: UserKey): User {
    const { users } = this.project(projectId);
    const user = users.get(key) ?? newUser();
    users.set(key, user);
    user.seenAt = this.clock();
    return user;
  }

  private recordOf(projectId: string, key: UserKey): UserRecord {
    const project = this.project(projectId);
    return recordOf(project.users.get(key) ?? newUser(), { byId: new Map(project.byId), lastNo: project.lastNo });
  }
}
