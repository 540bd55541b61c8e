import { inSlices } from '../concurrency/in-slices';
import { Limiter } from '../concurrency/limiter';
import { cursorOf, type Cursor } from '../domain/cursor';
import type { Envelope } from '../domain/event';
import { canonicalSteps, sha256 } from '../domain/json';
import { HOLDOUT } from '../evaluation/user-record';
import type { Upcaster } from '../event-store/upcast';
import { SETTLED_MS, type Moments, type MomentsQuery } from '../observations/moments';
import type { Observations, TallyKind, TallyTotal } from '../observations/observations';
import type { EarlierVariant, ResultsInput, Observed } from '../results/input';
import { resultsOf, type Results } from '../results/results';
import { seriesOf, type SeriesDay } from '../results/series';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import { readPast, type ExperimentPast, type NoPast } from './experiment-past';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** How deep the rows of the input are in it: there may be tens of thousands. */
const ROW_DEPTH = 2;
/** Questions that are worked on at a time, and that may wait: each reads a history, and perhaps millions of observations. */
const LIMITS = { atOnce: 2, waiting: 200 };

export interface ExperimentResultsOptions {
  readonly observations: Pick<Observations, 'moments' | 'tallied'>;
  readonly users: Pick<UserStore, 'assigned'>;
  readonly upcast: Upcaster;
  /** The clock of the observations. UTC milliseconds. */
  readonly clock: () => number;
  readonly keptDays: number;
}

export interface ReportRequest {
  readonly projectId: string;
  /** The id of the experiment. */
  readonly id: string;
  /** The project's events up to the place that is asked about. */
  readonly events: AsyncIterable<Envelope>;
  /** Absent: the last whole minute that is settled. */
  readonly receivedUpToMs?: number | undefined;
}

/** R3: what an experiment shows, from the ledger up to a cursor and observations received up to a time. */
export interface Report {
  readonly cursor: Cursor;
  readonly receivedUpToMs: number;
  readonly past: ExperimentPast;
  readonly input: ResultsInput;
  readonly results: Results;
  /** A digest of all that the results are computed from: equal digests, equal results. */
  readonly digest: string;
  /** A warning that its data do not reach back to the start of the experiment; undefined: they do. */
  readonly remark: string | undefined;
  /** The days of one goal of the experiment. */
  series(goal: string): readonly SeriesDay[];
  /**
   * By variant, the users who are assigned now and of whom no exposure counts. undefined: that is not known, since the results are of an earlier time,
   * the user store is away, or observations of the experiment have expired. Rejects as the user store does where that is not away.
   */
  neverExposed(): Promise<ReadonlyMap<string, number> | undefined>;
}

/** The time cannot be asked about; the message says which can. */
export class NoSuchTime extends Error {}

/** Results of experiments, made of the ledger and the observations. */
export class ExperimentResults {
  private readonly limiter = new Limiter(LIMITS);

  constructor(private readonly options: ExperimentResultsOptions) {}

  /** Rejects with `NoSuchTime`, `TooManyWaiting`, `ObservationsUnavailable`, and as the reading of the events does. */
  async report({ projectId, id, events, receivedUpToMs }: ReportRequest): Promise<Report | NoPast> {
    const settledMs = this.options.clock() - SETTLED_MS;
    const newestMs = Math.floor(settledMs / MINUTE_MS) * MINUTE_MS;
    if (receivedUpToMs !== undefined && receivedUpToMs > settledMs)
      throw new NoSuchTime(
        `must be at least a minute ago, since what was received later can still change: ${new Date(newestMs).toISOString()} at the latest`,
      );
    return this.limiter.run(async () => {
      const past = await readPast(events, id, this.options.upcast);
      if (typeof past === 'string') return past;
      if (receivedUpToMs !== undefined && receivedUpToMs < past.startedAtMs)
        throw new NoSuchTime(`must not be before the start of the experiment, ${new Date(past.startedAtMs).toISOString()}`);
      return this.made(projectId, past, newestMs, receivedUpToMs);
    });
  }

  private async made(projectId: string, past: ExperimentPast, newestMs: number, receivedUpToMs: number | undefined): Promise<Report> {
    const { observations, clock, keptDays } = this.options;
    const atMs = receivedUpToMs ?? newestMs;
    const query = queryOf(projectId, past, atMs);
    const [moments, counted] = await Promise.all([observations.moments(query), countedOf(observations, projectId, past, atMs)]);
    const input = inputOf(past, moments, counted, atMs);
    const keptFromMs = clock() - keptDays * DAY_MS;
    const results = resultsOf(input);
    let asked: Promise<ReadonlyMap<string, number> | undefined> | undefined;
    const isWhole = receivedUpToMs === undefined && past.startedAtMs >= keptFromMs;
    return {
      cursor: cursorOf({ projectId, ...past.head }),
      receivedUpToMs: atMs,
      past,
      input,
      results,
      digest: sha256(await inSlices(canonicalSteps(input, ROW_DEPTH))),
      remark:
        past.startedAtMs < keptFromMs
          ? `Observations are kept ${keptDays} days, so users first exposed before ${new Date(keptFromMs).toISOString().slice(0, 10)} may be missing.`
          : undefined,
      series: (goal) => seriesOf(input, goal),
      neverExposed: () => (asked ??= isWhole ? this.notExposed(query, results.users) : Promise.resolve(undefined)),
    };
  }

