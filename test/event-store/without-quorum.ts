import type { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import type { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { failure } from './kurrentdb-pair';

/** The most connections of a store, also after ten minutes without quorum. */
export const MOST_CONNECTIONS = 10;
const TEN_MINUTES_MS = 600_000;

interface Options {
  readonly server: KurrentStandIn;
  readonly store: KurrentEventStore;
  readonly apartMs: number;
  pass(timeMs: number): Promise<void>;
}

/** Ten minutes without quorum: calls of every kind, each of which fails. */
export async function withoutQuorum({ server, store, apartMs, pass }: Options): Promise<void> {
  server.faults.notReady = Infinity;
  for (let attempt = 0; attempt < TEN_MINUTES_MS / apartMs; attempt += 1) {
    await pass(apartMs);
    await failure(all(store.read('shop')));
    if (attempt % 10 === 0) {
      await failure(store.append('shop', 0, history('shop', 2).slice(1)));
      await failure(store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]().next());
    }
  }
  server.faults.notReady = 0;
}
