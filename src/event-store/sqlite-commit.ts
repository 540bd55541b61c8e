import type Database from 'libsql';
import type { SqliteEvents } from './sqlite-events';
import { commitFailure, isConstraint, unavailable } from './sqlite-failure';
import { OutcomeUnknown } from './event-store';

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
  | { readonly kind: 'stands' }
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'mistake' | 'unavailable' | 'unknown'; readonly message: string };

/** The most appends in one transaction, so that the first of a burst does not wait for all of it. */
const GROUP_LIMIT = 1000;

interface Waiting {
  readonly append: RowAppend;
  resolve(outcome: AppendOutcome): void;
}

/**
 * Commits the appends that have arrived, of whatever projects, as one transaction, because a commit waits for the disk and that wait is
 * nearly all an append costs. Each has a savepoint and an outcome of its own; all outcomes are answered after the commit, also conflicts,
 * since what an append conflicts with may be in the same transaction.
 *
 * It waits for the end of the event loop's turn, not for a time: an append that is alone is not delayed, and while one group is being
 * written the next one gathers by itself.
 */
export class GroupCommit {
  private queue: Waiting[] = [];
  private scheduled = false;

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
    private readonly events: SqliteEvents,
  ) {}

  append(append: RowAppend): Promise<AppendOutcome> {
    return new Promise((resolve) => {
      this.queue.push({ append, resolve });
      this.schedule();
    });
  }

  /** Writes all that waits, now. */
  drain(): void {
    while (this.queue.length > 0) this.commitGroup();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.queue.length > 0) this.commitGroup();
      if (this.queue.length > 0) this.schedule();
    });
  }

  private commitGroup(): void {
    const group = this.queue.splice(0, GROUP_LIMIT);
    let outcomes: readonly AppendOutcome[];
    let committing = false;
    try {
      // A transaction whose rollback failed, too, would otherwise be in the way for ever.
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.db.exec('BEGIN IMMEDIATE');
      outcomes = group.map(({ append }) => this.write(append));
      committing = true;
      this.db.exec('COMMIT');
    } catch (error) {
      const failure = committing ? commitFailure(this.file, error) : unavailable(this.file, error);
      const kind = failure instanceof OutcomeUnknown ? 'unknown' : 'unavailable';
      const message = failure.message + this.rollBack();
      for (const { resolve } of group) resolve({ kind, message });
      return;
    }
    group.forEach(({ resolve }, index) => resolve(outcomes[index] as AppendOutcome));
  }

  /** It stands once the transaction does. An error of the disk is thrown, and ends the transaction. */
  private write({ projectId, expectedRevision, rows }: RowAppend): AppendOutcome {
    const actual = this.events.revisionOf(projectId);
    if (actual !== expectedRevision) {
      const stored = this.events.ids(projectId, expectedRevision + 1, rows.length);
      return rows.every(({ id }, index) => id === stored[index]) ? { kind: 'stands' } : { kind: 'conflict', actual };
    }
    this.db.exec('SAVEPOINT append');
    try {
      for (const row of rows) this.events.insert(projectId, row);
    } catch (error) {
      if (!isConstraint(error)) throw error;
      this.db.exec('ROLLBACK TO append; RELEASE append');
      return { kind: 'mistake', message: `an event of this append to project ${projectId} is already in the store, at another place` };
    }
    this.db.exec('RELEASE append');
    return { kind: 'stands' };
  }

  /** Answers what is to be added to the failure's message: if it fails, the next group rolls back again before it begins. */
  private rollBack(): string {
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      return '';
    } catch (error) {
      return ` (nor could it be rolled back yet: ${(error as Error).message})`;
    }
  }
}
