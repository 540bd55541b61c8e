import { LRUCache } from 'lru-cache';
import type { UserKey } from '../domain/user-key';
import type { Exposure, Observations } from '../observations/observations';

/** The longest that an exposure waits before it is written (U1: durable within 200 ms). */
const FLUSH_MS = 50;
const MAX_BATCH = 1_000;
const MAX_PENDING = 100_000;
const REMEMBERED_USERS = 100_000;
const REMEMBERED_MS = 3_600_000;
/** Without it the cache would look at the clock, and set a timer, each millisecond. */
const REMEMBERED_TO_MS = 1_000;

export interface ExposuresOptions {
  readonly observations: Pick<Observations, 'append'>;
  /** A batch could not be written: its exposures are made again when their users are evaluated again. */
  readonly onFailure: (error: unknown) => void;
}

/** The exposures of one user that are to be stored, each by experiment and variant. */
interface PendingUser {
  readonly projectId: string;
  readonly exposures: Map<string, Exposure>;
}

/**
 * The exposures that evaluations make. They are written in batches shortly after, and an exposure that has been written is not written again by this
 * instance while it is remembered: the first one counts (R1).
 */
export class Exposures {
  /** By user, who is of one project alone: what was written. */
  private readonly written: LRUCache<UserKey, Set<string>> = new LRUCache({
    max: REMEMBERED_USERS,
    ttl: REMEMBERED_MS,
    ttlResolution: REMEMBERED_TO_MS,
  });
  private readonly pending = new Map<UserKey, PendingUser>();
  private pendingCount = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private readonly serving = new Set<Promise<unknown>>();

  constructor(private readonly options: ExposuresOptions) {}

  /** Reads what users are assigned to, and stores or notes exposures of that: a user who is forgotten meanwhile is not forgotten before it is done (U4). */
  async during<Result>(serve: () => Promise<Result>): Promise<Result> {
    const serving = serve();
    this.serving.add(serving);
    try {
      return await serving;
    } finally {
      this.serving.delete(serving);
    }
  }

  /** Notes that a user was served what they were assigned to at a time; answers at once. A user who was forgotten and comes back is assigned anew. */
  note(projectId: string, exposure: Exposure, assignedAt: number): void {
    const { user } = exposure;
    const id = `${exposure.experiment}\n${exposure.variant}\n${assignedAt}`;
    const pending = this.pending.get(user);
    // Made again at the next evaluation, when there is room.
    if (this.written.get(user)?.has(id) === true || pending?.exposures.has(id) === true || this.pendingCount >= MAX_PENDING) return;
    if (pending === undefined) this.pending.set(user, { projectId, exposures: new Map([[id, exposure]]) });
    else pending.exposures.set(id, exposure);
    this.pendingCount += 1;
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /**
   * Has a user's exposures removed who has been forgotten in the user store: once those are stored, or dropped, that were served by what was read of them
   * before. None is remembered as written afterwards: those of assignments that were made meanwhile are made again.
   */
  async forget<Result>(user: UserKey, remove: () => Promise<Result>): Promise<Result> {
    await Promise.allSettled([...this.serving]);
    this.pendingCount -= this.pending.get(user)?.exposures.size ?? 0;
    this.pending.delete(user);
    await this.flushing;
    try {
      return await remove();
    } finally {
      await this.flushing;
      this.written.delete(user);
    }
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
    const projects = new Map<string, { readonly user: UserKey; readonly id: string; readonly exposure: Exposure }[]>();
    for (const [user, { projectId, exposures }] of this.pending) {
      const of = projects.get(projectId) ?? [];
      projects.set(projectId, of);
      for (const [id, exposure] of exposures) of.push({ user, id, exposure });
    }
    this.pending.clear();
    this.pendingCount = 0;
    for (const [projectId, all] of projects) {
      for (let at = 0; at < all.length; at += MAX_BATCH) {
        const batch = all.slice(at, at + MAX_BATCH);
        try {
          await this.options.observations.append(
            projectId,
            batch.map(({ exposure }) => exposure),
          );
          for (const { user, id } of batch) this.written.set(user, (this.written.get(user) ?? new Set<string>()).add(id));
        } catch (error) {
          this.options.onFailure(error);
        }
      }
    }
  }
}
