import type { Envelope } from '../domain/event';
import type { StreamHead } from '../event-store/event-store';
import type { Parked } from '../read-model/generations';
import type { Applier } from './apply';
import type { Failure } from './fold';
import type { Frontier } from './frontier';
import { inParallel } from './parallel';
import type { ParkingLot } from './parking';
import type { ProjectorLog } from './status';

export interface LeadingOptions {
  readonly applier: Applier;
  readonly parking: ParkingLot;
  readonly frontier: Frontier;
  readonly log: ProjectorLog;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onParked: (parked: Parked) => void;
  readonly onUnparked: (projectId: string) => void;
}

const PROJECTS_AT_ONCE = 32;

/** The work of the instance that projects: each project's events in order, and a project parked where one cannot be taken. */
export class Leading {
  constructor(private readonly options: LeadingOptions) {}

  async project(projects: ReadonlyMap<string, readonly Envelope[]>): Promise<void> {
    const { applier, parking, frontier } = this.options;
    await this.each([...projects], async ([projectId, events]) => {
      const last = events.at(-1)!.revision;
      if (parking.leave(projectId, last)) return;
      // Also if another instance, which knew it, has projected the event: what follows stands on something that is not understood here.
      const foreign = frontier.foreignIn(projectId);
      const known = foreign ? events.filter(({ revision }) => revision < foreign.event.revision) : events;
      const failure = (known.length > 0 ? await applier.apply(projectId, known) : undefined) ?? foreign;
      if (failure) this.park(failure);
      parking.leave(projectId, last);
    });
  }

  /** Makes good what the read model is behind of, or has lost. */
  async compare(heads: readonly StreamHead[]): Promise<void> {
    const { applier, parking, frontier } = this.options;
    await this.each(heads, async (head) => {
      const { projectId, revision } = head;
      const foreign = frontier.foreignIn(projectId);
      const stands = parking.get(projectId)?.revision ?? foreign?.event.revision;
      // Also of a parked project what comes before the event is to be there.
      const to = stands === undefined ? head : { revision: stands - 1 };
      const failure = to.revision < 0 ? undefined : await applier.compare(projectId, to);
      if (failure) this.park(failure);
      else if (foreign && !parking.get(projectId)) this.park(foreign);
      parking.leave(projectId, revision);
    });
  }

  /** Tries a parked project again, and answers whether it goes on. */
  async retry(projectId: string): Promise<boolean> {
    const { applier, parking, frontier, log } = this.options;
    // Events that are delivered meanwhile are left for this loop, so it is over only when none has been.
    while (parking.get(projectId)) {
      const seen = parking.seen(projectId);
      const failure = frontier.foreignIn(projectId) ?? (await applier.catchUp(projectId, seen));
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

  private park(failure: Failure): void {
    const parked = this.options.parking.park(failure, this.options.clock());
    this.options.log.error(
      { ...parked, err: failure.error },
      'projection of the project is parked: nothing of it is skipped, the others go on',
    );
    this.options.onParked(parked);
  }

  private async each<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
    await inParallel(items, PROJECTS_AT_ONCE, async (item) => {
      this.options.signal.throwIfAborted();
      await act(item);
    });
  }
}
