import type { Json } from '../domain/json';
import type { Lease } from '../coordination/lease';
import type { UserKey } from '../domain/user-key';
import type { CounterWindow } from '../evaluation/counter';
import type { Assignment, AssignResult, Cell, Override, UserRecord } from '../evaluation/user-record';

/** A user event as it is counted. Its times are those that observations have of it, also of one that is sent again. */
export interface CountedEvent {
  readonly id: string;
  /** UTC milliseconds. */
  readonly at: number;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** The ids of the counters whose event it is and whose filters it passes. */
  readonly counters: readonly string[];
}

/** `late`: whether it was counted before is not known any more, so it was not counted. */
export type Recorded = 'counted' | 'repeated' | 'late';

/** How long after its time the id of an event is kept. No event as old as that is to be recorded (U1). */
export const IDS_KEPT_DAYS = 14;

/** Of each event, in their order. `erased`: the user may have been forgotten meanwhile, and nothing was written. */
export type Recording = readonly Recorded[] | 'erased';

export type Filled = 'filled' | 'repeated' | 'erased';

/** How often users have been forgotten, of those that are kept together with one: which ones is not kept (U4). */
export type Erasures = (user: UserKey) => number;

/** A counter that the store keeps of every user of a project. */
export interface KeptCounter {
  readonly id: string;
  readonly window: CounterWindow;
  /** Events received from this instant on (UTC milliseconds) are counted as they are recorded; those from before, by `fill`. */
  readonly countingSince: number;
  /** Whether the events from before have been counted, of every user. */
  readonly isFilled: boolean;
  /** The last user, in the order of their keys, up to whom that has been done. */
  readonly filledUpTo?: UserKey;
}

export interface SampledUser {
  readonly user: UserKey;
  /** When something of the user was last written (UTC milliseconds). */
  readonly seenAt: number;
  readonly record: UserRecord;
}

export interface Sample {
  /** How many users of the project the store has. */
  readonly users: number;
  readonly sampled: readonly SampledUser[];
}

/**
 * What is known of the users of a project: properties, counters, assignments, overrides (U1-U6). It is no read model: it cannot be made from the
 * ledger. Users are stored under their keys alone (U4).
 *
 * Each change of one user is one atomic write, durable before it resolves. All methods reject with `UserStoreUnavailable`: what was asked may then
 * have been carried out or not, and the same call again leads to the same. Versions of a user never come again, also after the user was forgotten.
 */
export interface UserStore {
  /** `EMPTY_RECORD`, but for its counters, where nothing is known of the user. */
  load(projectId: string, user: UserKey): Promise<UserRecord>;
  /** What `load` would answer, of a store that has it in memory and need not wait. */
  recent?(projectId: string, user: UserKey): UserRecord | undefined;
  /**
   * Adds assignments if the user's assignments and overrides are still those of the version that was read: the whole set is compared, never one
   * experiment alone (X4). One of an experiment that the user is in already stays as it is.
   */
  assign(projectId: string, user: UserKey, expectedAssignmentVersion: number, assignments: readonly Assignment[]): Promise<AssignResult>;
  /**
   * Remembers the ids of events and counts those that are new, in one write (U1). Where none is in time: writes nothing. `erased`: the user may have
   * been forgotten since `erasures` were read, so the events are to be appended to the observations again, which may have lost them.
   */
  record(projectId: string, user: UserKey, events: readonly CountedEvent[], erasures: Erasures): Promise<Recording>;
  /** To be read before the events that are recorded are appended, and before those that a `fill` counts are read. Older ones do: they are `erased` once. */
  erasures(projectId: string): Promise<Erasures>;
  /**
   * Counts a user's events from before the counter was kept: once, if it is called again. A counter that is filled, or not kept, takes nothing. `erased`:
   * the user may have been forgotten since `erasures` were read, and nothing was counted: the events are to be read again.
   */
  fill(projectId: string, user: UserKey, counter: string, cells: readonly Cell[], erasures: Erasures): Promise<Filled>;
  /** Sets properties, and removes those that are null; answers the new `factsVersion`. */
  setProperties(projectId: string, user: UserKey, properties: { readonly [name: string]: Json }): Promise<number>;
  /** Gives the user a variant for a test (E8), or, with null, takes it away. */
  override(projectId: string, user: UserKey, experiment: string, given: Pick<Override, 'variant' | 'until'> | null): Promise<void>;
  /** Gives `to` the assignments of `from`, if it has none (U5). Where `from` is forgotten meanwhile, it is as if that came after. */
  link(projectId: string, from: UserKey, to: UserKey): Promise<'linked' | 'kept'>;
  /** Removes all that is known of a user (U4); answers whether something was. */
  forget(projectId: string, user: UserKey): Promise<boolean>;
  /**
   * To be called after `forget`, once the user's observations were removed as well: what was appended to these, or read from them, before this call is
   * not recorded or filled after it. Answers whether nothing was recorded or filled since `forget`. If something was, it may have been removed from
   * the observations: the user is to be forgotten again.
   */
  endForget(projectId: string, user: UserKey): Promise<boolean>;
  /** A random sample of this many users, each at most once; all users if there are fewer. */
  sample(projectId: string, count: number): Promise<Sample>;
  /**
   * How many users are assigned to each variant of an experiment that is asked for, those included to whom `link` gave it. It is kept as a number with
   * every write, so that it is asked for without reading any user.
   */
  assigned(projectId: string, experiment: string, variants: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The counters that are kept. */
  counters(projectId: string): Promise<readonly KeptCounter[]>;
  /** Begins to keep a counter, from an instant on; answers the one that is kept, which may have been there before. */
  keepCounter(
    projectId: string,
    counter: { readonly id: string; readonly window: CounterWindow },
    countingSince: number,
  ): Promise<KeptCounter>;
  /** Notes up to which user, in the order of their keys, a counter has been filled, so that another instance can go on from there. */
  filledUpTo(projectId: string, counter: string, user: UserKey): Promise<void>;
  /** A counter has been filled for every user. */
  filled(projectId: string, counter: string): Promise<void>;
  /** A lease between the instances that share the store: work on all users of a project is done by one of them. */
  lease(name: string): Promise<Lease>;
  /** Ends a counter: what it has counted is dropped. Kept again, it is another one. */
  dropCounter(projectId: string, counter: string): Promise<void>;
  /**
   * The id of what is stored, made when the store was first opened; asked of the store each time. undefined: it was emptied, or lost a part. As long as
   * it is not the one that was there when this store was opened, all other methods reject with `UserStoreLost` (U6).
   */
  identity(): Promise<string | undefined>;
  /** Goes on with what is left, under a new id: an operator has accepted the loss. */
  acceptLoss(): Promise<string>;
  /** Waits for what is under way, then frees every resource. */
  close(): Promise<void>;
}

/** The store cannot be reached, read or written; the message says what to do. */
export class UserStoreUnavailable extends Error {}

/** The store is not fit to keep users, or keeps those of another server, until an operator has changed something. */
export class UserStoreUnfit extends UserStoreUnavailable {}

/** An operator is bringing back what can be of the store. It passes by itself: nothing is wrong, and the same call succeeds afterwards. */
export class UserStoreBeingRestored extends UserStoreUnavailable {}

/** The store is there, but not what was in it: assignments of running experiments would be made anew. */
export class UserStoreLost extends UserStoreUnavailable {}
