import { AheadOfStore, type Position, type StreamHead } from './event-store';
import type { KurrentReads } from './kurrentdb-read';

/**
 * The head of every stream. KurrentDB has no list of its streams that is always there: `$streams` needs a projection which an operator
 * has to turn on, and a list of our own could not be written in one transaction with the streams. So all events are read once
 * per process, and from then on only what is new.
 */
export class KurrentHeads {
  private readonly heads = new Map<string, StreamHead>();
  private position: Position | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly reads: KurrentReads) {}

  /** As they are now, in the order of their projects' ids. Who asks meanwhile waits for a look that begins after he asked. */
  async current(): Promise<readonly StreamHead[]> {
    const look = () => this.catchUp();
    this.last = this.last.then(look, look);
    await this.last;
    return [...this.heads.values()].sort((a, b) => (a.projectId < b.projectId ? -1 : 1));
  }

  private async catchUp(): Promise<void> {
    try {
      await this.readOn();
    } catch (error) {
      if (!(error instanceof AheadOfStore)) throw error;
      // The server was restored from an older copy: what is remembered is of another history.
      this.heads.clear();
      this.position = undefined;
      await this.readOn();
    }
  }

  private async readOn(): Promise<void> {
    for await (const { position, event } of this.reads.after(this.position)) {
      const { projectId, revision, hash } = event;
      this.heads.set(projectId, { projectId, revision, hash });
      this.position = position;
    }
  }
}
