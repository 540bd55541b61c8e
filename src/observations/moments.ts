import type { Measure } from '../domain/goal';
import type { DayMoments, ExposedUsers } from '../results/input';
import type { StoredExposure } from './observations';

export const DAY_MS = 86_400_000;
/** What was received so long ago has been committed, or will never be. */
export const SETTLED_MS = 60_000;
/** How long before the first exposure a measure is taken as well, to be compared with. */
export const PRE_DAYS = 14;

/** A goal as it is measured: under its id. */
export interface AskedGoal extends Pick<Measure, 'event' | 'filters' | 'measure' | 'property' | 'cap' | 'windowDays'> {
  readonly id: string;
}

/** An experiment up to the revision of its end; without one, all of it. */
export interface AskedExperiment {
  readonly experiment: string;
  readonly endRevision?: number;
}

/** Which moments are asked for. */
export interface MomentsQuery extends AskedExperiment {
  readonly projectId: string;
  /** Control and the held-out group too. Exposures of any other variant are passed over. */
  readonly variants: readonly string[];
  readonly goals: readonly AskedGoal[];
  /** Earlier experiments of which it is asked who was in them. */
  readonly earlier: readonly AskedExperiment[];
  /** What was received at this time or later is not known yet (R3); users whose windows have closed by then are mature. */
  readonly receivedBefore: number;
}

/** What is counted of one UTC day of first exposures. */
export interface DayCounts {
  readonly day: string;
  /** Exposures of any user that were stored: the first of each in each variant, mostly. */
  readonly exposures: number;
  /** Exposures at or after the revision of the end, which are left out. */
  readonly afterEnd: number;
  /** Users who were seen in two variants, and are left out. */
  readonly inTwoVariants: number;
  /** Events of the goals that fell into a window. */
  readonly events: number;
}

/** Users of one day of first exposures who were in a variant of an earlier experiment. */
export interface EarlierUsers {
  readonly day: string;
  readonly experiment: string;
  readonly variant: string;
  /** Their variant in the experiment asked about. */
  readonly arm: string;
  readonly users: number;
}

/** R1: what an experiment's users came to by the UTC day of their first exposure. Every list is in the order of its days, without zeros. */
export interface Moments {
  readonly exposed: readonly ExposedUsers[];
  readonly moments: readonly DayMoments[];
  readonly days: readonly DayCounts[];
  readonly earlier: readonly EarlierUsers[];
  /** Users who were forgotten after they had been exposed. */
  readonly erasedUsers: number;
}

/** The moments of an experiment that no user was exposed to. */
export const NO_MOMENTS: Moments = { exposed: [], moments: [], days: [], earlier: [], erasedUsers: 0 };

/** The first exposure of a user who counts. */
export interface FirstExposure {
  readonly variant: string;
  readonly at: number;
}

/** One stored exposure of a user whom it is known of. */
export type ExposureOfUser = Omit<StoredExposure, 'user'>;

interface Known extends Pick<MomentsQuery, 'endRevision' | 'receivedBefore'> {
  /** Absent: all. */
  readonly variants?: readonly string[];
}

/** The exposure of one user that counts, which is the first; `two`: the user was seen in two variants; undefined: none counts. */
export function firstOf(
  exposures: Iterable<ExposureOfUser>,
  { variants, endRevision = Infinity, receivedBefore }: Known,
): (FirstExposure & { readonly two: boolean }) | undefined {
  let first: FirstExposure | undefined;
  let two = false;
  for (const { variant, at, receivedAt, revision } of exposures) {
    if (receivedAt >= receivedBefore || revision >= endRevision || variants?.includes(variant) === false) continue;
    two ||= first !== undefined && first.variant !== variant;
    if (first === undefined || at < first.at) first = { variant, at };
  }
  return first && { ...first, two };
}

/** The start of the UTC day that holds this time, and as a text. */
export const dayStart = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;
export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Whether all of a goal's window has passed for a user first exposed then. */
export const isMature = (at: number, { windowDays }: Pick<AskedGoal, 'windowDays'>, receivedBefore: number): boolean =>
  at + windowDays * DAY_MS <= receivedBefore;
