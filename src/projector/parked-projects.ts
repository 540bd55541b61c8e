import { DamagedRecord } from '../event-store/event-store';
import { UpgradeRequired } from '../event-store/upcast';
import type { Parked } from '../read-model/generations';
import { HistoryDiffers } from './apply';
import type { Failure } from './fold';

/** The parked projects, and the newest revision deferred for each: a retry reads the stream up to it. */
export class ParkedProjects {
  private readonly entries = new Map<string, { readonly parked: Parked; deferredTo: number }>();

  park({ event, error }: Failure, now: number): Parked {
    const { projectId, revision, type } = event;
    const before = this.entries.get(projectId);
    const since = before?.parked.revision === revision ? before.parked.since : now;
    const parked: Parked = { projectId, revision, type, reason: reasonOf(error), message: error.message, since };
    this.entries.set(projectId, { parked, deferredTo: Math.max(revision, before?.deferredTo ?? -1) });
    return parked;
  }

  get(projectId: string): Parked | undefined {
    return this.entries.get(projectId)?.parked;
  }

  all(): readonly Parked[] {
    return Array.from(this.entries.values(), ({ parked }) => parked);
  }

  /** Defers a delivered event of a parked project. Returns whether the project is parked. */
  defer(projectId: string, revision: number): boolean {
    const entry = this.entries.get(projectId);
    if (entry) entry.deferredTo = Math.max(entry.deferredTo, revision);
    return entry !== undefined;
  }

  /** The newest deferred revision, or -1. */
  seen(projectId: string): number {
    return this.entries.get(projectId)?.deferredTo ?? -1;
  }

  remove(projectId: string): void {
    this.entries.delete(projectId);
  }

  clear(): void {
    this.entries.clear();
  }
}

/** The first revision that is not shown before an operator acts: 0 for a project whose documents reflect another history. */
export function stopsAt({ reason, revision }: Parked): number {
  return reason === 'HISTORY_DIFFERS' ? 0 : revision;
}

function reasonOf(error: Error): Parked['reason'] {
  if (error instanceof UpgradeRequired) return 'UPGRADE_REQUIRED';
  if (error instanceof DamagedRecord) return 'HISTORY_BROKEN';
  return error instanceof HistoryDiffers ? 'HISTORY_DIFFERS' : 'FAILED';
}
