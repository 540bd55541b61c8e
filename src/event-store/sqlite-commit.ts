import type Database from 'libsql';
import { isConstraint } from '../sqlite/failure';
import { GroupCommit } from '../sqlite/group-commit';
import { OutcomeUnknown } from './event-store';
import type { SqliteEvents } from './sqlite-events';
import { commitFailure, unavailable } from './sqlite-file';

/** A row of the table, but for its position. */
export interface EventRow {
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly entityKind: string;
  readonly entityId: string;
  readonly occurredAt: number;
  readonly body: string;
}

export interface RowAppend {
  readonly projectId: string;
  readonly expectedRevision: number;
  readonly rows: readonly EventRow[];
}

/** What became of an append, in a form that can cross threads. */
export type AppendOutcome =
  | { readonly kind: 'stands'; /** The position of its last event; absent: it was there already. */ readonly last?: number }
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'mistake' | 'unavailable' | 'unknown'; readonly message: string };

/**
 * Commits the appends that have arrived, of whatever projects, as one transaction. Each is written whole or not at all, and has an outcome of its own; what an append
 * conflicts with may be in the same transaction.
 */
export class AppendCommit {
  private readonly group: GroupCommit<AppendOutcome>;

  constructor(
    private readonly db: Database.Database,
    file: string,
    private readonly events: SqliteEvents,
  ) {
    this.group = new GroupCommit(db, (error, committing, remark) => {
      const failure = committing ? commitFailure(file, error) : unavailable(file, error);
      return { kind: failure instanceof OutcomeUnknown ? 'unknown' : 'unavailable', message: failure.message + remark };
    });
  }

  append(append: RowAppend): Promise<AppendOutcome> {
    return this.group.run(() => this.write(append));
  }

  /** Writes all that waits, now. */
  drain(): void {
    this.group.drain();
  }

  /** It is stored once the transaction is. An error of the disk is thrown, and ends the transaction. */
  private write({ projectId, expectedRevision, rows }: RowAppend): AppendOutcome {
    const actual = this.events.revisionOf(projectId);
    if (actual !== expectedRevision) {
      const stored = this.events.ids(projectId, expectedRevision + 1, rows.length);
      return rows.every(({ id }, index) => id === stored[index]) ? { kind: 'stands' } : { kind: 'conflict', actual };
    }
    // One row is written whole or not at all without it.
    const hasSavepoint = rows.length > 1;
    let last: number | undefined;
    if (hasSavepoint) this.db.exec('SAVEPOINT append');
    try {
      for (const row of rows) last = this.events.insert(projectId, row);
    } catch (error) {
      if (!isConstraint(error)) throw error;
      if (hasSavepoint) this.db.exec('ROLLBACK TO append; RELEASE append');
      return { kind: 'mistake', message: `an event of this append to project ${projectId} is already in the store, at another place` };
    }
    if (hasSavepoint) this.db.exec('RELEASE append');
    return { kind: 'stands', ...(last !== undefined && { last }) };
  }
}
