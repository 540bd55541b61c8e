import type Database from 'libsql';
import { explain } from './failure';
import { GroupCommit } from './group-commit';

type Outcome = { readonly value: unknown } | { readonly failure: string };

/** Works of any kind on one file, committed in groups: each resolves once what it wrote is on the disk, or rejects if that is not known. */
export class CommittedWork {
  private readonly group: GroupCommit<Outcome>;

  /** `rolledBack` hears of every transaction that was not committed. */
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
