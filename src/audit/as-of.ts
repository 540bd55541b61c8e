import { LRUCache } from 'lru-cache';
import { Limiter } from '../concurrency/limiter';
import type { Checkpoint, ReadModel } from '../read-model/read-model';
import type { HistoryPoint } from './history-point';
import { HistoryChanged, Timeline, type TimelineOptions } from './timeline';

/** One project as it was: a read model that holds nothing else and never changes, and the event up to which it was read. */
export interface View {
  readonly readModel: ReadModel;
  readonly head: Checkpoint;
}

export type AsOfOptions = Omit<TimelineOptions, 'interval'> & {
  /** 250 if not said. */
  readonly interval?: number;
};

const SNAPSHOT_EVENTS = 250;
/** Projects of which snapshots are kept. */
const MAX_PROJECTS = 1_000;
/** Parts of answers that are worked on at a time: they share one thread with everything else, so more would only be slower for each. */
const AT_ONCE = 2;
const WAITING = 500;

/**
 * What a project was, at any point of its history: the documents that the same events give, by the same fold and the same projections, in a
 * read model made for the answer. It reads the ledger, never the live documents, so it needs no waiting for them.
 *
 * So that an answer does not begin at the first event, snapshots are kept along the way, of the projects that were asked for lately, within
 * a number of bytes over all of them. The first question about a long history takes as long as it is, but others have their turns meanwhile.
 */
export class AsOf {
  private readonly timelines: LRUCache<string, Timeline>;
  private readonly options: TimelineOptions;
  private readonly limiter = new Limiter({ atOnce: AT_ONCE, waiting: WAITING });

  constructor(options: AsOfOptions) {
    this.options = { interval: SNAPSHOT_EVENTS, ...options };
    this.timelines = new LRUCache({ max: MAX_PROJECTS, maxSize: Math.max(1, options.bytes) });
  }

  /**
   * undefined: there is no such project. Rejects with `NoSuchPlace` where the history does not have the place, with `TooManyWaiting` when too many ask at
   * once, with `ChainBroken` or `HistoryChanged` where the record does not hold together, with `UpgradeRequired` at an event that this version does not know, and with what the event store rejects with.
   */
  async at(projectId: string, place: HistoryPoint): Promise<View | undefined> {
    try {
      return await this.once(projectId, place);
    } catch (error) {
      if (!(error instanceof HistoryChanged)) throw error;
      this.timelines.delete(projectId);
      return this.once(projectId, place);
    }
  }

  private async once(projectId: string, place: HistoryPoint): Promise<View | undefined> {
    const timeline = this.timelineOf(projectId);
    const snapshot = await timeline.at(place);
    // No one's: anyone could ask for any number of them.
    if (snapshot === undefined) this.timelines.delete(projectId);
    return snapshot && { readModel: snapshot.readModel, head: snapshot.head };
  }

  private timelineOf(projectId: string): Timeline {
    let timeline = this.timelines.get(projectId);
    if (timeline === undefined) {
      timeline = new Timeline(projectId, this.options, this.limiter, (resized) => this.weigh(projectId, resized));
      this.timelines.set(projectId, timeline, { size: 1 });
    }
    return timeline;
  }

  private weigh(projectId: string, timeline: Timeline): void {
    if (this.timelines.peek(projectId) !== timeline) return;
    // Taken out first: the cache does not weigh anew what it has.
    this.timelines.delete(projectId);
    this.timelines.set(projectId, timeline, { size: Math.max(1, timeline.bytes) });
  }
}
