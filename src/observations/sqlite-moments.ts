import { ExposureCounts } from './exposure-counts';
import { GoalSums, getOrMake, rowsOf, type MeasuredEvent } from './moment-sums';
import { DAY_MS, dayStart, firstOf, isMature, NO_MOMENTS, PRE_DAYS, type FirstExposure, type Moments, type MomentsQuery } from './moments';
import type { ExposureReader } from './sqlite-exposure-reader';
import { hexOf } from './sqlite-format';
import type { MeasuredQuery, MeasuredTuple, MonthReader } from './sqlite-month-reader';

/** The files of the months in which something may have been received since a time. */
export type MonthsSince = (since: number) => readonly Pick<MonthReader, 'atOneInstant' | 'measuredEvents' | 'eventsOfUser'>[];

/** The moments of users first exposed at or after the start of a day. */
export function momentsFrom(query: MomentsQuery, dayAt: number, exposures: ExposureReader, monthsSince: MonthsSince): Moments {
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
  const months = monthsSince(dayAt - PRE_DAYS * DAY_MS);
  const { projectId, receivedBefore, variants, endRevision = Number.MAX_SAFE_INTEGER } = query;
  // Once for all: who becomes one of them meanwhile does so by an exposure that was received too late for this question.
  const repeated = exposures.repeatedIn(series).map((user): Repeated => [keyText(user), user]);
  const passedOver = new Set(repeated.map(([key]) => key));
  const addEvents = (): void => {
    for (const [event, sums] of byEvent) {
      const asked: MeasuredQuery = {
        ...{ projectId, event, receivedBefore, series, variants, endRevision, passedOver },
        // SQLite has no infinite numbers.
        exposedSince: Math.max(dayAt, Number.MIN_SAFE_INTEGER),
        windowMs: Math.max(...sums.map(({ windowMs }) => windowMs)),
        readsProperties: sums.some(({ readsProperties }) => readsProperties),
      };
      const ofRepeated = eventsOfRepeated(repeated, firstSince, months, asked);
      eachUser([...months.map((month) => month.measuredEvents(asked)), ofRepeated], (first, events) => {
        for (const of of sums) of.addEvents(first, events);
      });
    }
  };
  months.reduceRight((run, month) => () => month.atOneInstant(run), addEvents)();
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
  const count = exposures.counter(variants, receivedBefore, query.endRevision);
  for (let at = exposures.nextIn(series, dayAt); at !== undefined;) {
    const day = dayStart(at);
    const { users, afterEnd } = count({ series, from: day, to: day + DAY_MS });
    counts.add(day, { afterEnd, exposures: users.reduce((sum, of) => sum + of, 0) });
    for (const [index, variant] of variants.entries()) counts.addUsers(day, variant, users[index]!);
    for (const { goal, sums } of goals) {
      const matureUntil = receivedBefore - goal.windowDays * DAY_MS;
      if (day > matureUntil) continue;
      const isWhole = day + DAY_MS - 1 <= matureUntil;
      const mature = isWhole ? users : count({ series, from: day, to: matureUntil + 1 }).users;
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

/** A user with more than one exposure, by the key as `MeasuredTuple` has it, and as it is stored. */
type Repeated = readonly [key: string, user: Uint8Array];

const keyText = (user: Uint8Array): string => hexOf(user).toUpperCase();

/** The events of users with more than one exposure, of whom the first is looked for one by one. */
function* eventsOfRepeated(
  users: readonly Repeated[],
  firstOfUser: (user: Uint8Array) => FirstExposure | undefined,
  months: ReturnType<MonthsSince>,
  { projectId, event, receivedBefore }: MeasuredQuery,
): Generator<MeasuredTuple> {
  for (const [key, user] of users) {
    const first = firstOfUser(user);
    if (first === undefined) continue;
    for (const month of months)
      for (const { at, properties } of month.eventsOfUser(projectId, event, user, receivedBefore))
        yield [key, first.variant, first.at, at, properties];
  }
}

/** Calls with all events of each user, from sources that are each in the order of users. */
function eachUser(
  sources: readonly Iterator<MeasuredTuple>[],
  use: (first: FirstExposure, events: readonly MeasuredEvent[]) => void,
): void {
  const heads = sources.map((source) => ({ source, next: source.next() }));
  for (;;) {
    let least: MeasuredTuple | undefined;
    for (const { next } of heads) if (next.done !== true && (least === undefined || next.value[0] < least[0])) least = next.value;
    if (least === undefined) return;
    const [user, variant, first] = least;
    const events: MeasuredEvent[] = [];
    for (const head of heads) {
      while (head.next.done !== true && head.next.value[0] === user) {
        const [, , , at, properties] = head.next.value;
        events.push({ at, properties });
        head.next = head.source.next();
      }
    }
    use({ variant, at: first }, events);
  }
}
