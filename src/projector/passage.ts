import type { Envelope } from '../domain/event';
import type { EventStore, Position, Recorded, StreamHead } from '../event-store/event-store';
import type { ReadModel } from '../read-model/read-model';
import type { Frontier } from './frontier';
import type { Leading } from './leading';
import { ProgressMeter, type Progress } from './progress';
import type { ProjectorObserver } from './status';
import type { Watch } from './watch';

export interface PassageOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'heads'>;
  readonly readModel: Pick<ReadModel, 'projectIds'>;
  readonly observer?: ProjectorObserver;
  readonly frontier: Frontier;
  readonly leading: Leading;
  /** In place of projecting, where another instance does that. */
  readonly watch: Watch | undefined;
  readonly from: Position | undefined;
  readonly signal: AbortSignal;
  /** Told how far history has come; absent: nobody wants to know. */
  readonly onProgress?: (progress: Progress) => void;
  /** All up to this position has been handled. */
  readonly onHandled: (position: Position) => void;
  readonly onWorking: () => void;
  /** The end of history was reached, and the read model shows all that it is to show. */
  readonly onLive: () => void;
  /** Called between chunks: to let others have a turn, or to stop by throwing. */
  readonly pause: () => Promise<void>;
}

/** So much of history is projected together; the stores bound a chunk, so this bounds the memory it takes as well. */
const CHUNKS_AT_ONCE = 40;

/**
 * One subscription to the store, from a position until the signal or trouble ends it: history, a comparison of all heads with the read model, then
 * what is appended.
 */
export async function pass(options: PassageOptions): Promise<void> {
  const { store, observer, watch, signal, onProgress } = options;
  const meter = onProgress && new ProgressMeter(eventsIn(await headsOf(store)), onProgress);
  let history = true;
  let chunks = 0;
  let pending: Recorded[] = [];
  let working: Promise<void> | undefined;
  const work = (): Promise<void> => {
    const events = pending;
    [pending, chunks] = [[], 0];
    if (events.length === 0) return Promise.resolve();
    // What was there before this process is history, and no news.
    if (options.frontier.past) observer?.delivered?.(events);
    return handle(events, options).then(() => {
      options.onHandled(events.at(-1)!.position);
      if (history) meter?.add(events.length);
      options.onWorking();
    });
  };
  try {
    for await (const chunk of store.subscribe(options.from, signal)) {
      for (const recorded of chunk.events) pending.push(recorded);
      chunks += 1;
      // Chunks of history are put together: one batch for many events of a project costs little more than one for a single event.
      if (chunk.caughtUp || !history || chunks === CHUNKS_AT_ONCE) {
        await working;
        working = work();
        // While some of history is projected, perhaps into a read model elsewhere, the next of it is read.
        if (history && !chunk.caughtUp) working.catch(() => {});
        else await working;
      }
      if (history && chunk.caughtUp) {
        history = false;
        options.frontier.past = true;
        const live = (): void => (meter?.tell(), options.onLive());
        // Before the heads: what is shown was in the store by then.
        const shown = watch ? [] : await options.readModel.projectIds();
        const heads = await headsOf(store);
        if (watch) {
          for (const { projectId, revision } of heads) watch.expect(projectId, revision);
          void watch.whenIdle().then(() => (signal.aborted ? undefined : live()));
        } else {
          await options.leading.compare(heads, shown);
          signal.throwIfAborted();
          live();
        }
      }
      await options.pause();
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } finally {
    // Nothing of it goes on behind the back of the next passage. How it ended has been told, or this one has ended for another reason.
    await working?.catch(() => {});
  }
}

async function handle(recorded: readonly Recorded[], { frontier, leading, watch }: PassageOptions): Promise<void> {
  const projects = new Map<string, Envelope[]>();
  for (const { event } of recorded) {
    frontier.heard(event);
    const events = projects.get(event.projectId);
    if (events) events.push(event);
    else projects.set(event.projectId, [event]);
  }
  if (!watch) return leading.project(projects);
  for (const [projectId, events] of projects) watch.expect(projectId, events.at(-1)!.revision);
}

async function headsOf(store: Pick<EventStore, 'heads'>): Promise<readonly StreamHead[]> {
  const heads: StreamHead[] = [];
  for await (const head of store.heads()) heads.push(head);
  return heads;
}

const eventsIn = (heads: readonly StreamHead[]): number => heads.reduce((sum, { revision }) => sum + revision + 1, 0);
