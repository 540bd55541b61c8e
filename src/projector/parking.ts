import { DamagedRecord } from '../event-store/event-store';
import { UpgradeRequired } from '../event-store/upcast';
import type { Parked } from '../read-model/generations';
import { HistoryDiffers } from './apply';
import type { Failure } from './fold';

/** The parked projects, and how far their streams have gone on meanwhile: that much is to be read when one is let go. */
export class ParkingLot {
  private readonly places = new Map<string, { readonly parked: Parked; seen: number }>();

  park({ event, error }: Failure, now: number): Parked {
    const { projectId, revision, type } = event;
    const before = this.places.get(projectId);
    const since = before?.parked.revision === revision ? before.parked.since : now;
    const parked: Parked = { projectId, revision, type, reason: reasonOf(error), message: error.message, since };
    this.places.set(projectId, { parked, seen: Math.max(revision, before?.seen ?? -1) });
    return parked;
  }

  get(projectId: string): Parked | undefined {
    return this.places.get(projectId)?.parked;
  }

  all(): readonly Parked[] {
    return Array.from(this.places.values(), ({ parked }) => parked);
  }

  /** An event of the project has been delivered and left for later. Answers whether the project is parked at all. */
  leave(projectId: string, revision: number): boolean {
    const place = this.places.get(projectId);
    if (place) place.seen = Math.max(place.seen, revision);
    return place !== undefined;
  }

  /** The last revision left for later. */
  seen(projectId: string): number {
    return this.places.get(projectId)?.seen ?? -1;
  }

  release(projectId: string): void {
    this.places.delete(projectId);
  }

  clear(): void {
    this.places.clear();
  }
}

/** The first revision that is not shown before an operator acts: of a project whose documents reflect another history, any. */
export function stopsAt({ reason, revision }: Parked): number {
  return reason === 'HISTORY_DIFFERS' ? 0 : revision;
}

function reasonOf(error: Error): Parked['reason'] {
  if (error instanceof UpgradeRequired) return 'UPGRADE_REQUIRED';
  if (error instanceof DamagedRecord) return 'HISTORY_BROKEN';
  return error instanceof HistoryDiffers ? 'HISTORY_DIFFERS' : 'FAILED';
}