  /** No user is read: of those who are assigned, as many were never exposed as are more than those who were. */
  private async notExposed({ projectId, experiment, variants }: MomentsQuery, exposed: ReadonlyMap<string, number>) {
    try {
      const assigned = await this.options.users.assigned(projectId, experiment, variants);
      return new Map([...assigned].map(([variant, users]) => [variant, Math.max(0, users - (exposed.get(variant) ?? 0))]));
    } catch (error) {
      if (error instanceof UserStoreUnavailable) return undefined;
      throw error;
    }
  }
}

function queryOf(projectId: string, { experiment, goals, ended, earlier }: ExperimentPast, receivedBefore: number): MomentsQuery {
  return {
    projectId,
    experiment: experiment.id,
    ...(ended && { endRevision: ended.revision }),
    variants: [...experiment.variants.map((variant) => variant.id), ...(hasHoldout(experiment) ? [HOLDOUT] : [])],
    goals: goals.map(({ id, event, filters, measure, property, cap, windowDays }) => ({
      id,
      event,
      filters,
      measure,
      property,
      cap,
      windowDays,
    })),
    earlier: earlier.map(({ experiment: { id }, endRevision }) => ({ experiment: id, endRevision })),
    receivedBefore,
  };
}

const hasHoldout = ({ started }: ExperimentPast['experiment']): boolean => (started?.holdouts ?? []).length > 0;

function inputOf(
  past: ExperimentPast,
  { exposed, moments, days, earlier, erasedUsers }: Moments,
  counted: Counted,
  atMs: number,
): ResultsInput {
  const { experiment, goals, startedAtMs, ended, baselineChanges } = past;
  const { method, alpha, plannedUsers, horizonDays, cuped } = experiment.analysis;
  const sum = (of: (day: Moments['days'][number]) => number): number => days.reduce((total, day) => total + of(day), 0);
  return {
    analysis: { method, alpha, plannedUsers, cuped, ...(horizonDays !== null && { horizonDays }) },
    arms: experiment.variants.map(({ id, name, control, weight }) => ({ id, name, control, weight })),
    ...(hasHoldout(experiment) && { holdout: { id: HOLDOUT, name: 'holdout' } }),
    goals: experiment.goals.map(({ role, margin }, index) => {
      const { id, name, measure, direction, windowDays, addedLater } = goals[index]!;
      return { id, name, role, measure, direction, windowDays, ...(margin !== null && { margin }), ...(addedLater && { addedLater }) };
    }),
    startedAtMs,
    ...(ended && { endedAtMs: ended.atMs }),
    atMs,
    exposed,
    moments,
    observed: {
      inTwoVariants: sum((day) => day.inTwoVariants),
      exposures: sum((day) => day.exposures),
      afterEnd: sum((day) => day.afterEnd),
      baselineChanges: baselineChanges.map(({ revision, occurredAt }) => ({ revision, at: new Date(occurredAt).toISOString() })),
      earlierVariants: earlierVariants(past, earlier),
      erasedUsers,
      countedEvents: sum((day) => day.events),
      ...counted,
    },
  };
}

/** By the names of experiments and variants, which the check is about. */
function earlierVariants({ earlier }: ExperimentPast, rows: Moments['earlier']): readonly EarlierVariant[] {
  return earlier.flatMap(({ experiment }) =>
    [...experiment.variants.map(({ id, name }) => [id, name] as const), [HOLDOUT, 'holdout'] as const].flatMap(([id, name]) => {
      const users: Record<string, number> = {};
      for (const row of rows) {
        if (row.experiment === experiment.id && row.variant === id) users[row.arm] = (users[row.arm] ?? 0) + row.users;
      }
      return Object.keys(users).length === 0 ? [] : [{ experiment: experiment.name, variant: name, users }];
    }),
  );
}

/** What the checks know from counts alone (R4). */
type Counted = Required<Pick<Observed, 'servedWithoutStore' | 'lateEvents' | 'assignmentsLost'>>;

/** The counts of an experiment, from what was received up to a time. Rejects with `ObservationsUnavailable`. */
export async function countedOf(
  observations: Pick<Observations, 'tallied'>,
  projectId: string,
  { experiment, goals, startedAtMs, ended }: ExperimentPast,
  receivedBefore: number,
): Promise<Counted> {
  const tallied = (kind: TallyKind, project: string, subject: string): Promise<readonly TallyTotal[]> =>
    observations.tallied({ projectId: project, kind, subject, receivedBefore });
  const [unstored, late, stores] = await Promise.all([
    tallied('UNSTORED', projectId, experiment.id),
    tallied('LATE', projectId, experiment.id),
    // A store of users is of all projects.
    tallied('STORE', '', ''),
  ]);
  const events = new Set(goals.map(({ event }) => event));
  // The first store of users took over from none.
  const [, ...later] = stores.map(({ firstAt }) => firstAt).sort((a, b) => a - b);
  return {
    servedWithoutStore: countOf(unstored),
    lateEvents: countOf(late.filter(({ name }) => events.has(name))),
    assignmentsLost: later.filter((at) => at >= startedAtMs && at < (ended?.atMs ?? Infinity)).map((at) => new Date(at).toISOString()),
  };
}

const countOf = (totals: readonly TallyTotal[]): number => totals.reduce((sum, { count }) => sum + count, 0);
