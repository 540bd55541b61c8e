import { AheadOfStore, type Position, type StreamHead } from './event-store';
import type { Found } from './kurrentdb-event';
import type { FoundChunk } from './kurrentdb-subscription';

/** All that the store holds after a position, at the moment, chunk by chunk. */
export type Scan = (after: Position | undefined) => AsyncIterable<FoundChunk>;

/**
 * The head of every stream. KurrentDB has no list of its streams that is always there: `$streams` needs a projection which an operator
 * has to turn on, and a list of our own could not be written in one transaction with the streams. So all events are read once
 * per process, and from then on only what is new.
 */
export class KurrentHeads {
  private readonly heads = new Map<string, StreamHead>();
  /** Streams in which there is anything, also if none of it was written by a ledger. */
  private readonly used = new Set<string>();
  private position: Position | undefined;
  private last: Promise<void> = Promise.resolve();

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

  private async look(): Promise<void> {
    const look = () => this.catchUp();
    this.last = this.last.then(look, look);
    await this.last;
  }

  private async catchUp(): Promise<void> {
    try {
      await this.readOn();
    } catch (error) {
      if (!(error instanceof AheadOfStore)) throw error;
      // The server was restored from an older copy: what is remembered is of another history.
      this.heads.clear();
      this.used.clear();
      this.position = undefined;
      await this.readOn();
    }
  }

  private async readOn(): Promise<void> {
    for await (const { found, position } of this.scan(this.position)) {
      for (const each of found) this.note(each);
      this.position = position ?? this.position;
    }
  }

  private note({ event, damage }: Found): void {
    if (damage !== undefined) this.used.add(damage.projectId);
    if (event === undefined) return;
    const { projectId, revision, hash } = event;
    this.used.add(projectId);
    this.heads.set(projectId, { projectId, revision, hash });
  }
}
