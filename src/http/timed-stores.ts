import type { EventStore } from '../event-store/event-store';
import type { ReadModel } from '../read-model/read-model';

/** Told how long a call took, in seconds, and whether it failed. Must not throw. */
export type ObserveCall = (operation: string, outcome: 'ok' | 'error', seconds: number) => void;

/**
 * The store with each append and each read of a stream timed: a read from when its first event was asked for until its end, so with what its
 * reader does in between. Subscriptions have no end, and are not timed.
 */
export function timedStore(store: EventStore, observe: ObserveCall): EventStore {
  async function* read(...call: Parameters<EventStore['read']>): ReturnType<EventStore['read']> {
    const tell = begin(observe, 'read');
    let outcome: 'ok' | 'error' = 'error';
    try {
      yield* store.read(...call);
      outcome = 'ok';
    } finally {
      tell(outcome);
    }
  }
  return {
    get appendLimit() {
      return store.appendLimit;
    },
    ledgerId: () => store.ledgerId(),
    append: (...call) => timed(observe, 'append', () => store.append(...call)),
    read,
    readAll: (...call) => store.readAll(...call),
    subscribe: (after, signal) => store.subscribe(after, signal),
    heads: () => store.heads(),
    close: () => store.close(),
  };
}

/** The read model with each of its calls timed. */
export function timedReadModel(readModel: ReadModel, observe: ObserveCall): ReadModel {
  return {
    commit: (batch) => timed(observe, 'commit', () => readModel.commit(batch)),
    checkpoint: (projectId) => timed(observe, 'checkpoint', () => readModel.checkpoint(projectId)),
    standings: (projectIds) => timed(observe, 'standings', () => readModel.standings(projectIds)),
    get: (projectId, collection, ids) => timed(observe, 'get', () => readModel.get(projectId, collection, ids)),
    list: (projectId, query) => timed(observe, 'list', () => readModel.list(projectId, query)),
    log: (projectId, query) => timed(observe, 'log', () => readModel.log(projectId, query)),
    projectIds: () => timed(observe, 'projectIds', () => readModel.projectIds()),
    ...(readModel.onDoubt ? { onDoubt: (tell: () => void) => readModel.onDoubt?.(tell) } : {}),
    close: () => readModel.close(),
  };
}

async function timed<T>(observe: ObserveCall, operation: string, call: () => Promise<T>): Promise<T> {
  const tell = begin(observe, operation);
  let outcome: 'ok' | 'error' = 'error';
  try {
    const result = await call();
    outcome = 'ok';
    return result;
  } finally {
    tell(outcome);
  }
}

function begin(observe: ObserveCall, operation: string): (outcome: 'ok' | 'error') => void {
  const began = performance.now();
  return (outcome) => observe(operation, outcome, (performance.now() - began) / 1_000);
}
