interface Mark {
  readonly revision: number;
  readonly sinceMs: number;
}

/**
 * For how long events that have been heard of are not shown, project by project. Of each project one event at a time is timed, from when it was
 * heard of until it is shown; then the newest there is by then.
 */
export class Lag {
  private readonly marks = new Map<string, Mark>();

  constructor(private readonly nowMs: () => number) {}

  /** The newest events that are there, and that are shown, are these. */
  moved(projectId: string, head: number, shown: number): void {
    if (shown >= head) {
      this.marks.delete(projectId);
      return;
    }
    const mark = this.marks.get(projectId);
    if (mark === undefined || shown >= mark.revision) this.marks.set(projectId, { revision: head, sinceMs: this.nowMs() });
  }

  /** For how long the event that has waited longest is not shown; 0: all are. Projects that are `excepted` do not count. */
  longestMs(excepted: ReadonlySet<string>): number {
    let since = Infinity;
    for (const [projectId, { sinceMs }] of this.marks) if (sinceMs < since && !excepted.has(projectId)) since = sinceMs;
    return since === Infinity ? 0 : Math.max(0, this.nowMs() - since);
  }

  /** Of which not all is shown. */
  get projectIds(): Iterable<string> {
    return this.marks.keys();
  }

  clear(): void {
    this.marks.clear();
  }
}
