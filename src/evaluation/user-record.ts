import type { Json } from '../domain/json';

/** What is known of a user or of an event, by name. A property that is `null` is missing. */
export interface Properties {
  readonly [name: string]: Json;
}

/** How often something was counted in one cell: an hour or a UTC day since 1970, or cell 0 of a counter that has only one (U3). */
export interface Cell {
  readonly at: number;
  readonly count: number;
}

/** How often one user did what a counter counts. */
export interface Counter {
  /** Each cell once, in any order; cells without an event may be left out. */
  readonly cells: readonly Cell[];
  /**
   * Present while events from before this instant (UTC milliseconds) have not been counted yet, for this user or for all: a rule that uses
   * the counter matches no user meanwhile (V6).
   */
  readonly countingSince?: number;
}

/** The counters of one user, by `CounterDescriptor.id`. A `Map` is one; a store may answer from what it knows of the whole project. */
export interface Counters {
  /**
   * A user who never did what a filled counter counts has a counter without cells. undefined: the store does not keep this counter (yet), so
   * nothing is known, and a rule that uses it matches no user (V6).
   */
  get(counter: string): Counter | undefined;
}

/** In place of a variant's id: the user is in the experiment's holdout group (X8). */
export const HOLDOUT = 'holdout';

/** That a user is in a variant of an experiment, until the experiment ends (X4). */
export interface Assignment {
  readonly experiment: string;
  /** The id of a variant, or `HOLDOUT`. */
  readonly variant: string;
  /** UTC milliseconds. */
  readonly assignedAt: number;
  /** The revision of the ruleset that assigned the user. */
  readonly revision: number;
}

/** That a user gets a variant of a draft or running experiment for a test (E8). */
export interface Override {
  readonly experiment: string;
  /** The id of a variant. */
  readonly variant: string;
  /** UTC milliseconds; it holds to the end of the hour in which this is. */
  readonly until: number;
}

/** All that the user store keeps of one user of one project, and evaluation reads. */
export interface UserRecord {
  /** Grows with every change of properties or counters. */
  readonly factsVersion: number;
  /** Grows with every change of assignments or overrides; what a conditional write compares. */
  readonly assignmentVersion: number;
  readonly properties: Properties;
  readonly counters: Counters;
  /** At most one for an experiment, of experiments that have ended as well. */
  readonly assignments: readonly Assignment[];
  readonly overrides: readonly Override[];
}

/**
 * What became of a conditional write of assignments: it was stored on top of the version that was read, or, if the user's assignments or
 * overrides had changed since, nothing was written and this is the record as it is.
 */
export type AssignResult =
  { readonly stored: true; readonly assignmentVersion: number } | { readonly stored: false; readonly record: UserRecord };

/** A user of whom nothing is known, whose counters are all filled. */
export const EMPTY_RECORD: UserRecord = {
  factsVersion: 0,
  assignmentVersion: 0,
  properties: {},
  counters: { get: () => ({ cells: [] }) },
  assignments: [],
  overrides: [],
};

/** In place of a record while the user store is away: nothing is known of what the user did, so no rule on behaviour matches (V6). */
export const RECORD_WITHOUT_STORE: UserRecord = { ...EMPTY_RECORD, counters: { get: () => undefined } };
