import type { Count } from '../domain/rule';
import { cellsAt, type CounterDescriptor } from './counter';
import { own, type Subject } from './subject';
import type { Counter, Properties } from './user-record';
import { valueTest } from './value-test';

/** What a counter says while it is not filled (V6). */
export const NOT_FILLED = -1;

/** A counter of a ruleset, read once for each subject however many conditions use it. */
export class CompiledCounter {
  private pass = 0;
  private times = 0;

  constructor(readonly descriptor: CounterDescriptor) {}

  /** How often the user did it in the window that ends at the subject's hour, or `NOT_FILLED`. */
  count(subject: Subject): number {
    if (this.pass !== subject.pass) {
      this.pass = subject.pass;
      this.times = occurrences(this.descriptor, subject.record.counters.get(this.descriptor.id), subject.hour);
    }
    return this.times;
  }
}

function occurrences({ window }: CounterDescriptor, counter: Counter | undefined, hour: number): number {
  if (counter === undefined || counter.countingSince !== undefined) return NOT_FILLED;
  const { after, upTo } = cellsAt(window, hour);
  let times = 0;
  for (const { at, count } of counter.cells) if (at > after && at <= upTo) times += count;
  return times;
}

/** Whether so many times are as often as a condition asks; absent: at least once. */
export function countTest(count: Count = { atLeast: 1 }): (times: number) => boolean {
  if ('atLeast' in count) return (times) => times >= count.atLeast;
  if ('exactly' in count) return (times) => times === count.exactly;
  const least = count.includeZero === true ? 0 : 1;
  return (times) => times <= count.atMost && times >= least;
}

/** Whether an event, by its properties, passes every filter of a counter: what a user store asks when it records the event. */
export function filterTest({ filters }: CounterDescriptor): (properties: Properties) => boolean {
  const tests = filters.map((filter) => ({ name: filter.name, test: valueTest(filter) }));
  return (properties) => tests.every(({ name, test }) => test(own(properties, name)));
}
