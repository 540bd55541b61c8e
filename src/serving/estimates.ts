import { inSlices } from '../concurrency/in-slices';
import type { Experiment } from '../domain/experiment-state';
import { frozenAudience, holdoutsInForce } from '../domain/experiment-status';
import type { ProjectState } from '../domain/project-state';
import type { Rule } from '../domain/rule';
import type { Steps } from '../domain/steps';
import { countersOf, type CounterDescriptor } from '../evaluation/counter';
import { RuleTest } from '../evaluation/rule-test';
import { compileSteps, type Ruleset } from '../evaluation/ruleset';
import type { StandingState } from '../evaluation/standing';
import { hourOf } from '../evaluation/subject';
import { twoSidedZ } from '../statistics/distributions';
import { wilson } from '../statistics/proportion';
import type { SampledUser, UserStore } from '../user-store/user-store';
import type { Rulesets } from './rulesets';
import { countStandings, subjectOf } from './sampled-standings';

/** Users that an estimate looks at, at most. */
const SAMPLE_USERS = 1_000;
const SEEN_DAYS = 30;
const DAY_MS = 86_400_000;

export interface EstimatesOptions {
  readonly rulesets: Pick<Rulesets, 'current'>;
  readonly users: Pick<UserStore, 'sample' | 'counters'>;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

/** How many users a rule has. */
export interface RuleEstimate {
  /** Users of the project who are stored. */
  readonly users: number;
  readonly sampled: number;
  /** undefined: no user is stored, or `uncounted` says what is not known. */
  readonly matching: Share | undefined;
  /** What the rule asks of users' behaviour and no live rule counts, or which is not counted whole yet: nothing can be estimated. */
  readonly uncounted: readonly CounterDescriptor[];
}

/** The standing in an experiment of a part of the sampled users. */
export interface StandingCount {
  readonly state: StandingState;
  /** For CONFLICT, the first experiment that keeps the users out. */
  readonly inTheWay?: Experiment;
  readonly share: Share;
}

/** How many users an experiment has or would take. */
export interface UserReach {
  /** Users of the project who are stored. */
  readonly users: number;
  /** The users among them that were sampled: those seen in the last `seenDays`. */
  readonly sampled: number;
  readonly seenDays: number;
  /** An estimate, from the sample, of how many of all stored users were seen in those days. */
  readonly seenUsers: number;
  /** In it, or taken by it when they are evaluated. undefined: no user was seen. */
  readonly reached: Share | undefined;
  /** Every part of the sample by its standing, the largest first. */
  readonly standings: readonly StandingCount[];
  /** Users that the experiment is planned for, all variants together. */
  readonly plannedUsers: number;
  /** In how many days it would have them, with their windows closed, if it takes users as fast as they were seen. undefined: it takes none. */
  readonly expectedDays: number | undefined;
  /** When one of the sampled users was last assigned to it (UTC milliseconds). */
  readonly lastAssignedAt: number | undefined;
}

/**
 * What rules and experiments come to among the users who are stored (X6), from a sample. Only stored properties count, not what requests say beside
 * them. The store has no user ids (U4), so samples of traffic are drawn by the users' keys in their place: right for shares, not for a single user.
 */
export class Estimates {
  constructor(private readonly options: EstimatesOptions) {}

  /** `rule` is one that can be a segment's. Rejects with `UserStoreUnavailable`. */
  async ofRule(projectId: string, rule: Rule): Promise<RuleEstimate> {
    const { users, clock } = this.options;
    const [kept, { users: all, sampled }] = await Promise.all([users.counters(projectId), users.sample(projectId, SAMPLE_USERS)]);
    const filled = new Set(kept.flatMap(({ id, isFilled }) => (isFilled ? [id] : [])));
    const uncounted = countersOf(rule).filter(({ id }) => !filled.has(id));
    if (uncounted.length > 0) return { users: all, sampled: sampled.length, matching: undefined, uncounted };
    const count = await inSlices(countMatching(rule, sampled, hourOf(clock())));
    return { users: all, sampled: sampled.length, matching: shareOf(count, sampled.length, all), uncounted };
  }

