import type Database from 'libsql';
import type { Append } from './append';
import { RevisionConflict } from './event-store';
import type { SqliteEvents } from './sqlite-events';
import { commitFailure, isConstraint, unavailable } from './sqlite-failure';

/** The most appends in one transaction, so that a burst does not keep the event loop for long. */
const GROUP_LIMIT = 1000;

interface Pending {
  readonly append: Append;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Commits the appends that arrive in the same turn of the event loop, of whatever projects, as one transaction, because a commit waits
 * for the disk and that wait is nearly all an append costs. Each has a savepoint and an outcome of its own; all outcomes are
 * told after the commit, also conflicts, since what an append conflicts with may be in the same transaction.
 *
 * It waits for the turn's end, not for a time: an append that is alone is not delayed, and while one group is being written the next
 * one gathers by itself.
 */
export class GroupCommit {
  private queue: Pending[] = [];
  private scheduled = false;

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
    private readonly events: SqliteEvents,
    private readonly committed: () => void,
  ) {}

  append(append: Append): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject });
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
    let outcomes: (Error | undefined)[];
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
      this.rollBack(failure);
      for (const { reject } of group) reject(failure);
      return;
    }
    group.forEach(({ resolve, reject }, index) => {
      const refused = outcomes[index];
      if (refused === undefined) resolve();
      else reject(refused);
    });
    if (outcomes.includes(undefined)) this.committed();
  }

  /** Undefined if the append stands once the transaction does. An error of the disk is thrown, and ends the transaction. */
  private write({ projectId, expectedRevision, events, texts }: Append): Error | undefined {
    const actual = this.events.revisionOf(projectId);
    if (actual !== expectedRevision) {
      const stored = this.events.ids(projectId, expectedRevision + 1, events.length);
      return events.every((event, index) => event.id === stored[index])
        ? undefined
        : new RevisionConflict(projectId, expectedRevision, actual);
    }
    this.db.exec('SAVEPOINT append');
    try {
      events.forEach((event, index) => this.events.insert(event, texts[index] as string));
    } catch (error) {
      if (!isConstraint(error)) throw error;
      this.db.exec('ROLLBACK TO append; RELEASE append');
      return new Error(`an event of this append to project ${projectId} is already in the store, at another place`, { cause: error });
    }
    this.db.exec('RELEASE append');
    return undefined;
  }

  private rollBack(failure: Error): void {
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    } catch (error) {
      // The next group rolls back again before it begins; what is told is why this one failed, and this beside it.
      failure.message += ` (nor could it be rolled back yet: ${(error as Error).message})`;
    }
  }
}
