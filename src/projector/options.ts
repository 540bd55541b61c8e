import type { Lease } from '../coordination/lease';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { ParkedRegistry, ResumePoint, ResumePoints } from '../read-model/generations';
import type { Projection } from '../read-model/projection';
import type { ReadModel } from '../read-model/read-model';
import type { backOff } from '../concurrency/back-off';
import type { ProjectorLog, ProjectorObserver } from './status';

/** What a projector is made of. */
export interface ProjectorOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'read' | 'heads'> & Partial<Pick<EventStore, 'anchored' | 'recall'>>;
  readonly readModel: ReadModel;
  /** The lease of a read model shared with other instances: this one projects only while it holds it. Absent: it always projects. */
  readonly lease?: Lease;
  readonly parkedRegistry?: ParkedRegistry;
  /** What comes before this is found by comparing with the heads. Absent: from where `resumePoints` says, or else from the beginning. */
  readonly from?: ResumePoint | undefined;
  readonly resumePoints?: ResumePoints | undefined;
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
