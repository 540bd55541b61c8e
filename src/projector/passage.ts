import type { Envelope } from '../domain/event';
import type { DamagedRecord, EventStore, Position, StreamHead } from '../event-store/event-store';
import type { ReadModel } from '../read-model/read-model';
import type { Frontier } from './frontier';
import { Gathering } from './gathering';
import type { Leading } from './leading';
import { ProgressMeter, type Progress } from './progress';
import type { Findings } from './resuming';
import type { ProjectorObserver } from './status';
import type { Watch } from './watch';

export interface PassageOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'heads'>;
  readonly readModel: Pick<ReadModel, 'stored' | 'checkpoints'>;
  readonly observer?: ProjectorObserver;
  readonly frontier: Frontier;
  readonly leading: Leading;
  /** In place of projecting, where another instance does that. */
  readonly watch: Watch | undefined;
  readonly from: Position | undefined;
  readonly signal: AbortSignal;
  /** Told how far history has come; absent: nobody wants to know. */
  readonly onProgress?: (progress: Progress) => void;
  /** All up to this position has been handled; since the last one, or the beginning, this was found. */
  readonly onHandled: (position: Position, findings: Findings) => void;
  readonly onWorking: () => void;
  /** The end of history was reached, and the read model shows all that it is to show. */
  readonly onLive: () => void;
  /** Called between two pieces of work: to let others have a turn, or to stop by throwing. */
  readonly pause: () => Promise<void>;
}

/** So much of history is gathered at most; the stores bound a chunk, so this bounds the memory it takes as well. */
const CHUNKS_AT_ONCE = 40;

/**
 * One subscription to the store, from a position until the signal or trouble ends it: history, a comparison of all heads with the read model, then
 * what is appended.
 */
export async function pass(options: PassageOptions): Promise<void> {
  const { store, observer, frontier, leading, watch, signal, onProgress } = options;
  const meter = onProgress && new ProgressMeter(onProgress);
  const gathering = new Gathering({ handle: handling(options), pause: options.pause });
  let history = true;
  let chunks = 0;
  let gathered: Gathered | undefined;
  let [heads, damaged] = [new Map<string, Envelope>(), [] as DamagedRecord[]];
  let handled = Promise.resolve();
  /** Projects in whose streams a record was met that no ledger wrote. */
  const touched = new Set<string>();
  const handle = async ({ events, left, position }: Gathered, findings: Findings): Promise<void> => {
    await gathering.settled();
    options.onHandled(position, findings);
    if (history) meter?.add(events, left);
    options.onWorking();
  };
  if (frontier.comparedIn !== options.readModel.checkpoints.now && !watch) await leading.begin();
  try {
    for await (const { events, caughtUp, damaged: records = [], position, left } of store.subscribe(options.from, signal)) {
      // What was there before this process is history, and no news.
      if (frontier.past && events.length > 0) observer?.delivered?.(events);
      for (const { event } of events) {
        frontier.heard(event);
        heads.set(event.projectId, event);
        const room = gathering.take(event);
        if (room) await room;
      }
      for (const record of records) {
        damaged.push(record);
        if (!frontier.damaged(record) && !watch) leading.warnOfStray(record);
        touched.add(record.projectId);
      }
      chunks += 1;
      const reached = position ?? events.at(-1)?.position;
      if (reached !== undefined) gathered = { events: (gathered?.events ?? 0) + events.length, left, position: reached };
      if (caughtUp || !history || chunks >= CHUNKS_AT_ONCE) {
        await gathering.beginAll();
        await handled;
        // Of what has been read, and not of what is read while this is handled.
        if (gathered) {
          handled = handle(gathered, { heads, damaged });
          [heads, damaged] = [new Map(), []];
        }
        [chunks, gathered] = [0, undefined];
        // While the end of some history is handled, perhaps into a read model elsewhere, the next of it is read.
        if (history && !caughtUp) handled.catch(() => {});
        else await handled;
      }
      if (touched.size > 0 && (caughtUp || !history)) {
        await gathering.settled();
        for (const projectId of touched) if (frontier.knows(projectId) && !watch) leading.stopAtDamage(projectId);
        touched.clear();
      }
      if (history && caughtUp) {
        history = false;
        frontier.past = true;
        await compare(options, () => (meter?.tell(), options.onLive()));
      }
      await options.pause();
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } finally {
    // Nothing of it goes on behind the back of the next passage. How it ended has been told, or this one has ended for another reason.
    await Promise.allSettled([handled, gathering.settled()]);
  }
}

/** Some of what was read, which is handled as one. */
interface Gathered {
  readonly events: number;
  readonly left: number | undefined;
  readonly position: Position;
}

function handling({ leading, watch }: PassageOptions): (projectId: string, events: readonly Envelope[]) => Promise<void> {
  if (!watch) return (projectId, events) => leading.project(projectId, events);
  return async (projectId, events) => watch.expect(projectId, events.at(-1)!.revision, events.at(-1)!.hash);
}

/** Of the heads with what the read model shows; `onLive` is called when it shows all that it is to show. */
async function compare({ store, readModel, leading, frontier, watch, signal }: PassageOptions, onLive: () => void): Promise<void> {
  const { now: epoch } = readModel.checkpoints;
  // Nothing may have been lost since all were compared: so only what is not seen to be shown.
  const isKnown = frontier.comparedIn === epoch;
  // Before the heads: what is shown was in the store by then.
  const shown = watch || isKnown ? [] : await readModel.stored.projectIds();
  const heads = isKnown ? frontier.unshown : await headsOf(store);
  const end = (): void => {
    frontier.comparedIn = epoch;
    onLive();
  };
  if (watch) {
    for (const { projectId, revision, hash } of heads) watch.expect(projectId, revision, hash);
    void watch.whenIdle().then(() => (signal.aborted ? undefined : end()));
  } else {
    await leading.compare(heads, shown);
    signal.throwIfAborted();
    end();
  }
}

async function headsOf(store: Pick<EventStore, 'heads'>): Promise<readonly StreamHead[]> {
  const heads: StreamHead[] = [];
  for await (const head of store.heads()) heads.push(head);
  return heads;
}
