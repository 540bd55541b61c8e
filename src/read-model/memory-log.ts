import { Map as PersistentMap } from 'immutable';
import type { LogEntries, LogPage, LogQuery } from './read-model';
import { Packed } from './packed';

/** How many places one call looks at: some milliseconds. */
const STEPS = 10_000;

/**
 * The log of one project, in memory: when each event happened, and of each label the revisions that have it, 8 and 4 bytes apiece.
 *
 * Finding events that have several labels goes from one list to the next, each time to the first place that could still be in all of them,
 * so it takes about as many steps as the shortest list is long, and often far fewer.
 */
export class MemoryLog {
  private times = Packed.of((places) => new Float64Array(places));
  /** Persistent once there is a fork, which then costs nothing: until then, as in a server's own read model, a map that is quicker to add to. */
  private lists: Map<string, Packed> | PersistentMap<string, Packed> = new Map<string, Packed>();

  /** The same log, at no cost: what is added to one of the two, the other does not have. */
  fork(): MemoryLog {
    const fork = new MemoryLog();
    if (this.lists instanceof Map) this.lists = PersistentMap(this.lists);
    fork.times = this.times;
    fork.lists = this.lists;
    return fork;
  }

  append({ times, labels }: LogEntries): void {
    this.times = this.times.with(times);
    const add = (lists: Map<string, Packed> | PersistentMap<string, Packed>): void => {
      for (const [name, revisions] of labels)
        lists.set(name, (lists.get(name) ?? Packed.of((places) => new Uint32Array(places))).with(revisions));
    };
    if (this.lists instanceof Map) add(this.lists);
    else this.lists = this.lists.withMutations(add);
  }

  page({ having, after, before, since, until, newestFirst, limit }: LogQuery): Omit<LogPage, 'checkpoint'> {
    const from = since === undefined ? 0 : this.times.below(since);
    const to = until === undefined ? this.times.length : Math.max(from, this.times.below(until));
    const dimensions = having.map((labels) => labels.flatMap((name) => this.lists.get(name) ?? []));
    const low = Math.max(from, (after ?? -1) + 1);
    const high = Math.min(to, before ?? to) - 1;
    const walk = newestFirst ? new Walk(dimensions, highest, high, low, -1) : new Walk(dimensions, lowest, low, high, 1);
    const { found, stoppedAt } = walk.take(limit + 1);
    const more = found.length > limit || stoppedAt !== undefined;
    const total = counted(dimensions, from, to);
    return {
      revisions: found.slice(0, limit),
      more,
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(total === undefined ? {} : { total }),
    };
  }
}

type Dimension = readonly Packed[];

function counted(dimensions: readonly Dimension[], from: number, to: number): number | undefined {
  if (dimensions.length === 0) return to - from;
  if (dimensions.length > 1) return undefined;
  return dimensions[0]!.reduce((sum, list) => sum + list.below(to) - list.below(from), 0);
}

/** The nearest revision from `place` on, in one direction, that is in one of the lists. */
type Seek = (dimension: Dimension, place: number) => number | undefined;

const highest: Seek = (lists, place) => {
  let best: number | undefined;
  for (const list of lists) {
    const count = list.below(place + 1);
    if (count > 0 && (best === undefined || list.at(count - 1) > best)) best = list.at(count - 1);
  }
  return best;
};

const lowest: Seek = (lists, place) => {
  let best: number | undefined;
  for (const list of lists) {
    const count = list.below(place);
    if (count < list.length && (best === undefined || list.at(count) < best)) best = list.at(count);
  }
  return best;
};

class Walk {
  private steps = 0;
  private readonly most: number;

  constructor(
    private readonly dimensions: readonly Dimension[],
    private readonly seek: Seek,
    private place: number,
    private readonly end: number,
    private readonly way: 1 | -1,
  ) {
    this.most = dimensions.length > 1 ? STEPS : Infinity;
  }

  take(count: number): { readonly found: number[]; readonly stoppedAt?: number } {
    const found: number[] = [];
    while (found.length < count && this.advance()) {
      if (this.steps > this.most) return { found, stoppedAt: this.place - this.way };
      found.push(this.place);
      this.place += this.way;
    }
    return { found };
  }

  /** Moves to the next place that is in every dimension, or as far as the steps go; false: there is none. */
  private advance(): boolean {
    for (let agreeing = 0; agreeing < this.dimensions.length && this.steps <= this.most;) {
      this.steps += 1;
      const next = this.seek(this.dimensions[agreeing]!, this.place);
      if (next === undefined) return false;
      agreeing = next === this.place ? agreeing + 1 : 0;
      this.place = next;
      if (this.beyond()) return false;
    }
    return !this.beyond();
  }

  private beyond(): boolean {
    return (this.end - this.place) * this.way < 0;
  }
}

/** Freezes a value of plain JSON through and through. It does not stop at what is frozen already: that says nothing of what is inside. */
export function freezeJson(value: unknown): void {
  // No recursion: values may be nested deeply.
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Object.isFrozen(next)) Object.freeze(next);
    if (Array.isArray(next)) for (const item of next) waiting.push(item);
    else for (const name in next) waiting.push((next as Record<string, unknown>)[name]);
  }
}
