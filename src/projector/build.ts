import type { Generations } from '../read-model/generations';
import { ReadModelUnavailable, type ReadModel } from '../read-model/read-model';
import { asError } from './fold';
import type { Projector } from './projector';
import type { ProjectorLog } from './status';
import { counted } from '../domain/text';

/** How far a catch-up with history is. `total` is what the event store says is still to come, and `done`. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
}

const REPORT_MS = 500;

/** Counts the events of one catch-up and reports at most twice a second, and once more at the end. */
export class ProgressMeter {
  private readonly began = performance.now();
  private reported = this.began;
  private done = 0;
  private total = 0;

  constructor(private readonly report: (progress: Progress) => void) {}

  /** `left`: how many are still to come, where that is known. */
  add(events: number, left: number | undefined): void {
    this.done += events;
    this.total = this.done + (left ?? 0);
    if (performance.now() - this.reported >= REPORT_MS) this.tell();
  }

  tell(): void {
    this.reported = performance.now();
    const seconds = (this.reported - this.began) / 1_000;
    const perSecond = seconds > 0 ? Math.round(this.done / seconds) : 0;
    this.report({ done: this.done, total: this.total, perSecond });
  }
}

/** A generation that this instance reads, or is about to. */
export interface Opened {
  readonly id: string;
  readonly readModel: ReadModel;
  readonly projector: Projector;
  /** Resolves when it has caught up for the first time. */
  readonly complete: Promise<void>;
}

export interface BuildOptions {
  readonly generations: Generations;
  readonly version: string;
  readonly log: ProjectorLog;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
  readonly open: (onProgress: (progress: Progress) => void) => Promise<Opened>;
  readonly close: (opened: Opened) => Promise<void>;
  /** Whether the project is parked in the generation that is read now. */
  readonly isParkedNow: (projectId: string) => boolean;
  /** Called when it is live, to read it from now on. */
  readonly takeOver: (opened: Opened) => void;
}

/** A sign of life is due once a minute. */
const BEAT_MS = 10_000;

/** The build of a new generation of all read models beside the live one, on this instance. It starts at once and ends by itself. */
export class Build {
  /** Why it failed. */
  failure: string | undefined;
  running = true;
  /** Resolves when the build has ended, whether it succeeded or not. */
  readonly ended: Promise<void>;
  private progress: Progress = { done: 0, total: 0, perSecond: 0 };
  private reporting: Promise<void> = Promise.resolve();
  private lost: unknown;

  constructor(
    private readonly id: string,
    private readonly options: BuildOptions,
  ) {
    this.ended = this.run();
  }

  private async run(): Promise<void> {
    const { generations, log, signal } = this.options;
    try {
      const opened = await this.make();
      // In this order and without a pause: who looks meanwhile which generation is live finds that it is read already.
      this.running = false;
      this.options.takeOver(opened);
    } catch (error) {
      this.running = false;
      if (signal.aborted) return;
      this.failure = asError(error).message;
      log.error({ err: error, generation: this.id }, 'the new generation of the read models could not be built');
      await generations.abandon(this.id).catch((again: unknown) => log.warn({ err: again }, 'it counts as given up in a minute'));
    }
  }

  private async make(): Promise<Opened> {
    const { generations, version, log, signal, isParkedNow } = this.options;
    const opened = await this.options.open((progress) => {
      log.info({ ...progress, generation: this.id }, 'building a new generation of the read models');
      this.report(progress);
    });
    const beat = setInterval(() => this.report(this.progress), BEAT_MS).unref();
    try {
      await Promise.race([opened.complete, aborted(signal)]);
      await this.reporting;
      if (this.lost !== undefined) throw this.lost;
      // What the event store has lost, no read model can have again: to wait for it would keep all the others from being built.
      const worse = opened.projector
        .status()
        .parked.filter(({ projectId, reason }) => reason !== 'HISTORY_BROKEN' && !isParkedNow(projectId));
      const [first] = worse;
      if (first) {
        const where = `first ${first.projectId} at revision ${first.revision}: ${first.message}`;
        throw new Error(
          `${counted(worse.length, 'project')} that ${worse.length === 1 ? 'is' : 'are'} shown now could not be projected, ${where}`,
        );
      }
      await generations.built(this.id);
      await generations.promote(version, this.id);
      return opened;
    } catch (error) {
      await this.options.close(opened);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  private report(progress: Progress): void {
    this.progress = progress;
    this.reporting = this.options.generations.report(this.id, progress).catch((error: unknown) => {
      // While Redis is away the projector waits for it, too.
      if (!(error instanceof ReadModelUnavailable)) this.lost = error;
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
