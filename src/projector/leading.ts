import type { Envelope } from '../domain/event';
import { AheadOfStore, StoreUnavailable, type DamagedRecord, type StreamHead } from '../event-store/event-store';
import type { Parked } from '../read-model/generations';
import { ReadModelUnavailable } from '../read-model/read-model';
import { Contended, HistoryDiffers, type Applier } from './apply';
import { asError, type Failure } from './fold';
import type { Frontier } from './frontier';
import { inParallel } from '../concurrency/in-parallel';
import type { ParkingLot } from './parking';
import type { ProjectorLog } from './status';

export interface LeadingOptions {
  readonly applier: Applier;
  readonly parking: ParkingLot;
  readonly frontier: Frontier;
  readonly log: ProjectorLog;
  /** The newest revision that the read model was seen to show, or -1. */
  readonly shownTo: (projectId: string) => number;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onParked: (parked: Parked) => void;
  readonly onUnparked: (projectId: string) => void;
}

const PROJECTS_AT_ONCE = 32;

type Place = Pick<Failure['event'], 'projectId' | 'revision'>;

/** What every stream begins with. */
const FIRST = { revision: 0, type: 'ProjectCreated' } as const;

/** The work of the instance that projects: each project's events in order, and a project parked where one cannot be taken. */
export class Leading {
  private readonly repairs = new Map<string, Promise<void>>();

  constructor(private readonly options: LeadingOptions) {}

  /** Before many projects at once, which the read model may have nothing of. */
  async begin(): Promise<void> {
    await this.options.applier.lookAround();
  }

  /** Some of the project's events, in order. */
  async project(projectId: string, events: readonly Envelope[]): Promise<void> {
    const { applier, parking, frontier, signal } = this.options;
    signal.throwIfAborted();
    const last = events.at(-1)!.revision;
    await this.repairs.get(projectId);
    if (parking.leave(projectId, last)) return;
    // Also if another instance, which knew it, has projected the event: what follows stands on something that is not understood here.
    const foreign = frontier.foreignIn(projectId);
    const known = foreign ? events.filter(({ revision }) => revision < foreign.event.revision) : events;
    const work = () => applier.apply(projectId, known);
    const failure = (known.length > 0 ? await this.mended(known.at(-1)!, work) : undefined) ?? foreign;
    if (failure) this.park(failure);
    parking.leave(projectId, last);
  }

  /**
   * Makes good what the read model is behind of, or has lost. `shown`: the projects that it showed before the heads were asked for; one of which
   * the store holds nothing was lost there.
   */
  async compare(heads: readonly StreamHead[], shown: readonly string[]): Promise<void> {
    const { applier, parking, frontier, signal } = this.options;
    const held = new Set(heads.map(({ projectId }) => projectId));
    for (const projectId of shown) {
      if (!held.has(projectId) && !parking.get(projectId)) this.park({ event: { ...FIRST, projectId }, error: strayed(projectId) });
    }
    await inParallel(heads, PROJECTS_AT_ONCE, async (head) => {
      signal.throwIfAborted();
      const { projectId, revision } = head;
      const foreign = frontier.foreignIn(projectId);
      const stands = parking.get(projectId)?.revision ?? foreign?.event.revision;
      // Also of a parked project what comes before the event is to be there.
      const to = stands === undefined ? head : { revision: stands - 1 };
      const failure = to.revision < 0 ? undefined : await this.mended({ projectId, ...to }, () => applier.compare(projectId, to));
      if (failure) this.park(failure);
      else if (foreign && !parking.get(projectId)) this.park(foreign);
      parking.leave(projectId, revision);
    });
  }

  /** Projects a project again of which something that was stored is gone. */
  again(projectId: string): Promise<void> {
    const repair = this.repairs.get(projectId) ?? this.repair(projectId).finally(() => this.repairs.delete(projectId));
    this.repairs.set(projectId, repair);
    return repair;
  }

  private async repair(projectId: string): Promise<void> {
    const { applier, log, parking } = this.options;
    const parkedAt = parking.get(projectId)?.revision ?? Infinity;
    const revision = Math.min(this.options.shownTo(projectId), parkedAt - 1);
    log.warn({ projectId }, 'the read model has lost a part of the project, which is projected again');
    const failure = await this.attempt({ projectId, revision }, () => applier.again(projectId, revision));
    if (failure) this.park(failure);
  }

  /** Does the work; if that fails, and not because a store is away, once more from the beginning of the project; then it is a failure of this project. */
  private async mended(last: Place, work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    const { applier, log, signal } = this.options;
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || isPassing(error)) throw error;
      log.warn({ projectId: last.projectId, err: error }, 'the project is projected again from the beginning');
      return this.attempt(last, () => applier.again(last.projectId, last.revision));
    }
  }

  private async attempt({ projectId, revision }: Place, work: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    try {
      return await work();
    } catch (error) {
      if (this.options.signal.aborted || isPassing(error)) throw error;
      return { event: { projectId, revision: Math.max(0, revision), type: 'unknown' }, error: asError(error) };
    }
  }

  /** Parks a project at a record of its stream that no ledger wrote, when all before it has been handled. */
  stopAtDamage(projectId: string): void {
    const { frontier, parking } = this.options;
    const failure = frontier.foreignIn(projectId);
    if (failure && !parking.get(projectId)) this.park(failure);
  }

  /** A stream that is named as a project's and holds no event of a ledger stops nothing. */
  warnOfStray(damaged: DamagedRecord): void {
    this.options.log.warn(
      { projectId: damaged.projectId, err: damaged },
      'a stream that is named as a project holds no event of a ledger: it is ignored',
    );
  }

  /** Tries a parked project again, and answers whether it goes on. */
  async retry(projectId: string): Promise<boolean> {
    const { applier, parking, frontier, log } = this.options;
    frontier.reconsider(projectId);
    // Events that are delivered meanwhile are left for this loop, so it is over only when none has been.
    while (parking.get(projectId)) {
      const seen = parking.seen(projectId);
      const failure =
        frontier.foreignIn(projectId) ??
        (await this.straying(projectId)) ??
        (await this.mended({ projectId, revision: seen }, () => applier.catchUp(projectId, seen)));
      if (failure) {
        this.park(failure);
        return false;
      }
      if (parking.seen(projectId) === seen) parking.release(projectId);
    }
    log.info({ projectId }, 'projection of the project goes on');
    this.options.onUnparked(projectId);
    return true;
  }

  /** Why the project cannot go on from where it is, if its documents are of events that the store does not hold. */
  private async straying(projectId: string): Promise<Failure | undefined> {
    const { applier, parking } = this.options;
    if (!(await applier.strays(projectId))) return undefined;
    const { revision, type } = parking.get(projectId) ?? FIRST;
    return { event: { projectId, revision, type }, error: strayed(projectId) };
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

/** Trouble that is not the project's own: all of it is tried again. */
function isPassing(error: unknown): boolean {
  return [StoreUnavailable, AheadOfStore, ReadModelUnavailable, Contended].some((kind) => error instanceof kind);
}

function strayed(projectId: string): HistoryDiffers {
  return new HistoryDiffers(
    `the read model shows events of project ${projectId} that the event store does not hold: it was restored from an older copy; rebuild the read model`,
  );
}
