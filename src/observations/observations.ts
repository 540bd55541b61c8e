import type { UserKey } from '../domain/user-key';
import type { Properties } from '../evaluation/user-record';
import type { Moments, MomentsQuery } from './moments';

/** What a user did in an app. */
export interface UserEvent {
  readonly kind: 'event';
  readonly user: UserKey;
  /** The app's own, or one made of the event: an event is stored once per user and id (U1). */
  readonly id: string;
  readonly event: string;
  /** UTC milliseconds; absent: when it was received. */
  readonly at?: number;
  readonly properties: Properties;
  /** All that the app sent of it, before times were moved: the same id with other content is a conflict. */
  readonly content: string;
}

/** That an assigned user was really served the variant. */
export interface Exposure {
  readonly kind: 'exposure';
  readonly user: UserKey;
  readonly experiment: string;
  readonly variant: string;
  /** UTC milliseconds; absent: when it was received. */
  readonly at?: number;
  /** The revision of the ruleset that served it. */
  readonly revision: number;
}

export type Observation = UserEvent | Exposure;

/** What became of one observation. `at` and `receivedAt` are the stored ones (UTC milliseconds), also of a repetition. */
export type Appended =
  | { readonly outcome: 'appended' | 'repeated'; readonly at: number; readonly receivedAt: number }
  /** The user has another event with this id. */
  | { readonly outcome: 'conflict'; readonly receivedAt: number };

export interface StoredEvent {
  readonly user: UserKey;
  readonly at: number;
  readonly receivedAt: number;
  readonly properties: Properties;
}

export interface StoredExposure {
  readonly user: UserKey;
  readonly variant: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly revision: number;
}

/** One stored observation of a user. */
export type KnownObservation =
  | { readonly kind: 'event'; readonly event: string; readonly at: number; readonly receivedAt: number; readonly properties: Properties }
  | {
      readonly kind: 'exposure';
      readonly experiment: string;
      readonly variant: string;
      readonly at: number;
      readonly receivedAt: number;
      readonly revision: number;
    };

export type PropertyType = 'BOOLEAN' | 'STRING' | 'NUMBER' | 'LIST' | 'OBJECT';

/** An event that users do, and the properties it came with. */
export interface EventInUse {
  readonly event: string;
  readonly properties: readonly { readonly name: string; readonly types: readonly PropertyType[] }[];
}

/** How many events of a project, and properties of an event, a vocabulary holds; later ones are stored all the same. */
export const VOCABULARY_LIMITS = { events: 1_000, properties: 200 } as const;

/** For how many days, at least, a repetition of a received event is recognised. Later it would count as a new one, so callers append no event that is as old. */
export const REPEAT_DAYS = 14;

/**
 * What users did and were served: appended, never changed, kept for some hundred days. It is the truth that counters and results are made of, which the
 * order in which it arrived does not change (U2).
 *
 * All methods reject with `ObservationsUnavailable`. What was asked may then have been carried out or not: the same call again leads to the same.
 */
export interface Observations {
  /**
   * Stores a batch, durably before it resolves; answers for each item, in their order. All that is new is stamped with the same `receivedAt`, which
   * never goes backwards. An exposure is a repetition if one of that user, experiment and variant is there, of the same time or an earlier one; a
   * store may store it once more, which changes no result (R1).
   */
  append(projectId: string, batch: readonly Observation[]): Promise<readonly Appended[]>;
  /**
   * The events of that name that were received before an instant, user by user in the order of their keys, those of a user in any order: only users
   * behind `afterUser`, where it is given. It is read in pages, so what is appended meanwhile is in it or not.
   */
  eventsOf(projectId: string, event: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredEvent>;
  /** The exposures to an experiment, read like events: from which assignments are rebuilt where a user store was lost (U6). */
  exposuresOf(projectId: string, experiment: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredExposure>;
  /**
   * R1: what the users of an experiment came to. For what was received before a time at least `SETTLED_MS` ago the answer is the same whenever it is asked
   * for, in whatever order and batches it came (R3), until a user is forgotten or observations expire. An event dated more than a day after its receipt
   * may be passed over.
   */
  moments(query: MomentsQuery): Promise<Moments>;
  /** Adds to what is only counted, by the minute of receipt. After a failure it may have been added: added again, it counts twice. */
  tally(projectId: string, tallies: readonly Tally[]): Promise<void>;
  /** What was counted, by its names, in their order. */
  tallied(query: TallyQuery): Promise<readonly TallyTotal[]>;
  /** All that is known of a user. */
  known(projectId: string, user: UserKey): AsyncIterable<KnownObservation>;
  /** Removes all that is known of a user (U4); answers how many observations that were. */
  forget(projectId: string, user: UserKey): Promise<number>;
  /** How many users of whom something was known have been forgotten. */
  forgotten(projectId: string): Promise<number>;
  /** The events and properties in use, in the order of their names. */
  vocabulary(projectId: string): Promise<readonly EventInUse[]>;
  /** Waits for what is under way, then frees every resource. */
  close(): Promise<void>;
}

/** The store cannot be reached, read or written; the message says what to do. */
export class ObservationsUnavailable extends Error {}

/* What is only counted: it concerns results, and is no user's. */

/** UNSTORED: servings while the user store was away; LATE: events that came too late to count; STORE: that a user store was in use. */
export type TallyKind = 'UNSTORED' | 'LATE' | 'STORE';

/** A count to add to what is stored under the same kind, subject and name. */
export interface Tally {
  readonly kind: TallyKind;
  /** An experiment; of STORE empty. */
  readonly subject: string;
  /** A variant, an event, or the identity of a user store. */
  readonly name: string;
  readonly count: number;
}

/** What was counted under one name. */
export interface TallyTotal {
  readonly name: string;
  /** The first whole minute in which it was counted. UTC milliseconds. */
  readonly firstAt: number;
  readonly count: number;
}

/** Which tallies are asked for: of whole minutes before `receivedBefore`, so that the answer is the same later (R3). */
export interface TallyQuery {
  readonly projectId: string;
  readonly kind: TallyKind;
  readonly subject: string;
  readonly receivedBefore: number;
}

const MINUTE_MS = 60_000;

export const minuteOf = (timeMs: number): number => Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
