import type { Properties } from '../evaluation/user-record';
import { ExposureCounts } from './exposure-counts';
import { GoalSums, getOrMake, rowsOf, type MeasuredEvent } from './moment-sums';
import { DAY_MS, dayStart, firstOf, isMature, NO_MOMENTS, PRE_DAYS, type FirstExposure, type Moments, type MomentsQuery } from './moments';
import type { ExposureReader } from './sqlite-exposure-reader';
import type { MeasuredTuple } from './sqlite-month-reader';

/** Reads the events of a name, user by user, from each file that may have any since a time. */
export type ReadEvents = (event: string, since: number, withProperties: boolean) => readonly Iterable<MeasuredTuple>[];

/** The moments of users first exposed at or after the start of a day. */
export function momentsFrom(query: MomentsQuery, dayAt: number, exposures: ExposureReader, readEvents: ReadEvents): Moments {
  const series = exposures.seriesOf(query.projectId, query.experiment);
  if (series === undefined) return NO_MOMENTS;
  const counts = new ExposureCounts();
  const goals = query.goals.map((goal) => ({ goal, sums: new GoalSums(goal, query.receivedBefore) }));
  countDays(query, dayAt, exposures, series, counts, goals);
  const firstSince = (user: Uint8Array): FirstExposure | undefined => {
    const first = firstOf(exposures.ofUserIn(series, user), query);
    return first === undefined || first.two || first.at < dayAt ? undefined : first;
  };
  const byEvent = new Map<string, GoalSums[]>();
  for (const { goal, sums } of goals) getOrMake(byEvent, goal.event, () => []).push(sums);
  for (const [event, sums] of byEvent) {
    const sources = readEvents(
      event,
      dayAt - PRE_DAYS * DAY_MS,
      sums.some(({ readsProperties }) => readsProperties),
    );
    eachUser(sources, (user, events) => {
      const first = firstSince(user);
      if (first !== undefined) for (const of of sums) of.addEvents(first, events);
    });
  }
  for (const earlier of query.earlier) {
    const other = exposures.seriesOf(query.projectId, earlier.experiment);
    if (other === undefined) continue;
    for (const user of exposures.sharedWith(series, dayAt, other)) {
      const first = firstSince(user);
      const before = firstOf(exposures.ofUserIn(other, user), { ...earlier, receivedBefore: query.receivedBefore });
      if (first === undefined || before === undefined || before.two) continue;
      counts.addEarlier(dayStart(first.at), earlier.experiment, before.variant, first.variant);
    }
  }
  const allSums = goals.map(({ sums }) => sums);
  return {
    exposed: counts.exposedRows(),
    moments: rowsOf(allSums),
    days: counts.dayRows(allSums),
    earlier: counts.earlierRows(),
    erasedUsers: exposures.erasedIn(series),
  };
}

type Goals = readonly { readonly goal: MomentsQuery['goals'][number]; readonly sums: GoalSums }[];

/**
 * Counts the exposures of each day as if each were the first of its user, without looking at users, and then puts right those of users who have more than
 * one: few, as an exposure is mostly stored once.
 */
function countDays(
  query: MomentsQuery,
  dayAt: number,
  exposures: ExposureReader,
  series: number,
  counts: ExposureCounts,
  goals: Goals,
): void {
  const { variants, receivedBefore, endRevision = Number.MAX_SAFE_INTEGER } = query;
  const count = exposures.counter(variants);
  for (let at = exposures.nextIn(series, dayAt); at !== undefined;) {
    const day = dayStart(at);
    const [afterEnd, ...users] = count(series, day, day + DAY_MS, receivedBefore, endRevision).reverse() as [number, ...number[]];
    users.reverse();
    counts.add(day, { afterEnd, exposures: users.reduce((sum, of) => sum + of, 0) });
    for (const [index, variant] of variants.entries()) counts.addUsers(day, variant, users[index]!);
    for (const { goal, sums } of goals) {
      const matureUntil = receivedBefore - goal.windowDays * DAY_MS;
      if (day > matureUntil) continue;
      const isWhole = day + DAY_MS - 1 <= matureUntil;
      const mature = isWhole ? users : count(series, day, matureUntil + 1, receivedBefore, endRevision);
      for (const [index, variant] of variants.entries()) sums.addUsers(day, variant, mature[index]!);
    }
    at = exposures.nextIn(series, day + DAY_MS);
  }
  const addUser = (at: number, variant: string, users: 1 | -1): void => {
    counts.addUsers(dayStart(at), variant, users);
    for (const { goal, sums } of goals) if (isMature(at, goal, receivedBefore)) sums.addUsers(dayStart(at), variant, users);
  };
  for (const user of exposures.repeatedIn(series)) {
    const rows = exposures.ofUserIn(series, user);
    for (const { variant, at, receivedAt, revision } of rows) {
      const wasCounted = at >= dayAt && receivedAt < receivedBefore && revision < endRevision && variants.includes(variant);
      if (wasCounted) addUser(at, variant, -1);
    }
    const first = firstOf(rows, query);
    if (first === undefined || first.at < dayAt) continue;
    if (first.two) counts.add(dayStart(first.at), { inTwoVariants: 1 });
    else addUser(first.at, first.variant, 1);
  }
}

/** Calls with all events of each user, from sources that are each in the order of users. */
function eachUser(sources: readonly Iterable<MeasuredTuple>[], use: (user: Uint8Array, events: readonly MeasuredEvent[]) => void): void {
  const heads = sources.map((source) => {
    const iterator = source[Symbol.iterator]();
    return { iterator, next: iterator.next() };
  });
  for (;;) {
    let user: Uint8Array | undefined;
    for (const { next } of heads) {
      if (next.done !== true && (user === undefined || Buffer.compare(next.value[0], user) < 0)) user = next.value[0];
    }
    if (user === undefined) return;
    const events: MeasuredEvent[] = [];
    for (const head of heads) {
      while (head.next.done !== true && Buffer.compare(head.next.value[0], user) === 0) {
        const [, at, properties] = head.next.value;
        events.push({ at, properties: properties === null ? NONE : (JSON.parse(properties) as Properties) });
        head.next = head.iterator.next();
      }
    }
    use(user, events);
  }
}

const NONE: Properties = {};
