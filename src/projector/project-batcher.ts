import type { Envelope } from '../domain/event';

/** The events of a full batch, which costs little more than a batch of one event. */
export const BATCH_SIZE = 1_000;
/** The most projects and events in flight: enough to keep a remote read model busy. */
const MAX_PROJECTS = 32;
const MAX_EVENTS = 4 * BATCH_SIZE;

export interface ProjectBatcherOptions {
  /** Handles some of a project's events, in order; never called twice at once for one project. */
  readonly handle: (projectId: string, events: readonly Envelope[]) => Promise<void>;
  /** Called between two projects: yields to the event loop, or throws to stop. */
  readonly pause: () => Promise<void>;
}

/**
 * Splits events in the store's order into batches of one project each. The events of a project are collected until they are a full
 * batch, or until `flush`.
 */
export class ProjectBatcher {
  private readonly pending = new Map<string, Envelope[]>();
  /** The newest batch in flight of each project. */
  private readonly inFlight = new Map<string, Promise<void>>();
  private events = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: ProjectBatcherOptions) {}

  /** Adds an event. After a full batch it resolves when there is room for another event; it rejects if handling has failed. */
  add(event: Envelope): Promise<void> | undefined {
    const { projectId } = event;
    let batch = this.pending.get(projectId);
    if (!batch) this.pending.set(projectId, (batch = []));
    return batch.push(event) < BATCH_SIZE ? undefined : this.begin(projectId, batch);
  }

  /** Starts all pending batches. */
  async flush(): Promise<void> {
    for (const [projectId, batch] of this.pending) await this.begin(projectId, batch);
  }

  /** Resolves when all started batches are done; rejects if one has failed, after which no other is started. */
  async drained(): Promise<void> {
    await Promise.all(this.inFlight.values());
    this.throwFailure();
  }

  private async begin(projectId: string, batch: readonly Envelope[]): Promise<void> {
    this.pending.delete(projectId);
    await this.options.pause();
    while (this.inFlight.size >= MAX_PROJECTS || this.events >= MAX_EVENTS) await this.inFlight.values().next().value;
    this.throwFailure();
    this.events += batch.length;
    const before = this.inFlight.get(projectId);
    const work = this.work(projectId, batch, before).finally(() => {
      this.events -= batch.length;
      if (this.inFlight.get(projectId) === work) this.inFlight.delete(projectId);
    });
    // Inserted anew, so that the map stays ordered by start.
    this.inFlight.delete(projectId);
    this.inFlight.set(projectId, work);
  }

  /** Never rejects: the failure is kept and thrown by the next call. */
  private async work(projectId: string, batch: readonly Envelope[], before: Promise<void> | undefined): Promise<void> {
    try {
      await before;
      if (!this.failure) await this.options.handle(projectId, batch);
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
