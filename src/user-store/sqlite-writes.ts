import type Database from 'libsql';
import { randomUUID } from 'node:crypto';
import type { Assignment, Cell, Override } from '../evaluation/user-record';
import { cellsOf, isFillDone, staleAt, type KeptCounters } from './kept-counters';
import { bytesOf } from './sqlite-format';
import { SqliteUserReads, type Loaded } from './sqlite-reads';
import { IDS_KEPT_DAYS, type CountedEvent, type Filled, type Recorded } from './user-store';
import { dayOf, idExpiry, nextVersion } from './versions';

/** Which user a write is of. */
export interface Target {
  readonly projectId: string;
  readonly user: string;
  readonly nowMs: number;
}

/** An event whose id is hashed already. */
export type EventRow = Omit<CountedEvent, 'id'> & { readonly id: string };

interface User {
  readonly no: number;
  readonly project: number;
  readonly factsVersion: number;
  readonly assignmentVersion: number;
  readonly compactedDay: number;
}

/** How many expired ids are removed for each that is added. */
const REMOVED_PER_ID = 2;

/** What is written of users. Each call is one part of a transaction. */
export class SqliteUserWrites {
  private readonly reads: SqliteUserReads;
  private readonly run: ReturnType<typeof statementsOf>;
  /** The newest time that was seen: ids that were removed must not be taken for new ones after the clock was put back. */
  private lastMs = 0;

  constructor(private readonly db: Database.Database) {
    this.reads = new SqliteUserReads(db);
    this.run = statementsOf(db);
  }

  assign(target: Target, expected: number, assignments: readonly Assignment[]): { readonly stored: number } | { readonly found: Loaded } {
    const version = this.find(target)?.assignmentVersion ?? 0;
    if (version !== expected) return { found: this.reads.load(target.projectId, target.user, undefined) };
    const { no, project, assignments: stored } = this.withLists(target);
    const taken = new Set(stored.map(({ experiment }) => experiment));
    const added = assignments.filter(({ experiment }) => !taken.has(experiment) && taken.add(experiment));
    const next = nextVersion(version, target.nowMs);
    this.run.assignments.run(JSON.stringify([...stored, ...added]), next, target.nowMs, no);
    for (const { experiment, variant } of added) this.run.countAssigned.run(project, experiment, variant, 1);
    return { stored: next };
  }

  record(target: Target, events: readonly EventRow[]): readonly Recorded[] {
    // A user of whom nothing is kept does not come to be known.
    const now = (this.lastMs = Math.max(this.lastMs, target.nowMs));
    this.run.removeIds.run(now, REMOVED_PER_ID * events.length);
    if (events.every(({ at }) => idExpiry(at, IDS_KEPT_DAYS) <= now)) return events.map(() => 'late');
    const user = this.user(target);
    const { kept } = this.reads.counters.kept(user.project);
    let counted = false;
    const answers = events.map((event): Recorded => {
      const expiry = idExpiry(event.at, IDS_KEPT_DAYS);
      if (expiry <= now) return 'late';
      if (this.run.addId.run(user.no, bytesOf(event.id), expiry).changes === 0) return 'repeated';
      for (const { no, at } of cellsOf(kept, event)) {
        this.run.addCell.run(user.no, no, at, 1);
        counted = true;
      }
      return 'counted';
    });
    this.run.facts.run(counted ? nextVersion(user.factsVersion, target.nowMs) : user.factsVersion, target.nowMs, user.no);
    if (user.compactedDay < dayOf(now)) this.compact(user.no, kept, now);
    return answers;
  }

  fill(target: Target, counter: string, cells: readonly Cell[]): Filled {
    const kept = this.reads.counters.kept(this.project(target.projectId)).kept.byId.get(counter);
    if (kept === undefined || kept.isFilled) return 'repeated';
    const user = this.user(target);
    if (this.run.addFill.run(user.no, kept.no).changes === 0) return 'repeated';
    for (const { at, count } of cells) this.run.addCell.run(user.no, kept.no, at, count);
    this.run.facts.run(nextVersion(user.factsVersion, target.nowMs), target.nowMs, user.no);
    return 'filled';
  }

