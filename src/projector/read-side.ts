import { setTimeout as sleep } from 'node:timers/promises';
import type { Leases } from '../coordination/lease';
import type { Parked, Generation, GenerationInfo, Generations, ResumePoint } from '../read-model/generations';
import { ReadModelUnavailable, type Checkpoint, type ReadModel } from '../read-model/read-model';
import { Build, type Opened, type Progress } from './build';
import { CurrentReadModel } from './current';
import { asError } from './fold';
import { type ProjectorStatus, whileRead, type ProjectorOptions } from './status';
import { Projector } from './projector';
import type { Reached } from './waiting';

export interface ReadSideOptions extends Omit<ProjectorOptions, 'readModel' | 'lease' | 'parkedRegistry' | 'from' | 'resumePoints'> {
  readonly generations: Generations;
  /** On projecting each generation. Absent: no other instance shares them. */
  readonly leases?: Leases;
  /** The version of the projections: documents of another version are in another generation. */
  readonly version: string;
  /** How long a generation is kept after it was live. */
  readonly keepMs: number;
  /** Put around each read model that is opened, to measure it. */
  readonly around?: (readModel: ReadModel) => ReadModel;
}

/** How often an instance looks up the live generation. */
const POLL_MS = 1_000;
/** How long the previous generation is still projected: by then every other instance has switched. */
const OVERLAP_MS = 3_000;
/** After this time no instance reads or projects the previous generation. */
const GRACE_MS = 2 * OVERLAP_MS;
const SWEEP_MS = 60_000;

/**
 * What queries are answered from: the live generation of the read models and the projector that keeps it up, and, while there is one, the
 * generation that is built beside it. A generation takes over only when it shows all that the one before does.
 */
export class ReadSide {
  readonly readModel = new CurrentReadModel();
  /** The error message of the last failed look-up of the live generation. */
  generationError: string | undefined;
  private current: Opened | undefined;
  private coming: Opened | undefined;
  /** The last one that this instance began. */
  private build: Build | undefined;
  private progress: Progress | undefined;
  private readonly closing = new Set<Promise<void>>();
  private readonly aborting = new AbortController();
  private following: Promise<void> | undefined;
  private lastSweep = 0;

  constructor(private readonly options: ReadSideOptions) {}

  /** Resolves when the history that was there is shown. Waits as long as the stores are away; rejects only by `stop`. */
  async start(onProgress: (progress: Progress) => void = () => {}): Promise<void> {
    this.following = this.follow(onProgress);
    while (!this.aborting.signal.aborted && !this.current) await this.pause(10);
    await this.current?.complete;
    this.aborting.signal.throwIfAborted();
  }

  reached(projectId: string, revision: number, timeoutMs: number): Promise<Reached> {
    return this.current?.projector.reached(projectId, revision, timeoutMs) ?? Promise.resolve('timeout');
  }

  /** The newest checkpoint of the project that this instance has seen in the generation that queries are answered from. */
  shown(projectId: string): Checkpoint | undefined {
    return this.current?.readModel.checkpoints.of(projectId);
  }

  parked(projectId: string): Parked | undefined {
    return this.current?.projector.parked(projectId);
  }

  /** The status of the projector that serves, or of the one that is about to; undefined: the read model could not be asked which that is. */
  status(): (ProjectorStatus & { readonly generation: string; readonly serving: boolean; readonly progress?: Progress }) | undefined {
    const opened = this.current ?? this.coming;
    if (!opened) return undefined;
    return { ...opened.projector.status(), generation: opened.id, serving: this.current !== undefined, progress: this.progress };
  }

  unpark(projectId: string): Promise<boolean> {
    if (!this.current) throw new ReadModelUnavailable('the read models are not there yet');
    return this.current.projector.unpark(projectId);
  }

  /**
   * Begins to build a new generation beside the live one, on this instance, and answers its id; `describe` says how far it is. When it has
   * caught up it takes over. If a project is parked in it that is not parked now, it does not: the failure is reported, and the build thrown away.
   * Rejects with `BuildUnderWay`.
   */
  async rebuild(): Promise<string> {
    const id = await this.options.generations.begin(this.options.version);
    this.build = new Build(id, {
      ...this.options,
      signal: this.aborting.signal,
      open: (onProgress) => this.openGeneration(id, onProgress),
      close: (opened) => this.close(opened),
      isParkedNow: (projectId) => this.parked(projectId) !== undefined,
      takeOver: (opened) => this.takeOver(opened),
    });
    return id;
  }

  /** The generation that was live before is to be live again, once it has caught up. Answers its id; undefined: none is kept. */
  async rollBack(): Promise<string | undefined> {
    const id = await this.options.generations.rollBack(this.options.version);
    if (id !== undefined) this.options.log.info({ generation: id }, 'rolling back to an earlier generation of the read models');
    return id;
  }

  /** Deletes the generation that is kept, as soon as it can no longer be read: that takes some seconds after it was live. */
  async discard(): Promise<readonly string[]> {
    const { generations, version, keepMs: keep } = this.options;
    const kept = (await this.describe()).generations.filter(({ state }) => state === 'KEPT');
    await generations.forget(version);
    const deleted = new Set<string>();
    for (const deadline = performance.now() + GRACE_MS; ; await this.pause(POLL_MS)) {
      for (const id of await generations.sweep(keep, GRACE_MS)) deleted.add(id);
      if (kept.every(({ id }) => deleted.has(id)) || performance.now() > deadline || this.aborting.signal.aborted) return [...deleted];
    }
  }

