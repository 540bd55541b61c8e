import type { Recorded } from '../event-store/event-store';
import type { Checkpoint } from '../read-model/read-model';
import type { Parked } from './parking';

/** Where the projector writes what an operator should know. A pino logger is one. */
export interface ProjectorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Told what happens, after it has. Must not throw. */
export interface ProjectorObserver {
  /**
   * Events as the subscription brought them, in the store's order, before they are projected; each project's are dense and in order from its
   * first on. After trouble some may come again, never a gap.
   */
  delivered?(events: readonly Recorded[]): void;
  /** The project's documents reflect this checkpoint; this process projected `events` of the events just now. */
  projected?(projectId: string, checkpoint: Checkpoint, events: number): void;
  parked?(parked: Parked): void;
  unparked?(projectId: string): void;
}

export interface ProjectorStatus {
  readonly state: 'idle' | 'catching-up' | 'live' | 'retrying' | 'stopped';
  /** When it came into this state, in UTC milliseconds. */
  readonly since: number;
  /** The last trouble with a connection, also when it is over. */
  readonly lastError?: { readonly message: string; readonly at: number };
  readonly parked: readonly Parked[];
  readonly waiting: number;
}
