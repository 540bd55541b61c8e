import { type ReadModel, ReadModelUnavailable } from '../read-model/read-model';
import type { Envelope } from '../domain/event';
import type { DamagedRecord, EventStore, Position, StreamHead } from '../event-store/event-store';
import type { ProjectionLag } from './projection-lag';
import { ProjectBatcher } from './project-batcher';
import type { ProjectionWorker } from './projection-worker';
import { ProgressMeter, type Progress } from './build';
import type { Findings } from './resuming';
import type { ProjectorObserver } from './status';
import type { Follower } from './follower';

export interface SubscriptionRunOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'heads'>;
  readonly readModel: Pick<ReadModel, 'stored' | 'checkpoints'>;
  readonly observer?: ProjectorObserver;
  readonly lag: ProjectionLag;
  readonly worker: ProjectionWorker;
  /** Present where another instance projects: its progress is followed instead. */
  readonly follower: Follower | undefined;
  readonly from: Position | undefined;
  readonly signal: AbortSignal;
  /** Called with the progress of the catch-up. */
  readonly onProgress?: (progress: Progress) => void;
  /** All up to this position has been handled; since the last one, or the beginning, this was found. */
  readonly onHandled: (position: Position, findings: Findings) => void;
  readonly onWorking: () => void;
  /** Called when the end of history is reached and the read model shows all of it. */
  readonly onLive: () => void;
  /** Called between two pieces of work: yields to the event loop, or throws to stop. */
  readonly pause: () => Promise<void>;
}

/** The most chunks of history collected at once; the stores bound a chunk, so this bounds memory. */
const MAX_CHUNKS = 40;

/**
 * One subscription to the store, from a position until the signal or an error ends it: history, a comparison of all heads with the read model, then
 * new events.
 */
export async function runSubscription(options: SubscriptionRunOptions): Promise<void> {
  const { store, observer, lag, worker, follower, signal, onProgress } = options;
  const meter = onProgress && new ProgressMeter(onProgress);
  const batcher = new ProjectBatcher({ handle: handlerFor(options), pause: options.pause });
  let history = true;
  let chunks = 0;
  let collected: ReadPart | undefined;
  let [heads, damaged] = [new Map<string, Envelope>(), [] as DamagedRecord[]];
  let handled = Promise.resolve();
  /** Projects whose streams hold a record that no ledger wrote. */
  const touched = new Set<string>();
  const handle = async ({ events, left, position }: ReadPart, findings: Findings): Promise<void> => {
    await batcher.drained();
    options.onHandled(position, findings);
    if (history) meter?.add(events, left);
    options.onWorking();
  };
  if (lag.comparedIn !== options.readModel.checkpoints.currentEpoch && !follower) await worker.prepare();
  try {
    for await (const { events, caughtUp, damaged: records = [], position, left } of store.subscribe(options.from, signal)) {
      // Events from before this process started are not live.
      if (lag.isHistoryDone && events.length > 0) observer?.delivered?.(events);
      for (const { event } of events) {
        lag.observe(event);
        heads.set(event.projectId, event);
        const room = batcher.add(event);
        if (room) await room;
      }
      for (const record of records) {
        damaged.push(record);
        if (!lag.observeDamage(record) && !follower) worker.warnOfStray(record);
        touched.add(record.projectId);
      }
      chunks += 1;
      const reached = position ?? events.at(-1)?.position;
      if (reached !== undefined) collected = { events: (collected?.events ?? 0) + events.length, left, position: reached };
      if (caughtUp || !history || chunks >= MAX_CHUNKS) {
        await batcher.flush();
        await handled;
        // Of what has been read, and not of what is read while this is handled.
        if (collected) {
          handled = handle(collected, { heads, damaged });
          [heads, damaged] = [new Map(), []];
        }
        [chunks, collected] = [0, undefined];
        // The next chunks of history are read while the ones before are handled.
        if (history && !caughtUp) handled.catch(() => {});
        else await handled;
      }
      if (touched.size > 0 && (caughtUp || !history)) {
        await batcher.drained();
        for (const projectId of touched) if (lag.hasEvents(projectId) && !follower) worker.stopAtDamage(projectId);
        touched.clear();
      }
      if (history && caughtUp) {
        history = false;
        lag.isHistoryDone = true;
        await compareHeads(options, () => (meter?.tell(), options.onLive()));
      }
      await options.pause();
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } finally {
    // No work of this run may overlap the next one; its error has been thrown already, or another one ended the run.
    await Promise.allSettled([handled, batcher.drained()]);
  }
}

/** A part of what was read, which is handled together. */
interface ReadPart {
  readonly events: number;
  readonly left: number | undefined;
  readonly position: Position;
}

function handlerFor({ worker, follower }: SubscriptionRunOptions): (projectId: string, events: readonly Envelope[]) => Promise<void> {
  if (!follower) return (projectId, events) => worker.project(projectId, events);
  return async (projectId, events) => follower.expect(projectId, events.at(-1)!.revision, events.at(-1)!.hash);
}

/** Compares the heads with the read model; `onLive` is called when the read model shows all of them. */
async function compareHeads(
  { store, readModel, worker, lag, follower, signal }: SubscriptionRunOptions,
  onLive: () => void,
): Promise<void> {
  const { currentEpoch: epoch } = readModel.checkpoints;
  // Nothing may have been lost since all were compared: so only what is not seen to be shown.
  const isKnown = lag.comparedIn === epoch;
  // Read before the heads, so that every shown project was in the store by then.
  const shown = follower || isKnown ? [] : await readModel.stored.projectIds();
  const heads = isKnown ? lag.unshown : await headsOf(store);
  const end = (): void => {
    lag.comparedIn = epoch;
    onLive();
  };
  if (follower) {
    for (const { projectId, revision, hash } of heads) follower.expect(projectId, revision, hash);
    void follower.whenIdle().then(() => (signal.aborted ? undefined : end()));
  } else {
    await worker.compare(heads, shown);
    signal.throwIfAborted();
    end();
  }
}

async function headsOf(store: Pick<EventStore, 'heads'>): Promise<readonly StreamHead[]> {
  const heads: StreamHead[] = [];
  for await (const head of store.heads()) heads.push(head);
  return heads;
}

/** Leadership has changed: the next run continues from the last position, beginning with a comparison. */
export class LeadershipChanged extends Error {}

/** Acknowledged batches may be lost: the next run continues from the last position, beginning with a comparison. */
export class Invalidated extends ReadModelUnavailable {}
