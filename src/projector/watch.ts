import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadModel } from '../read-model/read-model';
import { deferred, type Deferred } from './deferred';

export interface WatchOptions {
  readonly readModel: { readonly stored: Pick<ReadModel['stored'], 'checkpoints'> } & Pick<ReadModel, 'checkpoints'>;
  /** The read model cannot be asked. The watch is over then: whoever follows begins anew. */
  readonly onFailure: (error: Error) => void;
  /** Projects that are known to stand still: nobody waits for them. */
  readonly isParked: (projectId: string) => boolean;
}

const SOON_MS = 4;
const SELDOM_MS = 250;
const AT_ONCE = 500;

/**
 * On an instance that does not project: looks at how far the one that does has come, of those projects only of which more is expected. While
 * something moves it looks every few milliseconds, since a client waits to read what it wrote; when nothing does, ever more seldom.
 *
 * It asks instead of being told, because what is told (Redis's publish) may be lost, and then there would have to be the asking as well.
 */
export class Watch {
  private readonly expected = new Map<string, { readonly revision: number; readonly hash?: string }>();
  private idle: Deferred | undefined;
  private wake: AbortController | undefined;
  private running = false;
  private ended = false;

  constructor(private readonly options: WatchOptions) {}

  /** The project is to come so far, to the event with this hash, if that is known. */
  expect(projectId: string, revision: number, hash?: string): void {
    if (this.ended) return;
    if (revision > (this.expected.get(projectId)?.revision ?? -1)) this.expected.set(projectId, { revision, ...(hash ? { hash } : {}) });
    this.wake?.abort();
    if (!this.running) void this.run();
  }

  /** Resolves when all that is expected is there, apart from parked projects. Never, if the watch ends before. */
  whenIdle(): Promise<void> {
    if (this.waitsForNobody()) return Promise.resolve();
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
    let pause = SOON_MS;
    try {
      while (this.expected.size > 0) {
        // Before the look: what is expected while it is under way ends the pause after it.
        this.wake = new AbortController();
        pause = (await this.look()) ? SOON_MS : Math.min(SELDOM_MS, pause * 1.5);
        if (this.waitsForNobody()) this.idle?.resolve();
        await sleep(pause, undefined, { signal: this.wake.signal }).catch(() => (pause = SOON_MS));
      }
    } catch (error) {
      if (!this.ended) this.options.onFailure(error as Error);
      this.end();
    } finally {
      this.running = false;
    }
  }

  /** Whether anything has arrived. */
  private async look(): Promise<boolean> {
    let arrived = false;
    const ids = [...this.expected.keys()];
    for (let at = 0; at < ids.length && !this.ended; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const { stored, checkpoints } = this.options.readModel;
      const known = some.map((projectId) => checkpoints.known(projectId));
      const answers = await stored.checkpoints(some);
      some.forEach((projectId, place) => {
        const checkpoint = answers[place];
        const expected = this.expected.get(projectId);
        if (this.ended || expected === undefined) return;
        const well = checkpoints.answered(projectId, checkpoint, known[place]!);
        if (checkpoint === undefined || checkpoint.revision < expected.revision) return;
        if (!well && checkpoint.hash !== expected.hash) return;
        // It is what the event store ends with: what was seen beyond it, of a history that is gone, is not waited for.
        if (!well) checkpoints.confirm(projectId, checkpoint);
        this.expected.delete(projectId);
        arrived = true;
      });
    }
    return arrived;
  }

  private waitsForNobody(): boolean {
    return [...this.expected.keys()].every((id) => this.options.isParked(id));
  }
}
