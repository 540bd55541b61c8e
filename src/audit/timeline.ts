import { GENESIS, headOf, type Envelope } from '../domain/event';
import type { Limiter } from '../concurrency/limiter';
import { isAfter, isPast, assertExists, revisionOf, tooEarly, type HistoryPoint } from './history-point';
import { advance, beginning, merged, weightOf, type Fold, type Snapshot } from './snapshot';
import type { ForkableReadModel } from '../read-model/read-model';

/** The history is no longer the one that the snapshots were made of: they must go. */
export class HistoryChanged extends Error {}

/** An event does not follow the one before it, as every event must: the record is not as it was written. */
export class ChainBroken extends Error {}

export interface TimelineOptions {
  /** The events of a project's stream from a revision on, at most so many. */
  readonly read: (projectId: string, from: number, limit: number) => AsyncIterable<Envelope>;
  readonly fold: Fold;
  readonly empty: () => ForkableReadModel;
  /** One snapshot for so many events, as long as there is room for it. */
  readonly interval: number;
  /** About how many bytes the snapshots may take. */
  readonly bytes: number;
}

/** How many events are read and folded at a time. */
const PART = 500;

/**
 * One project's history with snapshots along it, made from its beginning on, as far as it was asked for. A reader of a point gets
 * the snapshot before it and the events in between.
 *
 * A snapshot is thrown away lightly: it says nothing that the events do not. When they take too much room every second one goes, and from
 * then on they are twice as far apart.
 */
export class Timeline {
  private snapshots: Snapshot[] = [];
  private interval: number;
  private readonly start: Snapshot;
  /** Snapshots that are being made, by the revision of the one before: everybody who needs one waits for the same. */
  private readonly growing = new Map<number, Promise<Snapshot | undefined>>();
  /** About how many bytes it takes. */
  bytes = 0;

  constructor(
    private readonly projectId: string,
    private readonly options: TimelineOptions,
    private readonly limiter: Limiter,
    /** Called when it takes more or less room than before. */
    private readonly resized: (timeline: Timeline) => void,
  ) {
    this.interval = options.interval;
    this.start = beginning(options.empty());
  }

  /** The documents as of the place, which nothing else changes; undefined: the project has no events. Throws `NoSuchPlace` or `HistoryChanged`. */
  async at(place: HistoryPoint): Promise<Snapshot | undefined> {
    const revision = revisionOf(place);
    let from = await this.nearest(place);
    for (;;) {
      if (revision !== undefined && revision < from.head.revision + this.span(from)) break;
      const next = await this.next(from);
      if (next === undefined || (await isPast(place, this.projectId, next.head, next.readModel))) break;
      from = next;
    }
    const count = revision === undefined ? this.span(from) : revision - from.head.revision;
    const { reached: view, following } = await this.advance(from, count, place);
    if (view.head.revision >= 0) assertExists(place, this.projectId, view.head);
    else if (following === undefined) return undefined;
    else throw tooEarly(this.projectId, following);
    return view;
  }

  /** The last snapshot that is not past the place. */
  private async nearest(place: HistoryPoint): Promise<Snapshot> {
    let [low, high] = [0, this.snapshots.length];
    const { snapshots } = this;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { head, readModel } = snapshots[middle] as Snapshot;
      if (await isPast(place, this.projectId, head, readModel)) high = middle;
      else low = middle + 1;
    }
    return snapshots[low - 1] ?? this.start;
  }

  /** How many events lie between the snapshot and the next, counting that one's own. */
  private span({ head }: Snapshot): number {
    return this.interval - ((head.revision + 1) % this.interval);
  }

  /** The next snapshot, which is made if it is not there; undefined: the history does not go so far yet. */
  private next(from: Snapshot): Promise<Snapshot | undefined> | Snapshot {
    const known = this.snapshots.find(({ head }) => head.revision > from.head.revision);
    if (known) return known;
    const { revision } = from.head;
    let next = this.growing.get(revision);
    if (next === undefined) {
      next = this.grow(from).finally(() => this.growing.delete(revision));
      this.growing.set(revision, next);
    }
    return next;
  }

  private async grow(from: Snapshot): Promise<Snapshot | undefined> {
    const span = this.span(from);
    const { reached } = await this.advance(from, span);
    if (reached.head.revision < from.head.revision + span) return undefined;
    // Not the same object: when every second one goes, those that stay are made anew.
    if (from.head.hash === (this.snapshots.at(-1) ?? this.start).head.hash) this.keep(reached);
    return reached;
  }

  /** The snapshot that many events on, or where the place or the history ends before that. A part at a time, so that others get in between. */
  private async advance(
    from: Snapshot,
    count: number,
    place?: HistoryPoint,
  ): Promise<{ readonly reached: Snapshot; readonly following?: Envelope }> {
    let reached = from;
    for (let left = count; ;) {
      const most = Math.min(left, PART);
      const { events, following } = await this.limiter.run(async () => {
        const part = await this.read(reached, most, place);
        if (part.events.length > 0) {
          const next = await advance(reached, part.events, this.options.fold);
          reached = reached === from ? next : merged(reached, next);
        }
        return part;
      });
      left -= events.length;
      if (left === 0 || events.length < most) return following ? { reached, following } : { reached };
    }
  }

  private keep(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
    this.bytes += weightOf(snapshot);
    while (this.bytes > this.options.bytes && this.snapshots.length > 1) {
      this.snapshots = this.snapshots.flatMap((kept, at, all) => {
        if (at % 2 === 1) return [merged(all[at - 1] as Snapshot, kept)];
        return at === all.length - 1 ? [kept] : [];
      });
      this.interval *= 2;
      this.bytes = this.snapshots.reduce((sum, kept) => sum + weightOf(kept), 0);
    }
    // Not even one: then every answer begins at the beginning.
    if (this.bytes > this.options.bytes) [this.snapshots, this.bytes] = [[], 0];
    this.resized(this);
  }

  /**
   * At most `count` events after the snapshot, up to the place, and the first one after them if it is known. It begins with the snapshot's own
   * event, so that it is seen whether it is still the same one, and holds every event against the one before it.
   */
  private async read(
    from: Snapshot,
    count: number,
    place?: HistoryPoint,
  ): Promise<{ readonly events: readonly Envelope[]; readonly following?: Envelope }> {
    const events: Envelope[] = [];
    let { head } = from;
    const again = head.revision >= 0;
    let seen = !again;
    for await (const event of this.options.read(this.projectId, Math.max(0, head.revision), count + (again ? 1 : 0))) {
      if (!seen) {
        if (event.hash !== head.hash) throw new HistoryChanged(`event ${head.revision} of project ${this.projectId} is another now`);
        seen = true;
        continue;
      }
      if (event.revision !== head.revision + 1 || event.previousHash !== head.hash) throw this.broken(event, head.revision, from);
      if (place && isAfter(place, event)) return { events, following: event };
      events.push(event);
      head = headOf(event);
      if (events.length >= count) break;
    }
    if (!seen) throw new HistoryChanged(`project ${this.projectId} has no event ${head.revision} any more`);
    return { events };
  }

  /** A link that does not hold: next to a snapshot it may be that the history is another now; between two events just read the chain is broken. */
  private broken(event: Envelope, after: number, from: Snapshot): Error {
    const message = `event ${event.revision} of project ${this.projectId} does not follow event ${after}`;
    return after === from.head.revision && after !== GENESIS.revision ? new HistoryChanged(message) : new ChainBroken(message);
  }
}