  /** Those of this version, and how the last build of this instance failed, if it did. */
  async describe(): Promise<{ readonly generations: readonly GenerationInfo[]; readonly failure?: string }> {
    const all = await this.options.generations.list();
    const generations = all.filter(({ version, state }) => version === this.options.version && state !== 'UNUSED');
    return { generations, ...(this.build?.failure === undefined ? {} : { failure: this.build.failure }) };
  }

  async stop(): Promise<void> {
    this.aborting.abort(new Error('the projector was stopped before it had caught up with history'));
    await this.following;
    await this.build?.ended;
    await Promise.all([this.current, this.coming].map((opened) => opened && this.close(opened)));
    await Promise.all(this.closing);
    await this.options.generations.close();
  }

  private async follow(onProgress: (progress: Progress) => void): Promise<void> {
    const { generations, version, log } = this.options;
    while (!this.aborting.signal.aborted) {
      try {
        const id = await generations.live(version, this.current?.id ?? this.coming?.id);
        this.generationError = undefined;
        if (id !== this.current?.id && id !== this.coming?.id && !this.build?.running) await this.switchTo(id, onProgress);
        await this.sweep();
      } catch (error) {
        const { message } = asError(error);
        // Logged once per error, not every second.
        if (message !== this.generationError)
          log[error instanceof ReadModelUnavailable ? 'warn' : 'error']({ err: error }, 'which read models are live is not known');
        this.generationError = message;
      }
      await this.pause(POLL_MS);
    }
  }

  /** Opens the generation, and reads it as soon as it is complete. */
  private async switchTo(id: string, onProgress: (progress: Progress) => void): Promise<void> {
    const { generations, log } = this.options;
    if (this.coming) this.closeLater(this.coming, 0);
    const opened = await this.openGeneration(
      id,
      (progress) => {
        this.progress = progress;
        if (!this.current) onProgress(progress);
      },
      this.current?.projector.resumePoint,
    );
    this.coming = opened;
    const take = (): void => (this.coming !== opened || this.aborting.signal.aborted ? undefined : this.takeOver(opened));
    // What it shows may be behind, as it may be at any time; but never half of it is missing.
    if ((await generations.list()).some((info) => info.id === id && info.built)) take();
    void opened.complete
      .then(
        async () => {
          take();
          this.progress = undefined;
          await generations.built(id);
        },
        (error: unknown) => {
          if (!this.aborting.signal.aborted && this.coming === opened)
            log.error({ err: error, generation: id }, 'a generation could not be opened');
        },
      )
      .catch((error: unknown) => log.warn({ err: error }, 'that the read models are complete could not be reported'));
  }

  private takeOver(opened: Opened): void {
    const before = this.current;
    this.current = opened;
    this.coming = undefined;
    this.readModel.switchTo(opened.readModel);
    this.options.observer?.turned?.();
    for (const parked of opened.projector.status().parked) this.options.observer?.parked?.(parked);
    this.options.log.info({ generation: opened.id, before: before?.id }, 'reading a generation of the read models');
    if (before) this.closeLater(before, OVERLAP_MS);
  }

  /** `from`: what comes before is compared by the heads alone. */
  private async openGeneration(id: string, onProgress: (progress: Progress) => void, from?: ResumePoint): Promise<Opened> {
    const { generations, leases, version: _version, keepMs: _keep, around = (bare) => bare, observer, ...rest } = this.options;
    const { readModel: bare, leaseName, parkedRegistry, resumePoints }: Generation = await generations.open(id);
    const readModel = around(bare);
    const mine = (): boolean => (this.current ?? this.coming)?.projector === projector;
    const projector = new Projector({
      ...rest,
      from,
      readModel,
      lease: leaseName === undefined ? undefined : leases?.lease(leaseName),
      parkedRegistry,
      resumePoints,
      observer: observer && whileRead(observer, mine),
    });
    return { id, readModel, projector, complete: projector.start(onProgress) };
  }

  private closeLater(opened: Opened, after: number): void {
    const left = this.pause(after)
      .then(() => this.close(opened))
      .finally(() => this.closing.delete(left));
    this.closing.add(left);
  }

  private async close({ projector, readModel, complete }: Opened): Promise<void> {
    complete.catch(() => {});
    await projector.stop();
    await this.options.generations.release({ readModel });
  }

  private async sweep(): Promise<void> {
    const leads = this.current?.projector.status().leads ?? false;
    if (!leads || performance.now() - this.lastSweep < SWEEP_MS) return;
    this.lastSweep = performance.now();
    // Said again, since the registry may have been lost.
    if (this.current?.projector.status().state === 'live') await this.options.generations.built(this.current.id);
    const deleted = await this.options.generations.sweep(this.options.keepMs, GRACE_MS);
    if (deleted.length > 0) this.options.log.info({ deleted }, 'generations of the read models that are no longer needed were deleted');
  }

  /** An abort ends it at once. */
  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.aborting.signal }).catch(() => {});
  }
}
