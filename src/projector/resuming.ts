import { DamagedRecord, StoreUnavailable, type EventStore, type Position, type StreamHead } from '../event-store/event-store';
import { knowsKind, type Upcaster } from '../event-store/upcast';
import { ReadModelUnavailable } from '../read-model/read-model';
import type { ResumePoint, ResumePoints, StreamSummary } from '../read-model/generations';
import type { ProjectionLag } from './projection-lag';
import type { ProjectorLog } from './status';

export interface ResumingOptions {
  readonly store: Partial<Pick<EventStore, 'anchored' | 'recall'>>;
  readonly lag: ProjectionLag;
  readonly upcast: Upcaster;
  readonly log: ProjectorLog;
  /** Where this process has come with another generation: what comes before is compared by the heads alone. */
  readonly from?: ResumePoint | undefined;
  readonly resumePoints?: ResumePoints | undefined;
  /** Whether this instance projects: only that one writes. */
  readonly leads: () => boolean;
}

/** What was found in the event store between two positions. */
export interface Findings {
  /** The last event of each project. */
  readonly heads: ReadonlyMap<string, Pick<StreamHead, 'revision' | 'hash'>>;
  readonly damaged: readonly DamagedRecord[];
}

/** How far back, in time, events are read again after a crash. */
const SAVE_MS = 1_000;

/**
 * Up to where the event store has been read and handled, with what was found there: in memory, from where a subscription goes on, and, at most once a
 * second, beside the read models, from where the next process goes on. What is stored is always all there is to say of one position.
 */
export class Resuming {
  private position: Position | undefined;
  private projects = new Map<string, StreamSummary>();
  private unsaved = new Set<string>();
  private savedPosition: Position | undefined;
  /** What is stored is not known to be what this instance has stored last: it is replaced as a whole. */
  private isForeign = true;
  private begun = false;
  private saving: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ResumingOptions) {}

  /** From where to subscribe: at first, from where an earlier process had come. Whether the store holds that shows when it is read. */
  async begin(): Promise<Position | undefined> {
    if (this.begun) return this.position;
    const point = this.options.from ?? (await this.options.resumePoints?.load());
    this.begun = true;
    if (point) this.take(point);
    return this.position;
  }

  /** All up to the position has been projected, or parked; since the last time this was found. */
  handled(position: Position, { heads, damaged }: Findings): void {
    this.position = position;
    for (const [projectId, { revision, hash }] of heads) this.note(projectId, { head: { revision, hash } });
    for (const { projectId, revision, why } of damaged) {
      if (revision < (this.projects.get(projectId)?.damage?.revision ?? Infinity)) this.note(projectId, { damage: { revision, why } });
    }
    if (this.options.resumePoints) this.timer ??= setTimeout(() => void this.save(), SAVE_MS).unref();
  }

  /** A parked project is projected again: if its stream was damaged, it no longer is. */
  repaired(projectId: string): void {
    this.options.lag.forgetDamage(projectId);
    if (this.projects.get(projectId)?.damage) this.note(projectId, { damage: undefined });
  }

  /** The event store holds another history than what is known here. */
  reset(): void {
    this.position = this.savedPosition = undefined;
    this.projects = new Map();
    this.unsaved = new Set();
    this.isForeign = true;
    this.options.lag.reset();
  }

  /** For another generation that this process is to read; undefined: nothing has been handled yet. */
  get point(): ResumePoint | undefined {
    if (this.position === undefined) return undefined;
    return { position: this.position, kinds: [...this.options.lag.kinds], projects: new Map(this.projects) };
  }

  /** Stores how far it has come, if this instance projects. Never rejects: where that fails the next process reads more, and no less. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.saving = this.saving.then(() => this.store()));
  }

  private take({ position, kinds, projects }: ResumePoint): void {
    const { store, lag, upcast, log } = this.options;
    const unknown = kinds.find((kind) => !knowsKind(upcast, kind));
    if (unknown !== undefined) {
      log.info({ kind: unknown }, 'all of the event store is read, since there are events that this version does not know');
      return;
    }
    this.position = position;
    this.projects = new Map(projects);
    const heads: StreamHead[] = [];
    const damaged: string[] = [];
    for (const [projectId, { head, damage }] of projects) {
      if (head) heads.push({ projectId, ...head });
      if (damage) damaged.push(projectId);
      if (damage) lag.observeDamage(new DamagedRecord(projectId, damage.revision, damage.why));
    }
    lag.recall(heads, kinds);
    store.recall?.({ position, heads, damaged });
    log.info({ projects: projects.size }, 'the event store is read on from where it had been read');
  }

  private note(projectId: string, change: { readonly [Part in keyof StreamSummary]: StreamSummary[Part] | undefined }): void {
    const { head, damage } = { ...this.projects.get(projectId), ...change };
    this.projects.set(projectId, { ...(head && { head }), ...(damage && { damage }) });
    this.unsaved.add(projectId);
  }

  private async store(): Promise<void> {
    const { store, resumePoints, leads, log } = this.options;
    try {
      while (resumePoints && store.anchored && leads() && this.isUnsaved()) await this.write(resumePoints, store.anchored.bind(store));
    } catch (error) {
      if (error instanceof ReadModelUnavailable || error instanceof StoreUnavailable) return;
      log.warn({ err: error }, 'how far the event store has been read could not be stored, so the next start reads more of it');
    }
  }

  private isUnsaved(): boolean {
    return this.position !== undefined && (this.isForeign || this.unsaved.size > 0 || this.position !== this.savedPosition);
  }

  /** Copies what belongs together before its first `await`, so that all of it is of one moment. */
  private async write(resumePoints: ResumePoints, anchored: EventStore['anchored']): Promise<void> {
    const { position, projects, unsaved, isForeign } = this;
    const kinds = [...this.options.lag.kinds];
    const summaries = new Map(isForeign ? projects : Array.from(unsaved, (projectId) => [projectId, projects.get(projectId)!]));
    this.unsaved = new Set();
    this.isForeign = true;
    const point = { position: await anchored(position!), kinds, projects: summaries };
    if (isForeign) await resumePoints.replace(point);
    else if (!(await resumePoints.advance(point))) return;
    if (projects !== this.projects) return;
    this.isForeign = false;
    this.savedPosition = position;
  }
}
