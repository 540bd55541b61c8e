import { inSlices } from '../concurrency/in-slices';
import type { Envelope } from '../domain/event';
import type { Folded } from '../domain/project-state';
import { compileSteps, type Ruleset } from '../evaluation/ruleset';
import { StoreUnavailable, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { HeadConfirmation } from './head-confirmation';
import { advanced, follow, isNext, type Progress, UNREAD } from './project-progress';

export interface KeptProjectOptions {
  readonly store: Pick<EventStore, 'read' | 'confirmEnd'>;
  readonly upcast: Upcaster;
  /** Called with each ruleset that is compiled for the first time. */
  readonly onCompiled?: (projectId: string, ruleset: Ruleset) => void;
}

/** There is no such project. */
export class NoSuchProject extends Error {
  constructor(readonly projectId: string) {
    super(`There is no project "${projectId}".`);
  }
}

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
}

/** One project that values are asked of: as far as it has been read, and what was compiled of that. */
export class KeptProject {
  readonly head = new HeadConfirmation(async () => {
    const { store } = this.options;
    for (let before = -1; this.revision !== before;) {
      before = this.revision;
      if (await isEnd(store, this.projectId, before)) return;
      this.behind(before + 1);
      await this.read();
    }
    throw new StoreUnavailable(`the event store has more of ${this.projectId} than it gives out`);
  });
  private progress: Progress = UNREAD;
  private compiled: Ruleset | undefined;
  private compiling: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  /** The newest revision that is known to be stored. */
  private newest = 0;
  private isWhole = false;
  private waiters: readonly Waiter[] = [];

  constructor(
    private readonly projectId: string,
    private readonly options: KeptProjectOptions,
    private readonly drop: () => void,
  ) {}

  /** Reads what is known to be stored and has not been read; undefined: there is no such thing. */
  read(): Promise<void> | undefined {
    // While it is being read, a part of the project is no ruleset to serve.
    if (this.reading === undefined && this.revision >= this.newest) return undefined;
    return (this.reading ??= this.readOn().finally(() => (this.reading = undefined)));
  }

  /** The ruleset of at least what has been read by now. It is compiled in slices, once for all callers that ask meanwhile. */
  ruleset(): Ruleset | Promise<Ruleset> {
    return this.compiled?.source === this.progress.state ? this.compiled : this.compiledAt(this.revision);
  }

  atHand(): Ruleset | undefined {
    const isRead = this.reading === undefined && this.revision >= this.newest;
    return isRead && this.compiled?.source === this.progress.state ? this.compiled : undefined;
  }

  private async compiledAt(revision: number): Promise<Ruleset> {
    for (;;) {
      if (this.compiled !== undefined && this.compiled.revision >= revision) return this.compiled;
      await (this.compiling ??= this.compile().finally(() => (this.compiling = undefined)));
    }
  }

  private async compile(): Promise<void> {
    const { state, servingRevision } = this.progress;
    const compiled = await inSlices(compileSteps(state, servingRevision, this.compiled));
    this.compiled = compiled;
    this.options.onCompiled?.(this.projectId, compiled);
  }

  /** An event that was appended. */
  take(event: Envelope): void {
    const { head } = this.progress.state;
    if (event.revision === head.revision && event.hash !== head.hash) return this.drop();
    if (this.reading !== undefined || event.revision !== head.revision + 1) return this.behind(event.revision);
    this.moveOn(() => follow(this.projectId, this.progress, event, this.options.upcast));
  }

  /** The same, with the state after it. It is left to `take` unless it is the next one. */
  takeFolded(folded: Folded): void {
    if (this.reading === undefined && isNext(this.progress, folded.event)) this.moveOn(() => advanced(this.progress, folded));
  }

  behind(revision: number): void {
    this.newest = Math.max(this.newest, revision);
  }

  async reached(revision: number, waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let waiter!: Waiter;
    await new Promise<void>((resolve) => {
      waiter = { revision, resolve };
      this.waiters = [...this.waiters, waiter];
      timer = setTimeout(resolve, waitMs);
    });
    clearTimeout(timer);
    this.waiters = this.waiters.filter((one) => one !== waiter);
  }

  private get revision(): number {
    return this.progress.state.head.revision;
  }

  private async readOn(): Promise<void> {
    try {
      for (let before = Number.NaN; this.revision < this.newest && this.revision !== before;) {
        before = this.revision;
        for await (const event of this.options.store.read(this.projectId, this.revision + 1))
          this.progress = follow(this.projectId, this.progress, event, this.options.upcast);
      }
      if (this.progress === UNREAD) throw new NoSuchProject(this.projectId);
      // What the store does not give out is not waited for again.
      this.newest = this.revision;
      this.isWhole = true;
    } catch (error) {
      // Values of a while ago are better than none: what is missing is read by a later request.
      if (this.isWhole && error instanceof StoreUnavailable) return;
      this.drop();
      throw error;
    }
    this.wake();
  }

  /** Never throws: what is stored is so whether values can be served from it or not. */
  private moveOn(next: () => Progress): void {
    try {
      this.progress = next();
    } catch {
      // The next request reads it from the store, and is answered with what is wrong with it.
      return this.drop();
    }
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters) if (waiter.revision <= this.revision) waiter.resolve();
  }
}

async function isEnd(store: KeptProjectOptions['store'], projectId: string, revision: number): Promise<boolean> {
  if (store.confirmEnd !== undefined) return store.confirmEnd(projectId, revision);
  for await (const _ of store.read(projectId, revision + 1, 1)) return false;
  return true;
}
