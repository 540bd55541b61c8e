import type Database from 'libsql';
import { EMPTY_RECORD, type Assignment, type Override, type Properties, type UserRecord } from '../evaluation/user-record';
import { type NumberedCounter, countersOf, type KeptCounters } from './kept-counters';
import { SqliteCounters } from './sqlite-counters';
import { bytesOf } from './sqlite-format';

/** A user as they are stored: by plain values, which can cross threads. */
export interface UserRow {
  readonly key: string;
  readonly factsVersion: number;
  readonly assignmentVersion: number;
  readonly properties: string;
  readonly assignments: string;
  readonly overrides: string;
  readonly seenAt: number;
  readonly cells: readonly (readonly [no: number, at: number, count: number])[];
}

/** Counters cross threads only where the other side does not know their version yet. */
export interface ReadCounters {
  readonly version: number;
  readonly lastNo: number;
  readonly changed?: readonly NumberedCounter[];
}

export interface Loaded {
  readonly counters: ReadCounters;
  readonly user: UserRow | undefined;
}

type Columns = [Uint8Array, number, number, string, string, string, number, number];
const COLUMNS = 'key, facts_version, assignment_version, properties, assignments, overrides, seen_at, no';

/** What one connection reads of users. The counters are read before what was counted: a counter that is said to be filled is. */
export class SqliteUserReads {
  readonly counters: SqliteCounters;
  private readonly userRow: Database.Statement<unknown[]>;
  private readonly cellRows: Database.Statement<unknown[]>;
  private readonly usersFrom: Database.Statement<unknown[]>;
  private readonly userCount: Database.Statement<unknown[]>;
  private readonly assignedRow: Database.Statement<unknown[]>;
  private readonly storeRow: Database.Statement<unknown[]>;

  constructor(db: Database.Database) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.counters = new SqliteCounters(db);
    this.userRow = query(`SELECT ${COLUMNS} FROM users WHERE project = ? AND key = ?`);
    this.cellRows = query('SELECT counter, at, count FROM cells WHERE user = ?');
    this.usersFrom = query(`SELECT ${COLUMNS} FROM users WHERE project = ? AND key >= ? ORDER BY key LIMIT ?`);
    this.userCount = query('SELECT users FROM projects WHERE id = ?');
    this.assignedRow = query('SELECT users FROM assigned WHERE project = ? AND experiment = ? AND variant = ?');
    this.storeRow = query('SELECT id, pepper_id FROM store');
  }

  store(): { readonly id: string; readonly pepperId: string } | undefined {
    const [id, pepperId] = (this.storeRow.get() ?? []) as [string?, string?];
    return id === undefined || pepperId === undefined ? undefined : { id, pepperId };
  }

  load(projectId: string, user: string, knownVersion: number | undefined): Loaded {
    const project = this.counters.projectId(projectId);
    if (project === undefined) return { counters: NONE, user: undefined };
    const counters = this.countersSince(project, knownVersion);
    const row = this.userRow.get(project, bytesOf(user)) as Columns | undefined;
    return { counters, user: row && this.rowOf(row) };
  }

  /** Keys are hashes, so users that follow one another in their order, from anywhere, are users at random. */
  sample(
    projectId: string,
    count: number,
    from: string,
  ): { readonly counters: ReadCounters; readonly users: number; readonly rows: UserRow[] } {
    const project = this.counters.projectId(projectId);
    if (project === undefined) return { counters: NONE, users: 0, rows: [] };
    const counters = this.countersSince(project, undefined);
    const rows = this.usersFrom.all(project, bytesOf(from), count) as Columns[];
    if (rows.length < count) rows.push(...(this.usersFrom.all(project, Buffer.alloc(0), count) as Columns[]));
    const distinct = new Map(rows.map((row) => [Buffer.from(row[0]).toString('hex'), row]));
    const [users] = this.userCount.get(project) as [number];
    return { counters, users, rows: [...distinct.values()].slice(0, count).map((row) => this.rowOf(row)) };
  }

  /** Users of each variant, in their order. */
  assigned(projectId: string, experiment: string, variants: readonly string[]): readonly number[] {
    const project = this.counters.projectId(projectId);
    if (project === undefined) return variants.map(() => 0);
    return variants.map((variant) => (this.assignedRow.get(project, experiment, variant) as [number] | undefined)?.[0] ?? 0);
  }

  countersSince(project: number, knownVersion: number | undefined): ReadCounters {
    const { version, kept } = this.counters.kept(project);
    return { version, lastNo: kept.lastNo, ...(version !== knownVersion && { changed: [...kept.byId.values()] }) };
  }

  private rowOf(row: Columns): UserRow {
    const [key, factsVersion, assignmentVersion, properties, assignments, overrides, seenAt, no] = row;
    const cells = this.cellRows.all(no) as [number, number, number][];
    return { key: Buffer.from(key).toString('hex'), factsVersion, assignmentVersion, properties, assignments, overrides, seenAt, cells };
  }
}

const NONE: ReadCounters = { version: 0, lastNo: 0, changed: [] };

/** The record of a row; undefined: nothing is known of the user. */
export function recordOf(kept: KeptCounters, row: UserRow | undefined): UserRecord {
  if (row === undefined) return { ...EMPTY_RECORD, counters: countersOf(kept, []) };
  return {
    factsVersion: row.factsVersion,
    assignmentVersion: row.assignmentVersion,
    properties: JSON.parse(row.properties) as Properties,
    counters: countersOf(
      kept,
      row.cells.map(([no, at, count]) => ({ no, at, count })),
    ),
    assignments: JSON.parse(row.assignments) as Assignment[],
    overrides: JSON.parse(row.overrides) as Override[],
  };
}
