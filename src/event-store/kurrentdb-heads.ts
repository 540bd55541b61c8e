import { Limiter } from '../concurrency/limiter';
import { AheadOfStore, type KnownStreams, type Position, type StreamHead } from './event-store';
import type { Found } from './kurrentdb-event';
import { isBefore, isSame, NOWHERE, positionOf, reachedAt, type Reached } from './kurrentdb-position';
import type { FoundChunk } from './kurrentdb-subscription';

/** All that the store holds after a position, at the moment, chunk by chunk. Whatever is read is given to `learn`. */
export type Scan = (after: Position | undefined) => AsyncIterable<FoundChunk>;

/**
 * The head of every stream. KurrentDB has no list of its streams that is always there: `$streams` needs a projection which an operator
 * has to turn on, and a list of our own could not be written in one transaction with the streams. So all events are read once: whatever reads
 * `$all` in this process for another reason is made use of, and only what nothing has read is read for this.
 */
export class KurrentHeads {
  private readonly heads = new Map<string, StreamHead>();
  /** Streams in which there is anything, also if none of it was written by a ledger. */
  private readonly used = new Set<string>();
  private reached: Reached = NOWHERE;
  private readonly limiter = new Limiter({ atOnce: 1 });

  constructor(private readonly scan: Scan) {}

  /** As they are now, in the order of their projects' ids. A call that comes meanwhile waits for a look that begins after it. */
  async current(): Promise<readonly StreamHead[]> {
    await this.look();
    return [...this.heads.values()].sort((a, b) => (a.projectId < b.projectId ? -1 : 1));
  }

  /** Whether anything was ever written to the project's stream, and kept. */
  async met(projectId: string): Promise<boolean> {
    await this.look();
    return this.used.has(projectId);
  }

  /** All that the store holds after one place, up to another, has been read. Nothing is learnt where there is a gap before it. */
  learn(from: Reached, to: Reached, found: readonly Found[]): void {
    if (isBefore(this.reached, from) || !isBefore(this.reached, to)) return;
    for (const each of found) this.note(each);
    this.reached = to;
  }

  /** What was known when the store had been read up to a position, by this process or one before. */
  recall({ position, heads, damaged }: KnownStreams): void {
    const reached = reachedAt(position);
    if (!isBefore(this.reached, reached)) return;
    for (const head of heads) this.heads.set(head.projectId, head);
    for (const projectId of [...heads.map((head) => head.projectId), ...damaged]) this.used.add(projectId);
    this.reached = reached;
  }

  /** The server was restored from an older copy, or is another: only what is known up to this place is of its history. */
  retreat(to: Reached): void {
    if (!isBefore(to, this.reached)) return;
    const { event } = this.reached;
    this.reached = to;
    // Between the two there was nothing of ours.
    if (event !== undefined && to.event !== undefined && isSame(event, to.event)) return;
    this.heads.clear();
    this.used.clear();
    this.reached = NOWHERE;
  }

  private look(): Promise<void> {
    return this.limiter.run(() => this.catchUp());
  }

  private async catchUp(): Promise<void> {
    try {
      await this.readOn();
    } catch (error) {
      // It has been forgotten.
      if (!(error instanceof AheadOfStore)) throw error;
      await this.readOn();
    }
  }

  private async readOn(): Promise<void> {
    const chunks = this.scan(positionOf(this.reached))[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
  }

  private note({ event, damage }: Found): void {
    if (damage !== undefined) this.used.add(damage.projectId);
    if (event === undefined) return;
    const { projectId, revision, hash } = event;
    this.used.add(projectId);
    this.heads.set(projectId, { projectId, revision, hash });
  }
}
