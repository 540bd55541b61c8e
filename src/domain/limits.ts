import type { PLURALS, PluralKind } from './project-state';
import { limitReached, type RefusalOf } from './refusal';
import { counted } from './text';

/** How much one project may hold, by plural. Each is a setting; archived things do not count unless it says so. */
export type Limits = { readonly [Plural in Limited]: number } & {
  /** Experiments that run at one time: an evaluation goes through all of them. */
  readonly runningExperiments: number;
  /** For how many days what users do is kept; absent: for ever. */
  readonly observationsKeptDays?: number;
};

/** The kinds that have a limit. Holdouts have a rule instead (X8). */
export type LimitedKind = Exclude<PluralKind, 'holdout'>;
type Limited = (typeof PLURALS)[LimitedKind];

export const DEFAULT_LIMITS: Limits = {
  keys: 500,
  segments: 1_000,
  goals: 500,
  flags: 500,
  configs: 500,
  experiments: 1_000,
  runningExperiments: 100,
};

/** A refusal if there is no room for one more. */
export function noRoom(plural: Limited, used: number, limits: Limits): RefusalOf<'LIMIT_REACHED'> | undefined {
  const limit = limits[plural];
  return used < limit
    ? undefined
    : limitReached(
        `A project has at most ${counted(limit, plural.slice(0, -1))} that ${limit === 1 ? 'is' : 'are'} not archived. Archive one first.`,
        limit,
      );
}
