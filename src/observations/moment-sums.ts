import type { Json } from '../domain/json';
import { own } from '../evaluation/subject';
import type { Properties } from '../evaluation/user-record';
import { valueTest } from '../evaluation/value-test';
import type { DayMoments } from '../results/input';
import { DAY_MS, dayStart, dayText, isMature, PRE_DAYS, type AskedGoal, type FirstExposure } from './moments';

/** Amounts are added as whole millionths, so that their order makes no difference. */
export const MILLIONTHS = 1e6;
/** One amount is cut to this, so that a sum of them stays exact. */
export const MOST_AMOUNT = 1e12;

interface Sums {
  users: number;
  converted: number;
  sum: bigint;
  sumSquares: number;
  preSum: bigint;
  preSumSquares: number;
  product: number;
}

/** An event of a user: when, and what came with it. */
export interface MeasuredEvent {
  readonly at: number;
  readonly properties: Properties;
}

/** What one goal comes to, user by user: users are added in the order of their keys, so that sums of squares are the same to the last bit. */
export class GoalSums {
  /** Whether the properties of events matter. */
  readonly readsProperties: boolean;
  /** Events that fell into a window, by the start of the day of first exposure. */
  readonly events = new Map<number, number>();
  private readonly sums = new Map<number, Map<string, Sums>>();
  private readonly passes: (properties: Properties) => boolean;
  private readonly cap: bigint | undefined;
  /** How long after the first exposure an event matters. */
  readonly windowMs: number;

  constructor(
    private readonly goal: AskedGoal,
    private readonly receivedBefore: number,
  ) {
    const tests = goal.filters.map((filter) => ({ name: filter.name, test: valueTest(filter) }));
    this.passes = (properties) => tests.every(({ name, test }) => test(own(properties, name)));
    this.readsProperties = tests.length > 0 || goal.measure === 'SUM';
    this.windowMs = goal.windowDays * DAY_MS;
    this.cap = goal.cap === null ? undefined : millionths(goal.cap);
  }

  /** Notes so many mature users of a variant and day, whatever they did. */
  addUsers(dayAt: number, variant: string, users: number): void {
    this.of(dayAt, variant).users += users;
  }

  /** Adds what one user who is among those did; those who did nothing need not be added. */
  addEvents({ at: first, variant }: FirstExposure, events: Iterable<MeasuredEvent>): void {
    const { measure, property } = this.goal;
    let [value, before, inWindow] = [0n, 0n, 0];
    for (const { at, properties } of events) {
      const isAfter = at >= first && at < first + this.windowMs;
      const isBefore = at < first && at >= first - PRE_DAYS * DAY_MS;
      if ((!isAfter && !isBefore) || !this.passes(properties)) continue;
      const amount = measure === 'SUM' ? amountOf(own(properties, property!)) : BigInt(MILLIONTHS);
      if (isAfter) [value, inWindow] = [value + amount, inWindow + 1];
      else before += amount;
    }
    const dayAt = dayStart(first);
    if (inWindow > 0) this.events.set(dayAt, (this.events.get(dayAt) ?? 0) + inWindow);
    if (!isMature(first, this.goal, this.receivedBefore)) return;
    const [x, y] = [this.measured(before), this.measured(value)];
    if (x === 0n && y === 0n) return;
    const sums = this.of(dayAt, variant);
    const [amount, amountBefore] = [Number(y) / MILLIONTHS, Number(x) / MILLIONTHS];
    if (y !== 0n) sums.converted += 1;
    sums.sum += y;
    sums.preSum += x;
    sums.sumSquares += amount ** 2;
    sums.preSumSquares += amountBefore ** 2;
    sums.product += amount * amountBefore;
  }

  /** Adds what was summed elsewhere over users who are among those, amounts as millionths. */
  addTotals(dayAt: number, variant: string, totals: Omit<Sums, 'users'>, events: number): void {
    if (events > 0) this.events.set(dayAt, (this.events.get(dayAt) ?? 0) + events);
    const sums = this.of(dayAt, variant);
    sums.converted += totals.converted;
    sums.sum += totals.sum;
    sums.preSum += totals.preSum;
    sums.sumSquares += totals.sumSquares;
    sums.preSumSquares += totals.preSumSquares;
    sums.product += totals.product;
  }

  /** In the order of days, then of variants. */
  rows(): readonly DayMoments[] {
    const rows: DayMoments[] = [];
    for (const [dayAt, variants] of [...this.sums].sort(([a], [b]) => a - b)) {
      for (const [arm, { sum, preSum, ...rest }] of [...variants].sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (rest.users === 0) continue;
        rows.push({
          goal: this.goal.id,
          arm,
          day: dayText(dayAt),
          ...rest,
          sum: Number(sum) / MILLIONTHS,
          preSum: Number(preSum) / MILLIONTHS,
        });
      }
    }
    return rows;
  }

  private measured(total: bigint): bigint {
    if (this.goal.measure === 'CONVERSION') return total > 0n ? BigInt(MILLIONTHS) : 0n;
    return this.cap !== undefined && total > this.cap ? this.cap : total;
  }

  private of(dayAt: number, variant: string): Sums {
    const ofDay = getOrMake(this.sums, dayAt, () => new Map<string, Sums>());
    return getOrMake(ofDay, variant, () => ({
      users: 0,
      converted: 0,
      sum: 0n,
      sumSquares: 0,
      preSum: 0n,
      preSumSquares: 0,
      product: 0,
    }));
  }
}

/** What is no number adds nothing. */
function amountOf(value: Json | undefined): bigint {
  return typeof value === 'number' ? millionths(value) : 0n;
}

function millionths(amount: number): bigint {
  return BigInt(Math.round(Math.max(-MOST_AMOUNT, Math.min(MOST_AMOUNT, amount)) * MILLIONTHS));
}

/** What all goals come to, in the order of days; those of one day in the order of the goals. */
export function rowsOf(goals: readonly GoalSums[]): readonly DayMoments[] {
  return goals.flatMap((goal) => goal.rows()).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

export function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
