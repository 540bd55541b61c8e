import type { ExposedUsers } from '../results/input';
import { getOrMake, type GoalSums } from './moment-sums';
import { dayStart, dayText, firstOf, type DayCounts, type EarlierUsers, type ExposureOfUser, type MomentsQuery } from './moments';

interface Counts {
  exposures: number;
  afterEnd: number;
  inTwoVariants: number;
}

/** Users by variant and day of first exposure, and what else is counted of a day. */
export class ExposureCounts {
  private readonly exposed = new Map<number, Map<string, number>>();
  private readonly days = new Map<number, Counts>();
  private readonly earlier = new Map<string, EarlierUsers>();

  addUsers(dayAt: number, variant: string, users: number): void {
    const ofDay = getOrMake(this.exposed, dayAt, () => new Map<string, number>());
    ofDay.set(variant, (ofDay.get(variant) ?? 0) + users);
  }

  add(dayAt: number, counts: Partial<Counts>): void {
    const ofDay = getOrMake(this.days, dayAt, () => ({ exposures: 0, afterEnd: 0, inTwoVariants: 0 }));
    ofDay.exposures += counts.exposures ?? 0;
    ofDay.afterEnd += counts.afterEnd ?? 0;
    ofDay.inTwoVariants += counts.inTwoVariants ?? 0;
  }

  addEarlier(dayAt: number, experiment: string, variant: string, arm: string, users = 1): void {
    const day = dayText(dayAt);
    const key = JSON.stringify([day, experiment, variant, arm]);
    this.earlier.set(key, { day, experiment, variant, arm, users: (this.earlier.get(key)?.users ?? 0) + users });
  }

  exposedRows(): readonly ExposedUsers[] {
    return [...this.exposed].sort(byNumber).flatMap(([dayAt, variants]) =>
      [...variants]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .filter(([, users]) => users > 0)
        .map(([arm, users]) => ({ arm, day: dayText(dayAt), users })),
    );
  }

  /** With the events of goals that fell into windows. */
  dayRows(goals: readonly GoalSums[]): readonly DayCounts[] {
    const events = new Map<number, number>();
    for (const goal of goals) for (const [dayAt, count] of goal.events) events.set(dayAt, (events.get(dayAt) ?? 0) + count);
    for (const dayAt of events.keys()) this.add(dayAt, {});
    return [...this.days]
      .sort(byNumber)
      .map(([dayAt, counts]) => ({ day: dayText(dayAt), ...counts, events: events.get(dayAt) ?? 0 }))
      .filter(({ exposures, afterEnd, inTwoVariants, events: of }) => exposures + afterEnd + inTwoVariants + of > 0);
  }

  earlierRows(): readonly EarlierUsers[] {
    return [...this.earlier].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}

/** What the exposures of one user alone come to: the day of each is counted, and the user on the day of the first. */
export function countUser(counts: ExposureCounts, exposures: readonly ExposureOfUser[], query: MomentsQuery): ReturnType<typeof firstOf> {
  const { variants, endRevision = Infinity, receivedBefore } = query;
  for (const { variant, at, receivedAt, revision } of exposures) {
    if (receivedAt >= receivedBefore) continue;
    if (revision >= endRevision) counts.add(dayStart(at), { afterEnd: 1 });
    else if (variants.includes(variant)) counts.add(dayStart(at), { exposures: 1 });
  }
  const first = firstOf(exposures, query);
  if (first?.two === true) counts.add(dayStart(first.at), { inTwoVariants: 1 });
  else if (first !== undefined) counts.addUsers(dayStart(first.at), first.variant, 1);
  return first;
}

const byNumber = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;
