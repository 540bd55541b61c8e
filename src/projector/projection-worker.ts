import { type ReadModel, ReadModelUnavailable } from '../read-model/read-model';
import type { Follower } from './follower';
import type { Envelope } from '../domain/event';
import { AheadOfStore, StoreUnavailable, type DamagedRecord, type StreamHead } from '../event-store/event-store';
import type { Parked } from '../read-model/generations';
import { Contended, HistoryDiffers, type Applier } from './apply';
import { asError, type Failure } from './fold';
import type { ProjectionLag } from './projection-lag';
import { inParallel } from '../concurrency/limiter';
import type { ParkedProjects } from './parked-projects';
import type { ProjectorLog } from './status';

export interface ProjectionWorkerOptions {
  readonly applier: Applier;
  readonly parking: ParkedProjects;
  readonly lag: ProjectionLag;
  readonly log: ProjectorLog;
  /** The newest revision that the read model was observed at, or -1. */
  readonly shownTo: (projectId: string) => number;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onParked: (parked: Parked) => void;
  readonly onUnparked: (projectId: string) => void;
}

const PROJECTS_AT_ONCE = 32;

type EventRef = Pick<Failure['event'], 'projectId' | 'revision'>;

/** The first event of every stream. */
const FIRST = { revision: 0, type: 'ProjectCreated' } as const;

/** Projects each project's events in order on the leader, and parks a project at an event that cannot be projected. */
export class ProjectionWorker {
  private readonly repairs = new Map<string, Promise<void>>();

  constructor(private readonly options: ProjectionWorkerOptions) {}

  /** Called before a catch-up with many projects, most of which may be missing in the read model. */
  async prepare(): Promise<void> {
    await this.options.applier.preload();
  }

  /** Some of the project's events, in order. */
  async project(projectId: string, events: readonly Envelope[]): Promise<void> {
    const { applier, parking, lag, signal } = this.options;
    signal.throwIfAborted();
    const last = events.at(-1)!.revision;
    await this.repairs.get(projectId);
    if (parking.defer(projectId, last)) return;
    // Also if another instance, which knew the event type, has projected it: this instance cannot project what follows.
    const foreign = lag.blockingFailure(projectId);
    const known = foreign ? events.filter(({ revision }) => revision < foreign.event.revision) : events;
    const work = () => applier.apply(projectId, known);
    const failure = (known.length > 0 ? await this.withRepair(known.at(-1)!, work) : undefined) ?? foreign;
    if (failure) this.park(failure);
    parking.defer(projectId, last);
  }

  /**
   * Projects what the read model lacks or has lost. `shown`: the projects that it showed before the heads were read; one of them
   * without a head was lost by the store.
   */
  async compare(heads: readonly StreamHead[], shown: readonly string[]): Promise<void> {
    const { applier, parking, lag, signal } = this.options;
    const held = new Set(heads.map(({ projectId }) => projectId));
    for (const projectId of shown) {
      if (!held.has(projectId) && !parking.get(projectId)) this.park({ event: { ...FIRST, projectId }, error: lostByStore(projectId) });
    }
    await inParallel(heads, PROJECTS_AT_ONCE, async (head) => {
      signal.throwIfAborted();
      const { projectId, revision } = head;
      const foreign = lag.blockingFailure(projectId);
      const stands = parking.get(projectId)?.revision ?? foreign?.event.revision;
      // A parked project is still projected up to its event.
      const to = stands === undefined ? head : { revision: stands - 1 };
      const failure = to.revision < 0 ? undefined : await this.withRepair({ projectId, ...to }, () => applier.compare(projectId, to));
      if (failure) this.park(failure);
      else if (foreign && !parking.get(projectId)) this.park(foreign);
      parking.defer(projectId, revision);
    });
  }

  /** Projects a project again after a part of its stored documents was lost. */
  reproject(projectId: string): Promise<void> {
    const repair = this.repairs.get(projectId) ?? this.repair(projectId).finally(() => this.repairs.delete(projectId));
    this.repairs.set(projectId, repair);
    return repair;
  }

  private async repair(projectId: string): Promise<void> {
    const { applier, log, parking } = this.options;
    const parkedAt = parking.get(projectId)?.revision ?? Infinity;
    const revision = Math.min(this.options.shownTo(projectId), parkedAt - 1);
    log.warn({ projectId }, 'the read model has lost a part of the project, which is projected again');
    const failure = await this.attempt({ projectId, revision }, () => applier.reproject(projectId, revision));
    if (failure) this.park(failure);
  }