  /** `texts`: the JSON of each property, or null where it is removed. */
  setProperties(target: Target, texts: readonly (readonly [name: string, text: string | null])[]): number {
    const user = this.user(target);
    const [text] = this.run.propertiesOf.get(user.no) as [string];
    const properties = new Map(Object.entries(JSON.parse(text) as object));
    for (const [name, value] of texts) {
      if (value === null) properties.delete(name);
      else properties.set(name, JSON.parse(value));
    }
    const version = nextVersion(user.factsVersion, target.nowMs);
    this.run.properties.run(JSON.stringify(Object.fromEntries(properties)), version, target.nowMs, user.no);
    return version;
  }

  override(target: Target, experiment: string, given: Pick<Override, 'variant' | 'until'> | null): void {
    const { no, assignmentVersion, overrides } = this.withLists(target);
    const others = overrides.filter((other) => other.experiment !== experiment);
    const next = given === null ? others : [...others, { experiment, ...given }];
    this.run.overrides.run(JSON.stringify(next), nextVersion(assignmentVersion, target.nowMs), target.nowMs, no);
  }

  forget(target: Target): boolean {
    if (this.find(target) === undefined) return false;
    const user = this.withLists(target);
    for (const { experiment, variant } of user.assignments) this.run.countAssigned.run(user.project, experiment, variant, -1);
    for (const remove of [this.run.forgetCells, this.run.forgetFills, this.run.forgetIds, this.run.forgetUser]) remove.run(user.no);
    this.run.countUsers.run(-1, user.project);
    return true;
  }

  isCounted(target: Target): boolean {
    const user = this.find(target);
    return user !== undefined && this.run.counted.get(user.no, user.no, user.no) !== undefined;
  }

  acceptLoss(): string {
    const id = randomUUID();
    this.run.newId.run(id);
    return id;
  }

  keepCounter(projectId: string, id: string, window: string, countingSince: number): void {
    const project = this.project(projectId);
    if (this.reads.counters.kept(project).kept.byId.has(id)) return;
    this.run.nextNo.run(project);
    this.run.keepCounter.run(project, id, window, countingSince, project);
  }

  changeCounter(projectId: string, id: string, change: { readonly filledUpTo: string } | 'filled' | 'drop'): void {
    const project = this.project(projectId);
    if (change === 'drop') this.run.dropCounter.run(project, id);
    else if (change === 'filled') this.run.filled.run(project, id);
    else this.run.filledUpTo.run(change.filledUpTo, project, id);
    this.run.countersChanged.run(project);
  }

  rolledBack(): void {
    this.reads.counters.forgetAll();
  }

  close(): void {
    this.db.close();
  }

  private project(name: string): number {
    const known = this.reads.counters.projectId(name);
    return known ?? (this.run.addProject.get(name) as [number])[0];
  }

  private find({ projectId, user }: Target): User | undefined {
    const project = this.reads.counters.projectId(projectId);
    if (project === undefined) return undefined;
    const row = this.run.user.get(project, bytesOf(user)) as [number, number, number, number] | undefined;
    if (row === undefined) return undefined;
    const [no, factsVersion, assignmentVersion, compactedDay] = row;
    return { no, project, factsVersion, assignmentVersion, compactedDay };
  }

  private user(target: Target): User {
    const found = this.find(target);
    if (found !== undefined) return found;
    const project = this.project(target.projectId);
    this.run.addUser.run(project, bytesOf(target.user), target.nowMs, dayOf(target.nowMs));
    this.run.countUsers.run(1, project);
    return this.find(target)!;
  }

  private withLists(target: Target): User & { readonly assignments: readonly Assignment[]; readonly overrides: readonly Override[] } {
    const user = this.user(target);
    const [assignments, overrides] = this.run.json.get(user.no) as [string, string];
    return { ...user, assignments: JSON.parse(assignments) as Assignment[], overrides: JSON.parse(overrides) as Override[] };
  }

