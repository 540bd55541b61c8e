import type { Envelope } from '../domain/event';
import type { DamagedRecord, StreamHead } from '../event-store/event-store';
import { kindOf, UpgradeRequired, type Upcaster } from '../event-store/upcast';
import type { Checkpoint } from '../read-model/read-model';
import type { Failure } from './fold';
import type { ProjectorStatus } from './status';

interface Mark {
  readonly revision: number;
  readonly sinceMs: number;
}

/**
 * For how long events that have been heard of are not shown, project by project. Of each project one event at a time is timed, from when it was
 * heard of until it is shown; then the newest there is by then.
 */
class Lag {
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

  /** The projects of which not all is shown. */
  get projectIds(): Iterable<string> {
    return this.marks.keys();
  }

  clear(): void {
    this.marks.clear();
  }
}

/** The newest revision of each project in the store and in the read model, and the projects with an event that this instance cannot project. */
export class ProjectionLag {
  private readonly heads = new Map<string, Pick<StreamHead, 'revision' | 'hash'>>();
  private readonly projectedTo = new Map<string, number>();
  /** The kinds of events that were met. */
  readonly kinds = new Set<string>();
  private total = 0;
  private readonly lag: Lag;
  private readonly unknown = new Map<string, Failure>();
  /** The first record of a project's stream that no ledger wrote. */
  private readonly broken = new Map<string, Failure>();
  /** Whether the history from before this process started has been read once: later events are live. */
  isHistoryDone = false;
  /** The epoch of the checkpoints in which all heads were last compared with them; undefined: they are to be compared. */
  comparedIn: number | undefined;
  /** When the newest projected event occurred. */
  shownUntil: number | undefined;

  constructor(
    private readonly upcast: Upcaster,
    nowMs: () => number = Date.now,
  ) {
    this.lag = new Lag(nowMs);
  }

  /** Records an event of the store, whichever instance projects it. */
  observe(event: Envelope): void {
    const { projectId, revision, hash } = event;
    if (revision > (this.heads.get(projectId)?.revision ?? -1)) this.move(projectId, () => this.heads.set(projectId, { revision, hash }));
    this.kinds.add(kindOf(event));
    if (this.unknown.has(projectId)) return;
    try {
      this.upcast(event);
    } catch (error) {
      // Any other error comes from an upcast and is thrown again when the event is projected.
      if (error instanceof UpgradeRequired) this.unknown.set(projectId, { event, error });
    }
  }

  /** What an earlier process had heard; all of these kinds are known. */
  recall(heads: readonly StreamHead[], kinds: readonly string[]): void {
    for (const { projectId, revision, hash } of heads) this.move(projectId, () => this.heads.set(projectId, { revision, hash }));
    for (const kind of kinds) this.kinds.add(kind);
  }

  /** Records a record that no ledger wrote. Returns whether the project's stream is known to hold an event of a ledger, too. */
  observeDamage(error: DamagedRecord): boolean {
    const { projectId, revision } = error;
    const before = this.broken.get(projectId);
    if (before === undefined || revision < before.event.revision)
      this.broken.set(projectId, { event: { projectId, revision, type: 'not an event of a ledger' }, error });
    return this.heads.has(projectId);
  }

  /** Whether the project's stream is known to hold an event of a ledger. */
  hasEvents(projectId: string): boolean {
    return this.heads.has(projectId);
  }

  /** Forgets the damage of a stream, which may have been repaired. */
  forgetDamage(projectId: string): void {
    this.broken.delete(projectId);
  }

  /** The number of streams that have the name of a project but hold no event of a ledger. */
  get strays(): number {
    let streams = 0;
    for (const projectId of this.broken.keys()) if (!this.heads.has(projectId)) streams += 1;
    return streams;
  }

  projected(projectId: string, { revision, occurredAt }: Checkpoint): void {
    this.move(projectId, () => this.projectedTo.set(projectId, revision));
    this.shownUntil = Math.max(this.shownUntil ?? 0, occurredAt);
  }

  /** The first event of the project that this instance cannot project: its type is unknown, or no ledger wrote it. */
  blockingFailure(projectId: string): Failure | undefined {
    const [unknown, broken] = [this.unknown.get(projectId), this.broken.get(projectId)];
    if (unknown === undefined || broken === undefined) return unknown ?? broken;
    return unknown.event.revision < broken.event.revision ? unknown : broken;
  }

  /** The number of projects with an event of an unknown type. It stays until another version of the program is started. */
  get upgradeRequired(): number {
    return this.unknown.size;
  }

  /** The number of events that are in the store and not yet projected. */
  get behind(): number {
    return this.total;
  }

  figures(): Pick<ProjectorStatus, 'behind' | 'shownUntil' | 'strays' | 'upgradeRequired'> {
    const { behind, shownUntil, strays, upgradeRequired } = this;
    return { behind, shownUntil, strays, upgradeRequired };
  }

  /** For how long an event that has been heard of is not shown, of all projects but those excepted. */
  unshownMs(excepted: readonly { readonly projectId: string }[]): number {
    return this.lag.longestMs(new Set(excepted.map(({ projectId }) => projectId)));
  }

  /** The heads of the projects of which not all is shown. */
  get unshown(): readonly StreamHead[] {
    return Array.from(this.lag.projectIds, (projectId) => ({ projectId, ...this.heads.get(projectId)! }));
  }

  /** Forgets everything, after the event store was restored with another history. */
  reset(): void {
    this.lag.clear();
    for (const known of [this.heads, this.projectedTo, this.unknown, this.broken, this.kinds]) known.clear();
    this.total = 0;
    this.comparedIn = this.shownUntil = undefined;
  }

  private move(projectId: string, change: () => void): void {
    this.total -= this.behindIn(projectId);
    change();
    this.total += this.behindIn(projectId);
    this.lag.moved(projectId, this.heads.get(projectId)?.revision ?? -1, this.projectedTo.get(projectId) ?? -1);
  }

  private behindIn(projectId: string): number {
    const head = this.heads.get(projectId);
    return head === undefined ? 0 : Math.max(0, head.revision - (this.projectedTo.get(projectId) ?? -1));
  }
}
