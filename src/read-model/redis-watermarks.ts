/**
 * How far this process has seen each project in Redis. A project that is behind that has lost what was acknowledged: Redis was emptied, or
 * restarted from an older file, or a replica took over that had not got everything.
 */
export class Watermarks {
  private readonly marks = new Map<string, number>();
  private readonly told = new Set<string>();
  private round = this.marks.keys();

  constructor(private readonly onLoss: () => void) {}

  /** To be taken before asking Redis: what is acknowledged later than that need not be in the answer. -1: not seen yet. */
  of(projectId: string): number {
    return this.marks.get(projectId) ?? -1;
  }

  /** Answers whether all is well with an answer that stands at `revision`, asked for when the mark was `promised`. Tells of each loss once. */
  seen(projectId: string, revision: number, promised: number): boolean {
    if (revision < promised) {
      if (this.of(projectId) === promised && !this.told.has(projectId)) {
        this.told.add(projectId);
        this.onLoss();
      }
      return false;
    }
    this.raise(projectId, revision);
    return true;
  }

  raise(projectId: string, revision: number): void {
    if (revision > this.of(projectId)) this.marks.set(projectId, revision);
  }

  /** From now on this is what the project is measured by, also if it was further before: for who makes good what was lost. */
  accept(projectId: string, revision: number): void {
    this.told.delete(projectId);
    if (revision < 0) this.marks.delete(projectId);
    else this.marks.set(projectId, revision);
  }

  /** The next projects whose turn it is to be looked at, each once a round. */
  next(count: number): readonly string[] {
    const ids: string[] = [];
    for (let restarted = false; ids.length < Math.min(count, this.marks.size);) {
      const { value, done } = this.round.next();
      if (!done) ids.push(value);
      else if (restarted) break;
      else [this.round, restarted] = [this.marks.keys(), true];
    }
    return ids;
  }
}
