import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadModel } from '../read-model/read-model';
import { deferred, type Deferred } from './waiting';

export interface FollowerOptions {
  readonly readModel: { readonly stored: Pick<ReadModel['stored'], 'checkpoints'> } & Pick<ReadModel, 'checkpoints'>;
  /** Called when the read model cannot be read, which ends this follower. */
  readonly onFailure: (error: Error) => void;
  /** Parked projects are not waited for. */
  readonly isParked: (projectId: string) => boolean;
}

const POLL_MIN_MS = 4;
const POLL_MAX_MS = 250;
const PROJECTS_PER_POLL = 500;

/**
 * On an instance that does not project: polls how far the leader has come, for those projects only of which more is expected. While
 * a checkpoint advances it polls every few milliseconds, since a client waits to read what it wrote; otherwise with growing pauses.
 *
 * It polls because published messages of Redis may be lost, so that polling would be needed anyway.
 */
export class Follower {
  private readonly expected = new Map<string, { readonly revision: number; readonly hash?: string }>();
  private idle: Deferred | undefined;
  private wake: AbortController | undefined;
  private running = false;
  private ended = false;

  constructor(private readonly options: FollowerOptions) {}

  /** Follows the project until this revision, with this hash if it is known. */
  expect(projectId: string, revision: number, hash?: string): void {
    if (this.ended) return;
    if (revision > (this.expected.get(projectId)?.revision ?? -1)) this.expected.set(projectId, { revision, ...(hash ? { hash } : {}) });
    this.wake?.abort();
    if (!this.running) void this.run();
  }

  /** Resolves when all expected revisions are reached, apart from parked projects. Never, if `end` comes first. */
  whenIdle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    this.idle ??= deferred();
    return this.idle.promise;
  }

  end(): void {
    this.ended = true;
    this.expected.clear();
    this.wake?.abort();
  }

  private async run(): Promise<void> {
    this.running = true;
    let pause = POLL_MIN_MS;
    try {
      while (this.expected.size > 0) {
        // Created before the poll, so that a revision expected during it ends the pause after it.
        this.wake = new AbortController();
        pause = (await this.poll()) ? POLL_MIN_MS : Math.min(POLL_MAX_MS, pause * 1.5);
        if (this.isIdle()) this.idle?.resolve();
        await sleep(pause, undefined, { signal: this.wake.signal }).catch(() => (pause = POLL_MIN_MS));
      }
    } catch (error) {
      if (!this.ended) this.options.onFailure(error as Error);
      this.end();
    } finally {
      this.running = false;
    }
  }

  /** Whether any expected revision was reached. */
  private async poll(): Promise<boolean> {
    let arrived = false;
    const ids = [...this.expected.keys()];
    for (let at = 0; at < ids.length && !this.ended; at += PROJECTS_PER_POLL) {
      const some = ids.slice(at, at + PROJECTS_PER_POLL);
      const { stored, checkpoints } = this.options.readModel;
      const known = some.map((projectId) => checkpoints.known(projectId));
      const answers = await stored.checkpoints(some);
      some.forEach((projectId, place) => {
        const checkpoint = answers[place];
        const expected = this.expected.get(projectId);
        if (this.ended || expected === undefined) return;
        const well = checkpoints.observe(projectId, checkpoint, known[place]!);
        if (checkpoint === undefined || checkpoint.revision < expected.revision) return;
        if (!well && checkpoint.hash !== expected.hash) return;
        // This is the head of the event store: a checkpoint beyond it, of a lost history, is not waited for.
        if (!well) checkpoints.confirm(projectId, checkpoint);
        this.expected.delete(projectId);
        arrived = true;
      });
    }
    return arrived;
  }

  private isIdle(): boolean {
    return [...this.expected.keys()].every((id) => this.options.isParked(id));
  }
}
