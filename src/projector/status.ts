import type { backOff } from '../concurrency/timers';
import type { Lease } from '../coordination/lease';
import type { Recorded, EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { Parked, ParkedRegistry, ResumePoint, ResumePoints } from '../read-model/generations';
import type { Projection } from '../read-model/projection';
import type { Checkpoint, ReadModel } from '../read-model/read-model';

/** The parts and settings of a projector. */
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

/** The projector's log, such as a pino logger. */
export interface ProjectorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Called after each step of the projector. Must not throw. */
export interface ProjectorObserver {
  /**
   * Events that came after history, as the subscription brought them, in the store's order, before they are projected, and also where another instance
   * projects them. Each project's are dense and in order from its first on; after an error some may come again, but there is never a gap.
   */
  delivered?(events: readonly Recorded[]): void;
  /** The project's documents reflect this checkpoint; this process projected `events` of the events just now. */
  projected?(projectId: string, checkpoint: Checkpoint, events: number): void;
  parked?(parked: Parked): void;
  unparked?(projectId: string): void;
  /** Another copy of the event store has taken its place: what was delivered need not be in it. */
  restored?(): void;
  /** Another generation is read now. */
  turned?(): void;
  /** A batch of so many events was folded and committed, in so many seconds. */
  committed?(events: number, seconds: number): void;
  /** A batch found its project elsewhere than it expected, because another projected as well. */
  mismatched?(): void;
  /** An error of a store, after which the projector tries again. */
  retried?(): void;
}

export interface ProjectorStatus {
  readonly state: 'idle' | 'catching-up' | 'live' | 'retrying' | 'stopped';
  /** When it came into this state, in UTC milliseconds. */
  readonly since: number;
  /** The last error of a connection, also after it is over. */
  readonly lastError?: { readonly message: string; readonly at: number };
  readonly parked: readonly Parked[];
  readonly waiting: number;
  /** Whether this instance projects, or follows another that does. */
  readonly leads: boolean;
  /** Events in the store that the read model does not show yet. */
  readonly behind: number;
  /**
   * For how long the read model may have lacked something that is stored, in milliseconds: the longest that an event heard of is not shown, or that
   * this instance has not been following the store. undefined: it has never yet shown all that there was. Parked projects do not count.
   */
  readonly lagMs?: number;
  /** Whether queries are refused until the read model has been compared with the store: it was away, or may have lost something. */
  readonly refuses: boolean;
  /** When the newest event that the read model is known to show occurred, in UTC milliseconds; undefined: none is. */
  readonly shownUntil?: number;
  /** Streams that are named as a project's and hold no event of a ledger: they are ignored. */
  readonly strays: number;
  /** Projects with an event that this instance does not know: it takes no command for them. */
  readonly upgradeRequired: number;
}

/** Several observers as one; each is called in this order. */
export function observers(...all: readonly ProjectorObserver[]): ProjectorObserver {
  return {
    delivered: (events) => all.forEach((one) => one.delivered?.(events)),
    projected: (projectId, checkpoint, events) => all.forEach((one) => one.projected?.(projectId, checkpoint, events)),
    parked: (parked) => all.forEach((one) => one.parked?.(parked)),
    unparked: (projectId) => all.forEach((one) => one.unparked?.(projectId)),
    restored: () => all.forEach((one) => one.restored?.()),
    turned: () => all.forEach((one) => one.turned?.()),
    committed: (events, seconds) => all.forEach((one) => one.committed?.(events, seconds)),
    mismatched: () => all.forEach((one) => one.mismatched?.()),
    retried: () => all.forEach((one) => one.retried?.()),
  };
}

/** An observer of one generation: the events about what queries show are passed on only while that generation is read. */
export function whileRead(observer: ProjectorObserver, isRead: () => boolean): ProjectorObserver {
  return {
    delivered: (events) => observer.delivered?.(events),
    committed: (...args) => observer.committed?.(...args),
    mismatched: () => observer.mismatched?.(),
    retried: () => observer.retried?.(),
    projected: (...args) => (isRead() ? observer.projected?.(...args) : undefined),
    parked: (parked) => (isRead() ? observer.parked?.(parked) : undefined),
    unparked: (projectId) => (isRead() ? observer.unparked?.(projectId) : undefined),
    restored: () => (isRead() ? observer.restored?.() : undefined),
  };
}
