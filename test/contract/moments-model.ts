import type { Moments, MomentsQuery } from '../../src/observations/moments';
import type { Observation } from '../../src/observations/observations';

const DAY_MS = 86_400_000;

/** What was sent, and when the store received it. */
export interface Received {
  readonly item: Observation;
  readonly receivedAt: number;
}

/** R1 once more, from all that was sent, user by user and goal by goal, as plainly as it can be said. */
export function recomputed(received: readonly Received[], query: MomentsQuery, forgotten: ReadonlySet<string> = new Set()): Moments {
  const known = received.filter(({ item, receivedAt }) => receivedAt < query.receivedBefore && !forgotten.has(item.user));
  const exposures = known.flatMap(({ item }) => (item.kind === 'exposure' ? [item] : []));
  const events = new Map(known.flatMap(({ item }) => (item.kind === 'event' ? [[`${item.user} ${item.id}`, item] as const] : [])));
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const rows = {
    exposed: new Map<string, number>(),
    moments: new Map<string, Moments['moments'][number]>(),
    earlier: new Map<string, number>(),
  };
  const twoByDay = new Map<string, number>();
  const eventsByDay = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, count = 1) => map.set(key, (map.get(key) ?? 0) + count);
  for (const user of [...new Set(exposures.map((each) => each.user as string))].sort()) {
    const firstIn = (experiment: string, endRevision: number, variants?: readonly string[]) => {
      const counting = exposures
        .filter((each) => each.user === user && each.experiment === experiment && each.revision < endRevision)
        .filter((each) => variants?.includes(each.variant) ?? true)
        .sort((a, b) => a.at! - b.at!);
      return (
        counting[0] && { at: counting[0].at!, variant: counting[0].variant, two: new Set(counting.map((each) => each.variant)).size > 1 }
      );
    };
    const first = firstIn(query.experiment, query.endRevision!, query.variants);
    if (first === undefined) continue;
    const day = dayOf(first.at);
    if (first.two) {
      add(twoByDay, day);
      continue;
    }
    add(rows.exposed, `${day}\n${first.variant}`);
    const before = firstIn('earlier', Infinity);
    if (before && !before.two) add(rows.earlier, `${day}\n${before.variant}\n${first.variant}`);
    for (const goalOf of query.goals) {
      const counting = [...events.values()].filter((each) => each.user === user && each.event === goalOf.event);
      const passing = counting.filter(({ properties }) => goalOf.filters.every(({ name, value }) => properties[name] === value));
      const within = (from: number, to: number) => passing.filter(({ at }) => at! >= from && at! < to);
      const after = within(first.at, first.at + goalOf.windowDays * DAY_MS);
      add(eventsByDay, day, after.length);
      if (first.at + goalOf.windowDays * DAY_MS > query.receivedBefore) continue;
      const measured = (of: typeof after): number => {
        if (goalOf.measure === 'CONVERSION') return of.length > 0 ? 1 : 0;
        if (goalOf.measure === 'COUNT') return of.length;
        const amounts = of.map(({ properties }) => (typeof properties['price'] === 'number' ? properties['price'] : 0));
        const total = amounts.reduce((sum, amount) => sum + Math.round(Math.min(amount, 1e12) * 1e6), 0) / 1e6;
        return goalOf.cap === null ? total : Math.min(total, goalOf.cap);
      };
      const [y, x] = [measured(after), measured(within(first.at - 14 * DAY_MS, first.at))];
      const key = `${goalOf.id}\n${day}\n${first.variant}`;
      const none = { users: 0, converted: 0, sum: 0, sumSquares: 0, preSum: 0, preSumSquares: 0, product: 0 };
      const was = rows.moments.get(key) ?? { goal: goalOf.id, arm: first.variant, day, ...none };
      rows.moments.set(key, {
        ...was,
        users: was.users + 1,
        converted: was.converted + (y === 0 ? 0 : 1),
        sum: was.sum + y,
        sumSquares: was.sumSquares + y * y,
        preSum: was.preSum + x,
        preSumSquares: was.preSumSquares + x * x,
        product: was.product + x * y,
      });
    }
  }
  const users = [...rows.exposed].sort().map(([key, count]) => ({ day: key.split('\n')[0]!, arm: key.split('\n')[1]!, users: count }));
  const place = ({ goal: id, day, arm }: Moments['moments'][number]) => `${day} ${query.goals.findIndex((each) => each.id === id)} ${arm}`;
  const ofGoals = [...rows.moments.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const earlier = [...rows.earlier].sort().map(([key, count]) => {
    const [day, variant, arm] = key.split('\n') as [string, string, string];
    return { day, experiment: 'earlier', variant, arm, users: count };
  });
  const days = [...new Set([...twoByDay.keys(), ...eventsByDay.keys()])].sort().map((day) => ({
    day,
    exposures: 0,
    afterEnd: 0,
    inTwoVariants: twoByDay.get(day) ?? 0,
    events: eventsByDay.get(day) ?? 0,
  }));
  return { exposed: users, moments: ofGoals, days: days.filter((day) => day.inTwoVariants + day.events > 0), earlier, erasedUsers: 0 };
}

/** Sums to nine digits behind the largest amount, and without what depends on how often an exposure came. */
export function comparable({ exposed, moments, days, earlier }: Moments): unknown {
  const rounded = (value: number) => Number(value.toPrecision(12));
  return {
    exposed,
    earlier,
    days: days.flatMap(({ day, inTwoVariants, events }) => (inTwoVariants + events > 0 ? [{ day, inTwoVariants, events }] : [])),
    moments: moments.map(({ sum, sumSquares, preSum, preSumSquares, product, ...rest }) => ({
      ...rest,
      ...Object.fromEntries(
        Object.entries({ sum, sumSquares, preSum, preSumSquares, product }).map(([name, value]) => [name, rounded(value)]),
      ),
    })),
  };
}
