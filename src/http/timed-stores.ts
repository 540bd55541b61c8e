import type { EventStore } from '../event-store/event-store';
import type { ReadModel } from '../read-model/read-model';

/** Called when a call has ended: how long it took, in seconds, and with what it failed, if it did. Must not throw. */
export type ObserveCall = (operation: string, outcome: 'ok' | 'error', seconds: number, error?: unknown) => void;

/**
 * The store with each append and each read of a stream timed: a read from when its first event was asked for until its end, so with what its
 * reader does in between. Subscriptions have no end, and are not timed.
 */
export function timedStore(store: EventStore, observe: ObserveCall): EventStore {
  async function* read(...call: Parameters<EventStore['read']>): ReturnType<EventStore['read']> {
    const end = begin(observe, 'read');
    try {
      yield* store.read(...call);
    } catch (error) {
      end(error);
      throw error;
    } finally {
      // Also where its reader leaves early.
      end();
    }
  }
  return {
    get appendLimitBytes() {
      return store.appendLimitBytes;
    },
    ledgerId: () => store.ledgerId(),
    append: (...call) => timed(observe, 'append', () => store.append(...call)),
    read,
    ...(store.confirmEnd ? { confirmEnd: (...call) => timed(observe, 'confirmEnd', () => store.confirmEnd!(...call)) } : {}),
    readAll: (...call) => store.readAll(...call),
    subscribe: (after, signal) => store.subscribe(after, signal),
    heads: () => store.heads(),
    anchored: (position) => store.anchored(position),
    ...(store.recall ? { recall: (known) => store.recall!(known) } : {}),
    ...(store.clockMs ? { clockMs: () => store.clockMs!() } : {}),
    close: () => store.close(),
  };
}

/** The read model with each of its calls timed. */
export function timedReadModel(readModel: ReadModel, observe: ObserveCall): ReadModel {
  const { stored, checkpoints } = readModel;
  return {
    checkpoints,
    stored: {
      checkpoints: (projectIds) => timed(observe, 'standings', () => stored.checkpoints(projectIds)),
      get: (projectId, collection, ids) => timed(observe, 'get', () => stored.get(projectId, collection, ids)),
      projectIds: () => timed(observe, 'projectIds', () => stored.projectIds()),
      clear: (projectId) => timed(observe, 'clear', () => stored.clear(projectId)),
    },
    commit: (batch) => timed(observe, 'commit', () => readModel.commit(batch)),
    checkpoint: (projectId) => timed(observe, 'checkpoint', () => readModel.checkpoint(projectId)),
    checkpointsOf: (projectIds) => timed(observe, 'standings', () => readModel.checkpointsOf(projectIds)),
    get: (projectId, collection, ids) => timed(observe, 'get', () => readModel.get(projectId, collection, ids)),
    getOfEach: (projectIds, collection) => timed(observe, 'get', () => readModel.getOfEach(projectIds, collection)),
    list: (projectId, query) => timed(observe, 'list', () => readModel.list(projectId, query)),
    lists: (projectId, queries) => timed(observe, 'list', () => readModel.lists(projectId, queries)),
    log: (projectId, query) => timed(observe, 'log', () => readModel.log(projectId, query)),
    projectIds: () => timed(observe, 'projectIds', () => readModel.projectIds()),
    close: () => readModel.close(),
  };
}

/** The call, timed. */
export async function timed<T>(observe: ObserveCall, operation: string, call: () => Promise<T>): Promise<T> {
  const end = begin(observe, operation);
  try {
    const result = await call();
    end();
    return result;
  } catch (error) {
    end(error);
    throw error;
  }
}

/** Answers what the end of the call is reported with; what it is called with first counts. */
function begin(observe: ObserveCall, operation: string): (error?: unknown) => void {
  const began = performance.now();
  let ended = false;
  return (error) => {
    if (ended) return;
    ended = true;
    observe(operation, error === undefined ? 'ok' : 'error', (performance.now() - began) / 1_000, error);
  };
}
