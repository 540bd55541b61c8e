import { LRUCache } from 'lru-cache';
import { getOrMake } from './moment-sums';
import { DAY_MS, dayStart, dayText, SETTLED_MS, type Moments, type MomentsQuery } from './moments';

/** The rows of moments that are kept in all: some hundred tests of a year. */
const KEPT_ROWS = 200_000;
const HOUR_MS = 3_600_000;
/** The hours of changes that are kept of a series: beyond them, the older half counts as changed in its last hour, which only computes more anew. */
const MAX_HOURS = 2_000;

interface Kept {
  readonly receivedBefore: number;
  readonly moments: Moments;
  /** The start of the first day of which a user was forgotten since; Infinity: none was. */
  validUntil: number;
}

/** By the hour of receipt: the earliest time from which users' moments changed. */
type Changes = Map<number, number>;

export interface KeptMomentsOptions {
  /** Computes the moments of users first exposed at or after the start of a day. */
  readonly compute: (query: MomentsQuery, dayAt: number) => Promise<Moments>;
  /** The store's. UTC milliseconds. */
  readonly clock: () => number;
}

/**
 * Keeps the moments of days that are closed: all windows of their users have passed. When they are asked for again later, only the open days are
 * computed, and those that something late, or an erasure, has changed since. It is for a store that one process writes, which notes every change here.
 */
export class KeptMoments {
  private readonly kept = new LRUCache<string, Kept>({
    maxSize: KEPT_ROWS,
    sizeCalculation: ({ moments }) => 1 + moments.exposed.length + moments.moments.length + moments.days.length + moments.earlier.length,
  });
  private readonly computing = new Map<string, Promise<Moments>>();
  private readonly changes = new Map<string, Changes>();
  private erasures = 0;

  constructor(private readonly options: KeptMomentsOptions) {}

  /** An exposure was stored: users first exposed at `from`, or later, may come to something else. */
  exposed(projectId: string, experiment: string, from: number, receivedAt: number): void {
    this.note(`exposures\n${projectId}\n${experiment}`, from, receivedAt);
  }

  /** An event of that time was stored. */
  happened(projectId: string, event: string, at: number, receivedAt: number): void {
    this.note(`events\n${projectId}\n${event}`, at, receivedAt);
  }

  /** A user of an experiment, first exposed at that time, was forgotten: nothing from then on is as it was, whatever it was asked for as of. */
  erased(projectId: string, experiment: string, at: number): void {
    this.erasures += 1;
    for (const [key, kept] of this.kept.entries()) {
      const query = JSON.parse(key) as Omit<MomentsQuery, 'receivedBefore'>;
      if (query.projectId !== projectId) continue;
      if (query.experiment === experiment) kept.validUntil = Math.min(kept.validUntil, dayStart(at));
      if (query.earlier.some((each) => each.experiment === experiment)) kept.validUntil = -Infinity;
    }
  }

  async moments(query: MomentsQuery): Promise<Moments> {
    const { receivedBefore, ...rest } = query;
    const key = JSON.stringify(rest);
    const kept = this.kept.get(key);
    const validUntil = kept === undefined ? -Infinity : this.validUntil(query, kept);
    if (kept !== undefined && validUntil === Infinity) return kept.moments;
    const computingKey = `${receivedBefore} ${this.erasures} ${key}`;
    let computing = this.computing.get(computingKey);
    if (computing === undefined) {
      computing = this.compute(query, key, kept?.moments, validUntil).finally(() => this.computing.delete(computingKey));
      this.computing.set(computingKey, computing);
    }
    return computing;
  }

  private async compute(query: MomentsQuery, key: string, kept: Moments | undefined, dayAt: number): Promise<Moments> {
    const { erasures } = this;
    const isSettled = query.receivedBefore <= this.options.clock() - SETTLED_MS;
    const open = await this.options.compute(query, dayAt);
    const moments = kept === undefined || dayAt === -Infinity ? open : joined(kept, open, dayText(dayAt));
    const isNewest = query.receivedBefore >= (this.kept.peek(key)?.receivedBefore ?? -Infinity);
    if (isSettled && isNewest && erasures === this.erasures)
      this.kept.set(key, { receivedBefore: query.receivedBefore, moments, validUntil: Infinity });
    return moments;
  }

  /** The start of the first day that is to be computed anew; Infinity: none. */
  private validUntil({ projectId, experiment, goals, earlier, receivedBefore }: MomentsQuery, kept: Kept): number {
    if (receivedBefore < kept.receivedBefore) return -Infinity;
    if (receivedBefore === kept.receivedBefore) return kept.validUntil;
    const since = kept.receivedBefore;
    if (earlier.some((each) => this.changedFrom(`exposures\n${projectId}\n${each.experiment}`, since) < Infinity)) return -Infinity;
    const windowMs = Math.max(0, ...goals.map(({ windowDays }) => windowDays)) * DAY_MS;
    const events = Math.min(...goals.map(({ event }) => this.changedFrom(`events\n${projectId}\n${event}`, since)));
    const exposures = this.changedFrom(`exposures\n${projectId}\n${experiment}`, since);
    return dayStart(Math.min(kept.validUntil, since - windowMs, events - windowMs, exposures));
  }

  private note(series: string, from: number, receivedAt: number): void {
    const changes = getOrMake(this.changes, series, () => new Map<number, number>());
    const hour = Math.floor(receivedAt / HOUR_MS);
    changes.set(hour, Math.min(changes.get(hour) ?? Infinity, from));
    if (changes.size > MAX_HOURS) joinOlderHalf(changes);
  }

  private changedFrom(series: string, since: number): number {
    let earliest = Infinity;
    for (const [hour, from] of this.changes.get(series) ?? []) if (hour >= Math.floor(since / HOUR_MS)) earliest = Math.min(earliest, from);
    return earliest;
  }
}

function joinOlderHalf(changes: Changes): void {
  const hours = [...changes.keys()].sort((a, b) => a - b).slice(0, MAX_HOURS / 2);
  const from = Math.min(...hours.map((hour) => changes.get(hour)!));
  for (const hour of hours) changes.delete(hour);
  changes.set(hours.at(-1)!, from);
}

function joined(kept: Moments, open: Moments, day: string): Moments {
  const join = <Row extends { readonly day: string }>(closed: readonly Row[], rest: readonly Row[]): readonly Row[] => [
    ...closed.filter((row) => row.day < day),
    ...rest,
  ];
  return {
    exposed: join(kept.exposed, open.exposed),
    moments: join(kept.moments, open.moments),
    days: join(kept.days, open.days),
    earlier: join(kept.earlier, open.earlier),
    erasedUsers: open.erasedUsers,
  };
}