  /**
   * Of an experiment that runs, or of a draft as if it started now; undefined: there is no such experiment, or it has ended. Rejects with
   * `NoSuchProject`, `UserStoreUnavailable`, or as the event store does.
   */
  async ofExperiment(projectId: string, experimentId: string): Promise<UserReach | undefined> {
    const ruleset = await this.asStarted(await this.options.rulesets.current(projectId), experimentId);
    if (ruleset === undefined) return undefined;
    const { users, clock } = this.options;
    const { users: all, sampled } = await users.sample(projectId, SAMPLE_USERS);
    const nowMs = clock();
    const seen = sampled.filter(({ seenAt }) => seenAt >= nowMs - SEEN_DAYS * DAY_MS);
    // Of those who were not sampled as many were seen, on the whole.
    const seenOfAll = sampled.length === 0 ? 0 : Math.round((all * seen.length) / sampled.length);
    const parts = await inSlices(countStandings(ruleset, experimentId, seen, hourOf(nowMs)));
    const reached = parts.filter(({ state }) => state === 'ASSIGNED' || state === 'TAKES').reduce((sum, { count }) => sum + count, 0);
    const source = ruleset.source as ProjectState;
    const { analysis, goals } = source.experiments.get(experimentId)!;
    const windowDays = Math.max(0, ...goals.map(({ id }) => source.goals.get(id)?.windowDays ?? 0));
    const perDay = seen.length === 0 ? 0 : (seenOfAll * reached) / seen.length / SEEN_DAYS;
    const assignedAt = seen.flatMap(({ record }) =>
      record.assignments.filter(({ experiment }) => experiment === experimentId).map((one) => one.assignedAt),
    );
    return {
      users: all,
      sampled: seen.length,
      seenDays: SEEN_DAYS,
      seenUsers: seenOfAll,
      reached: shareOf(reached, seen.length, seenOfAll),
      standings: parts.map(({ count, ...part }) => ({ ...part, share: shareOf(count, seen.length, seenOfAll)! })),
      plannedUsers: analysis.plannedUsers,
      expectedDays: perDay === 0 ? undefined : Math.ceil(analysis.plannedUsers / perDay) + windowDays,
      lastAssignedAt: assignedAt.length === 0 ? undefined : Math.max(...assignedAt),
    };
  }

  private async asStarted(ruleset: Ruleset, experimentId: string): Promise<Ruleset | undefined> {
    const source = ruleset.source as ProjectState;
    const experiment = source.experiments.get(experimentId);
    if (experiment?.status === 'RUNNING') return ruleset;
    if (experiment?.status !== 'DRAFT') return undefined;
    const revision = source.head.revision + 1;
    const started = { revision, audience: frozenAudience(source, experiment.audience), holdouts: holdoutsInForce(source) };
    const experiments = source.experiments.set(experimentId, { ...experiment, status: 'RUNNING', started });
    return inSlices(compileSteps({ ...source, experiments }, ruleset.servingRevision, ruleset));
  }
}

function* countMatching(rule: Rule, sampled: readonly SampledUser[], hour: number): Steps<number> {
  const test = new RuleTest(rule, new Map());
  let count = 0;
  for (const { user, record } of sampled) {
    if (test.matches(subjectOf({ user, record }, hour))) count += 1;
    yield;
  }
  return count;
}

const Z_95 = twoSidedZ(0.05);

/** A share of users, from a sample of them, with an interval that has it in 95 of 100 samples. Parts of 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The share of `count` among `sampled` users out of `all`, by Wilson's interval. The fewer users are left out of the sample, the less is uncertain:
 * the sample counts as `sampled * (all - 1) / (all - sampled)` users (the correction for a finite population), and as certain where it is all of
 * them. undefined: no user was sampled.
 */
export function shareOf(count: number, sampled: number, all: number): Share | undefined {
  if (sampled === 0) return undefined;
  const share = count / sampled;
  if (sampled >= all) return { share, low: share, high: share };
  const users = (sampled * (all - 1)) / (all - sampled);
  const interval = wilson({ converted: share * users, users }, Z_95);
  return 'missing' in interval ? undefined : { share, ...interval };
}
