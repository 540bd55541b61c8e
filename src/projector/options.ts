import type { Lease } from '../coordination/lease';
import type { EventStore, Position } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { Board } from '../read-model/generations';
import type { Projection } from '../read-model/projection';
import type { ReadModel } from '../read-model/read-model';
import type { backOff } from '../concurrency/back-off';
import type { ProjectorLog, ProjectorObserver } from './status';

/** What a projector is made of. */
export interface ProjectorOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'read' | 'heads'>;
  readonly readModel: ReadModel;
  /** Shared with other instances: then it projects only while it holds the lease, and otherwise watches. Absent: it always projects. */
  readonly lease?: Lease;
  readonly board?: Board;
  /** What comes before this is known to have been projected, or to be found by comparing with the heads. Absent: from the beginning. */
  readonly from?: Position;
  readonly projections: readonly Projection[];
  readonly upcast: Upcaster;
  readonly log: ProjectorLog;
  readonly observer?: ProjectorObserver;
  /** How many may wait at once in `reached`; 10,000 if not said. */
  readonly waitLimit?: number;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  /** How the next attempt is waited for. */
  readonly backOff?: typeof backOff;
}
