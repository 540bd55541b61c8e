import type { Envelope } from '../domain/event';

/** A full batch: one of so many events costs little more than one of a single event. */
export const FULL = 1_000;
/** So much is under way at most: enough for a read model elsewhere to have work all the time. */
const PROJECTS = 32;
const EVENTS = 4 * FULL;

export interface GatheringOptions {
  /** What becomes of some of a project's events. Called in their order, never for a project that it is still at work on. */
  readonly handle: (projectId: string, events: readonly Envelope[]) => Promise<void>;
  /** Called between two projects: to let others have a turn, or to stop by throwing. */
  readonly pause: () => Promise<void>;
}

/**
 * Events in the order of the store on their way to be handled project by project. Those of one project are put together until they are a full
 * batch, or until nobody is to wait any longer.
 */
export class Gathering {
  private readonly waiting = new Map<string, Envelope[]>();
  /** The last work begun for each project that is not done yet. */
  private readonly working = new Map<string, Promise<void>>();
  private events = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: GatheringOptions) {}

  /** Takes an event in. Where that makes a full batch it answers when there is room for another event; it rejects if handling has failed. */
  take(event: Envelope): Promise<void> | undefined {
    const { projectId } = event;
    let batch = this.waiting.get(projectId);
    if (!batch) this.waiting.set(projectId, (batch = []));
    return batch.push(event) < FULL ? undefined : this.begin(projectId, batch);
  }

  /** Begins with all that waits. */
  async beginAll(): Promise<void> {
    for (const [projectId, batch] of this.waiting) await this.begin(projectId, batch);
  }

  /** Resolves when all that has been begun is done; rejects if any of it has failed, and then nothing further is begun. */
  async settled(): Promise<void> {
    await Promise.all(this.working.values());
    this.assertWell();
  }

  private async begin(projectId: string, batch: readonly Envelope[]): Promise<void> {
    this.waiting.delete(projectId);
    await this.options.pause();
    while (this.working.size >= PROJECTS || this.events >= EVENTS) await this.working.values().next().value;
    this.assertWell();
    this.events += batch.length;
    const before = this.working.get(projectId);
    const work = this.work(projectId, batch, before).finally(() => {
      this.events -= batch.length;
      if (this.working.get(projectId) === work) this.working.delete(projectId);
    });
    // It is now the newest, also of those that are waited for.
    this.working.delete(projectId);
    this.working.set(projectId, work);
  }

  /** Never rejects: who comes next is told. */
  private async work(projectId: string, batch: readonly Envelope[], before: Promise<void> | undefined): Promise<void> {
    try {
      await before;
      if (!this.failure) await this.options.handle(projectId, batch);
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private assertWell(): void {
    if (this.failure) throw this.failure.error;
  }
}