  private compact(user: number, kept: KeptCounters, nowMs: number): void {
    const isStale = staleAt(kept, nowMs);
    for (const [no, at] of this.run.cells.all(user) as [number, number][]) if (isStale({ no, at })) this.run.removeCell.run(user, no, at);
    for (const [no] of this.run.fills.all(user) as [number][]) if (isFillDone(kept, no)) this.run.removeFill.run(user, no);
    this.run.compacted.run(dayOf(nowMs), user);
  }
}

function statementsOf(db: Database.Database) {
  const change = (sql: string) => db.prepare<unknown[]>(sql);
  const query = (sql: string) => change(sql).raw();
  return {
    addProject: query('INSERT INTO projects (name, users, counters_version, last_no) VALUES (?, 0, 0, 0) RETURNING id'),
    user: query('SELECT no, facts_version, assignment_version, compacted_day FROM users WHERE project = ? AND key = ?'),
    addUser: change(
      `INSERT INTO users (project, key, facts_version, assignment_version, properties, assignments, overrides, seen_at, compacted_day)
        VALUES (?, ?, 0, 0, '{}', '[]', '[]', ?, ?)`,
    ),
    countUsers: change('UPDATE projects SET users = users + ? WHERE id = ?'),
    json: query('SELECT assignments, overrides FROM users WHERE no = ?'),
    assignments: change('UPDATE users SET assignments = ?, assignment_version = ?, seen_at = ? WHERE no = ?'),
    countAssigned: change('INSERT INTO assigned VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET users = users + excluded.users'),
    overrides: change('UPDATE users SET overrides = ?, assignment_version = ?, seen_at = ? WHERE no = ?'),
    propertiesOf: query('SELECT properties FROM users WHERE no = ?'),
    properties: change('UPDATE users SET properties = ?, facts_version = ?, seen_at = ? WHERE no = ?'),
    facts: change('UPDATE users SET facts_version = ?, seen_at = ? WHERE no = ?'),
    addId: change('INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    removeIds: change(
      'DELETE FROM ids WHERE (user, id) IN (SELECT user, id FROM ids INDEXED BY ids_by_expiry WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)',
    ),
    addCell: change('INSERT INTO cells VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count'),
    addFill: change('INSERT INTO fills VALUES (?, ?) ON CONFLICT DO NOTHING'),
    cells: query('SELECT counter, at FROM cells WHERE user = ?'),
    removeCell: change('DELETE FROM cells WHERE user = ? AND counter = ? AND at = ?'),
    fills: query('SELECT counter FROM fills WHERE user = ?'),
    removeFill: change('DELETE FROM fills WHERE user = ? AND counter = ?'),
    compacted: change('UPDATE users SET compacted_day = ? WHERE no = ?'),
    forgetCells: change('DELETE FROM cells WHERE user = ?'),
    forgetFills: change('DELETE FROM fills WHERE user = ?'),
    forgetIds: change('DELETE FROM ids WHERE user = ?'),
    forgetUser: change('DELETE FROM users WHERE no = ?'),
    counted: query(
      'SELECT 1 FROM ids WHERE user = ? UNION ALL SELECT 1 FROM cells WHERE user = ? UNION ALL SELECT 1 FROM fills WHERE user = ? LIMIT 1',
    ),
    newId: change('UPDATE store SET id = ?'),
    nextNo: change('UPDATE projects SET last_no = last_no + 1, counters_version = counters_version + 1 WHERE id = ?'),
    keepCounter: change('INSERT INTO counters SELECT ?, ?, last_no, ?, ?, 0, NULL FROM projects WHERE id = ?'),
    dropCounter: change('DELETE FROM counters WHERE project = ? AND id = ?'),
    filled: change('UPDATE counters SET is_filled = 1 WHERE project = ? AND id = ?'),
    filledUpTo: change('UPDATE counters SET filled_up_to = ? WHERE project = ? AND id = ?'),
    countersChanged: change('UPDATE projects SET counters_version = counters_version + 1 WHERE id = ?'),
  };
}
