import { LRUCache } from 'lru-cache';
import { inSlices } from '../concurrency/in-slices';
import { Limiter } from '../concurrency/limiter';
import type { Envelope } from '../domain/event';
import type { Folded } from '../domain/project-state';
import { checkProjectId } from '../domain/text';
import { compileSteps, type Ruleset } from '../evaluation/ruleset';
import { StoreUnavailable, type EventStore, type Recorded } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { HeadConfirmation } from './head-confirmation';
import { follow, followFolded, UNREAD } from './project-progress';

export interface RulesetsOptions {
  readonly store: Pick<EventStore, 'read' | 'confirmEnd'>;
  readonly upcast: Upcaster;
  /** How many projects are kept compiled. */
  readonly projectsKept: number;
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

/** Questions about the past that are worked on at a time, and that may wait: each reads a history from its beginning. */
const PAST_LIMITS = { atOnce: 2, waiting: 500 };

/**
 * The rulesets of the projects that values are asked of: read from the event store when a project is first asked for, and kept up to date by what the
 * projector's subscription delivers. A ruleset is compiled when it is asked for, and reuses what the events since have not changed.
 */
export class Rulesets {
  private readonly projects: LRUCache<string, KeptProject>;
  private readonly pastLimiter = new Limiter(PAST_LIMITS);

  constructor(private readonly options: RulesetsOptions) {
    this.projects = new LRUCache({ max: options.projectsKept });
  }

  /** The newest that this instance has. Rejects with `NoSuchProject`, or as the event store does if the project has not been read yet. */
  async current(projectId: string): Promise<Ruleset> {
    if (checkProjectId(projectId, '').length > 0) throw new NoSuchProject(projectId);
    const kept = this.projects.get(projectId) ?? this.keep(projectId);
    await kept.read();
    return kept.ruleset();
  }

  /** The same where it is at hand; undefined: it has to be read or compiled, or there is none. */
  atHand(projectId: string): Ruleset | undefined {
    return this.projects.get(projectId)?.atHand();
  }

  /**
   * The newest, which has all that was stored a few seconds ago. Rejects as `current` does, and with `HeadUnconfirmed` where the event store has not
   * said for so long that there is nothing newer.
   */
  async confirmed(projectId: string): Promise<Ruleset> {
    await this.current(projectId);
    await this.projects.get(projectId)?.head.assertConfirmed();
    return this.current(projectId);
  }

  /** The newest, once it has this revision or a later one; undefined: it does not come in time. */
  async at(projectId: string, revision: number, waitMs: number): Promise<Ruleset | undefined> {
    const ruleset = await this.current(projectId);
    if (ruleset.revision >= revision) return ruleset;
    await this.projects.get(projectId)?.reached(revision, waitMs);
    const newest = await this.current(projectId);
    return newest.revision >= revision ? newest : undefined;
  }

  /**
   * As the project was after these events, which are its first ones. It is compiled in slices, and only a few such questions are answered at a time. Rejects
   * with `NoSuchProject` if there are none, with `TooManyWaiting`, and as the reading of the events does.
   */
  async past(projectId: string, events: AsyncIterable<Envelope>): Promise<Ruleset> {
    return this.pastLimiter.run(async () => {
      let progress = UNREAD;
      for await (const event of events) progress = follow(projectId, progress, event, this.options.upcast);
      if (progress === UNREAD) throw new NoSuchProject(projectId);
      return inSlices(compileSteps(progress.state, progress.servingRevision));
    });
  }

  /** What this instance's own commands led to: it need not be folded again. What else was stored comes with `delivered`, as these do once more. */
  folded(folded: readonly Folded[]): void {
    for (const one of folded) this.projects.peek(one.event.projectId)?.takeFolded(one);
  }

  /** An observer of the projector. */
  delivered(events: readonly Recorded[]): void {
    for (const { event } of events) this.projects.peek(event.projectId)?.take(event);
  }

  /** The same: another instance may have projected what this one's subscription brought as history. */
  projected(projectId: string, { revision }: { readonly revision: number }): void {
    this.projects.peek(projectId)?.behind(revision);
  }

  /** The same: nothing of what was read need be in the event store any more. */
  restored(): void {
    this.projects.clear();
  }

  private keep(projectId: string): KeptProject {
    const kept: KeptProject = new KeptProject(projectId, this.options, () => {
      if (this.projects.peek(projectId) === kept) this.projects.delete(projectId);
    });
    this.projects.set(projectId, kept);
    return kept;
  }
}

class KeptProject {
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
  private progress = UNREAD;
  private compiled: Ruleset | undefined;
  private compiling: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  /** The newest revision that is known to be stored. */
  private newest = 0;
  private isWhole = false;
  private waiters: readonly Waiter[] = [];

  constructor(
    private readonly projectId: string,
    private readonly options: RulesetsOptions,
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
    try {
      this.advance(event);
    } catch {
      // The next request reads it from the store, and is answered with what is wrong with it.
      return this.drop();
    }
    this.wake();
  }

  /** The same, with the state after it. It is left to `take` unless it is the next one. */
  takeFolded(folded: Folded): void {
    const next = this.reading === undefined ? followFolded(this.progress, folded) : undefined;
    if (next === undefined) return;
    this.progress = next;
    this.wake();
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
        for await (const event of this.options.store.read(this.projectId, this.revision + 1)) this.advance(event);
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

  private advance(event: Envelope): void {
    this.progress = follow(this.projectId, this.progress, event, this.options.upcast);
  }

  private wake(): void {
    for (const waiter of this.waiters) if (waiter.revision <= this.revision) waiter.resolve();
  }
}

async function isEnd(store: RulesetsOptions['store'], projectId: string, revision: number): Promise<boolean> {
  if (store.confirmEnd !== undefined) return store.confirmEnd(projectId, revision);
  for await (const _ of store.read(projectId, revision + 1, 1)) return false;
  return true;
}