  /** Does the work; if it fails for another reason than a store being away, projects the project again from the start; a second failure parks it. */
  private async withRepair(last: EventRef, work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    const { applier, log, signal } = this.options;
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      log.warn({ projectId: last.projectId, err: error }, 'the project is projected again from the beginning');
      return this.attempt(last, () => applier.reproject(last.projectId, last.revision));
    }
  }

  private async attempt({ projectId, revision }: EventRef, work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    try {
      return await work();
    } catch (error) {
      if (this.options.signal.aborted || isTransient(error)) throw error;
      return { event: { projectId, revision: Math.max(0, revision), type: 'unknown' }, error: asError(error) };
    }
  }

  /** Parks a project at a record that no ledger wrote, after all events before it have been handled. */
  stopAtDamage(projectId: string): void {
    const { lag, parking } = this.options;
    const failure = lag.blockingFailure(projectId);
    if (failure && !parking.get(projectId)) this.park(failure);
  }

  /** A stream with the name of a project but without an event of a ledger is ignored, with a warning. */
  warnOfStray(damaged: DamagedRecord): void {
    this.options.log.warn(
      { projectId: damaged.projectId, err: damaged },
      'a stream that is named as a project holds no event of a ledger: it is ignored',
    );
  }

  /** Retries a parked project; resolves to whether it is projected again. */
  async retry(projectId: string): Promise<boolean> {
    const { applier, parking, lag, log } = this.options;
    lag.forgetDamage(projectId);
    // Events delivered meanwhile are deferred to this loop, so it ends only when there are none.
    while (parking.get(projectId)) {
      const seen = parking.seen(projectId);
      const failure =
        lag.blockingFailure(projectId) ??
        (await this.differenceFailure(projectId)) ??
        (await this.withRepair({ projectId, revision: seen }, () => applier.catchUp(projectId, seen)));
      if (failure) {
        this.park(failure);
        return false;
      }
      if (parking.seen(projectId) === seen) parking.remove(projectId);
    }
    log.info({ projectId }, 'projection of the project goes on');
    this.options.onUnparked(projectId);
    return true;
  }

  /** The failure of a project whose documents come from events that the store does not hold. */
  private async differenceFailure(projectId: string): Promise<Failure | undefined> {
    const { applier, parking } = this.options;
    if (!(await applier.differsFromStore(projectId))) return undefined;
    const { revision, type } = parking.get(projectId) ?? FIRST;
    return { event: { projectId, revision, type }, error: lostByStore(projectId) };
  }

  private park(failure: Failure): void {
    const parked = this.options.parking.park(failure, this.options.clock());
    this.options.log.error(
      { ...parked, err: failure.error },
      'projection of the project is parked: nothing of it is skipped, the others go on',
    );
    this.options.onParked(parked);
  }
}

/** An error that is not the project's own: the whole run is retried. */
function isTransient(error: unknown): boolean {
  return [StoreUnavailable, AheadOfStore, ReadModelUnavailable, Contended].some((kind) => error instanceof kind);
}

function lostByStore(projectId: string): HistoryDiffers {
  return new HistoryDiffers(
    `the read model shows events of project ${projectId} that the event store does not hold: it was restored from an older copy; rebuild the read model`,
  );
}

/**
 * Repairs one project whose stored documents were lost in part: the leader projects it again from the start; another
 * instance deletes the rest, which the leader notices, and waits.
 */
export function repairLosses(
  { checkpoints, stored }: ReadModel,
  worker: ProjectionWorker,
  /** undefined: this instance projects. */
  watching: () => Follower | undefined,
  stopped: AbortSignal,
): (projectId: string) => void {
  async function repair(projectId: string): Promise<void> {
    const follower = watching();
    if (follower === undefined) return worker.reproject(projectId);
    const seen = checkpoints.of(projectId);
    await stored.clear(projectId);
    follower.expect(projectId, seen?.revision ?? 0, seen?.hash);
  }
  return (projectId) => {
    repair(projectId).catch(() => {
      // A store is unavailable, or leadership has changed: the comparison of all projects repairs the rest.
      if (!stopped.aborted) checkpoints.invalidate();
    });
  };
}
