import type Database from 'libsql';
import { explain } from './failure';

/** The most works in one transaction, so that the first of a burst does not wait for all of it. */
const GROUP_LIMIT = 1000;

interface Waiting<Outcome> {
  work(): Outcome;
  resolve(outcome: Outcome): void;
}

/**
 * Commits the works that have arrived as one transaction, because a commit waits for the disk and that wait is nearly all a small write costs. Each
 * has an outcome of its own; all outcomes are answered after the commit, also those that wrote nothing, since what they saw may be of the same
 * transaction.
 *
 * It waits for the end of the event loop's turn, not for a time: a work that is alone is not delayed, and while one group is being
 * written the next one gathers by itself.
 */
export class GroupCommit<Outcome> {
  private queue: Waiting<Outcome>[] = [];
  private scheduled = false;

  /**
   * `failed` makes the outcome of every work in a transaction that was not committed; `remark` is to be added to its message. `committing`: it was
   * the COMMIT that failed.
   */
  constructor(
    private readonly db: Database.Database,
    private readonly failed: (error: unknown, committing: boolean, remark: string) => Outcome,
  ) {}

  /** An error that `work` throws rolls back its whole transaction, so it must throw only for errors of the disk. */
  run(work: () => Outcome): Promise<Outcome> {
    return new Promise((resolve) => {
      this.queue.push({ work, resolve });
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
    let outcomes: readonly Outcome[];
    let committing = false;
    try {
      // A transaction whose rollback failed, too, would otherwise be in the way for ever.
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.db.exec('BEGIN IMMEDIATE');
      outcomes = group.map(({ work }) => work());
      committing = true;
      this.db.exec('COMMIT');
    } catch (error) {
      const outcome = this.failed(error, committing, this.rollBack());
      for (const { resolve } of group) resolve(outcome);
      return;
    }
    group.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
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

type Outcome = { readonly value: unknown } | { readonly failure: string };

/** Works of any kind on one file, committed in groups: each resolves once what it wrote is on the disk, or rejects if that is not known. */
export class CommittedWork {
  private readonly group: GroupCommit<Outcome>;

  /** `rolledBack` is called for every transaction that was not committed. */
  constructor(db: Database.Database, file: string, what: string, rolledBack: () => void = () => {}) {
    this.group = new GroupCommit<Outcome>(db, (error, _committing, remark) => {
      rolledBack();
      return { failure: `${file}: ${explain(error, what)}${remark}` };
    });
  }

  async run<Value>(work: () => Value): Promise<Value> {
    const outcome = await this.group.run(() => ({ value: work() }));
    if ('failure' in outcome) throw new Error(outcome.failure);
    return outcome.value as Value;
  }

  /** Writes all that waits, now. */
  drain(): void {
    this.group.drain();
  }
}
