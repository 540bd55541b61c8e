import type { Envelope } from '../domain/event';
import type { DamagedRecord, StreamHead } from '../event-store/event-store';
import { kindOf, UpgradeRequired, type Upcaster } from '../event-store/upcast';
import type { Checkpoint } from '../read-model/read-model';
import type { Failure } from './fold';
import { Lag } from './lag';
import type { ProjectorStatus } from './status';

/** What this instance has heard of each project, what of it the read model shows, and which projects hold an event that it does not know. */
export class Frontier {
  private readonly heads = new Map<string, Pick<StreamHead, 'revision' | 'hash'>>();
  private readonly shownTo = new Map<string, number>();
  /** The kinds of events that were met. */
  readonly kinds = new Set<string>();
  private total = 0;
  private readonly lag: Lag;
  private readonly unknown = new Map<string, Failure>();
  /** The first record of a project's stream that no ledger wrote. */
  private readonly broken = new Map<string, Failure>();
  /** The end of what was there when this process began has been reached once: what comes from here on is news. */
  past = false;
  /** The epoch of the checkpoints in which all heads were last compared with them; undefined: they are to be compared. */
  comparedIn: number | undefined;
  /** When the newest event that is shown occurred. */
  shownUntil: number | undefined;

  constructor(
    private readonly upcast: Upcaster,
    nowMs: () => number = Date.now,
  ) {
    this.lag = new Lag(nowMs);
  }

  /** An event of the store, whoever projects it. */
  heard(event: Envelope): void {
    const { projectId, revision, hash } = event;
    if (revision > (this.heads.get(projectId)?.revision ?? -1)) this.move(projectId, () => this.heads.set(projectId, { revision, hash }));
    this.kinds.add(kindOf(event));
    if (this.unknown.has(projectId)) return;
    try {
      this.upcast(event);
    } catch (error) {
      // Anything else is a fault of an upcast, met again when the event is projected.
      if (error instanceof UpgradeRequired) this.unknown.set(projectId, { event, error });
    }
  }

  /** What an earlier process had heard; all of these kinds are known. */
  recall(heads: readonly StreamHead[], kinds: readonly string[]): void {
    for (const { projectId, revision, hash } of heads) this.move(projectId, () => this.heads.set(projectId, { revision, hash }));
    for (const kind of kinds) this.kinds.add(kind);
  }

  /** A record that no ledger wrote stands in the project's stream. Answers whether there is an event of a ledger in it as well, as far as is known. */
  damaged(error: DamagedRecord): boolean {
    const { projectId, revision } = error;
    const before = this.broken.get(projectId);
    if (before === undefined || revision < before.event.revision)
      this.broken.set(projectId, { event: { projectId, revision, type: 'not an event of a ledger' }, error });
    return this.heads.has(projectId);
  }

  /** Whether an event of a ledger has been met in the project's stream. */
  knows(projectId: string): boolean {
    return this.heads.has(projectId);
  }

  /** The project's stream is to be looked at again: it may have been repaired. */
  reconsider(projectId: string): void {
    this.broken.delete(projectId);
  }

  /** Streams that are named as a project's and hold no event of a ledger. */
  get strays(): number {
    let streams = 0;
    for (const projectId of this.broken.keys()) if (!this.heads.has(projectId)) streams += 1;
    return streams;
  }

  shown(projectId: string, { revision, occurredAt }: Checkpoint): void {
    this.move(projectId, () => this.shownTo.set(projectId, revision));
    this.shownUntil = Math.max(this.shownUntil ?? 0, occurredAt);
  }

  /** The first event of the project that this instance cannot go past: it does not know it, or no ledger wrote it. */
  foreignIn(projectId: string): Failure | undefined {
    const [unknown, broken] = [this.unknown.get(projectId), this.broken.get(projectId)];
    if (unknown === undefined || broken === undefined) return unknown ?? broken;
    return unknown.event.revision < broken.event.revision ? unknown : broken;
  }

  /** Projects with an event that this instance does not know. It stays so until another version of the program is started. */
  get foreign(): number {
    return this.unknown.size;
  }

  /** Events that have been heard of and are not shown. */
  get behind(): number {
    return this.total;
  }

  figures(): Pick<ProjectorStatus, 'behind' | 'shownUntil' | 'strays' | 'upgradeRequired'> {
    const { behind, shownUntil, strays, foreign: upgradeRequired } = this;
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

  /** The event store holds another history than before. */
  reset(): void {
    this.lag.clear();
    for (const known of [this.heads, this.shownTo, this.unknown, this.broken, this.kinds]) known.clear();
    this.total = 0;
    this.comparedIn = this.shownUntil = undefined;
  }

  private move(projectId: string, change: () => void): void {
    this.total -= this.behindIn(projectId);
    change();
    this.total += this.behindIn(projectId);
    this.lag.moved(projectId, this.heads.get(projectId)?.revision ?? -1, this.shownTo.get(projectId) ?? -1);
  }

  private behindIn(projectId: string): number {
    const head = this.heads.get(projectId);
    return head === undefined ? 0 : Math.max(0, head.revision - (this.shownTo.get(projectId) ?? -1));
  }
}
