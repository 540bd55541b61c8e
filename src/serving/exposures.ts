import { LRUCache } from 'lru-cache';
import type { Exposure, Observations } from '../observations/observations';

/** The longest that an exposure waits before it is written (U1: durable within 200 ms). */
const FLUSH_MS = 50;
const MAX_BATCH = 1_000;
const MAX_PENDING = 100_000;
const REMEMBERED = 200_000;

export interface ExposuresOptions {
  readonly observations: Pick<Observations, 'append'>;
  /** A batch could not be written: its exposures are made again when their users are evaluated again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The exposures that evaluations make. They are written in batches shortly after, and an exposure that has been written is not written again by this
 * instance while it is remembered: the first one counts (R1).
 */
export class Exposures {
  private readonly written: LRUCache<string, true> = new LRUCache({ max: REMEMBERED });
  private readonly pending = new Map<string, { readonly projectId: string; readonly exposure: Exposure }>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(private readonly options: ExposuresOptions) {}

  /** Notes that a user was served; answers at once. */
  note(projectId: string, exposure: Exposure): void {
    const id = `${projectId}\n${exposure.user}\n${exposure.experiment}\n${exposure.variant}`;
    // Made again at the next evaluation, when there is room.
    if (this.written.has(id) || this.pending.has(id) || this.pending.size >= MAX_PENDING) return;
    this.pending.set(id, { projectId, exposure });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what is pending. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.flushing !== undefined) await this.flushing;
    this.flushing = this.write().finally(() => (this.flushing = undefined));
    await this.flushing;
  }

  private async write(): Promise<void> {
    const pending = [...this.pending];
    this.pending.clear();
    const projects = new Map<string, [string, Exposure][]>();
    for (const [id, { projectId, exposure }] of pending) {
      const of = projects.get(projectId);
      if (of === undefined) projects.set(projectId, [[id, exposure]]);
      else of.push([id, exposure]);
    }
    for (const [projectId, exposures] of projects) {
      for (let at = 0; at < exposures.length; at += MAX_BATCH) {
        const batch = exposures.slice(at, at + MAX_BATCH);
        try {
          await this.options.observations.append(
            projectId,
            batch.map(([, exposure]) => exposure),
          );
          for (const [id] of batch) this.written.set(id, true);
        } catch (error) {
          this.options.onFailure(error);
        }
      }
    }
  }
}
