import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import { ChangesDocument, type ChangesSubscription } from '../generated/operations';
import { lookForNewer } from './newer';

export type FeedItem = ChangesSubscription['changes'];
export type LiveState = 'connecting' | 'live' | 'away';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export interface Following {
  readonly project: string;
  /** The last change that the page has seen already. */
  readonly after: string;
  onItem(item: FeedItem): void;
  onState(state: LiveState): void;
  readonly signal: AbortSignal;
}

/**
 * Follows the changes of a project until it is aborted. The client of the socket does not reconnect by itself, since it would
 * ask again from where it once began: each connection goes on behind the last item of the one before.
 */
export async function follow({ project, after, onItem, onState, signal }: Following): Promise<void> {
  let cursor = after;
  let waitMs = FIRST_WAIT_MS;
  let lost = false;
  while (!signal.aborted) {
    onState('connecting');
    const connected = () => {
      onState('live');
      // It may have been restarted with another version.
      if (lost) void lookForNewer();
    };
    const client = createClient({ url: socketAddress(), retryAttempts: 0, on: { connected } });
    const stop = () => void client.dispose();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const items = client.iterate<ChangesSubscription>({ query: print(ChangesDocument), variables: { project, after: cursor } });
      for await (const { data } of items) {
        const item = data?.changes;
        if (item === undefined) break;
        waitMs = FIRST_WAIT_MS;
        onItem(item);
        if (item.__typename !== 'Parked') cursor = item.cursor;
      }
    } catch {
      // Why it ended does not matter: it is opened again, and requests say what is wrong with the session.
    }
    signal.removeEventListener('abort', stop);
    await client.dispose();
    if (signal.aborted) return;
    lost = true;
    onState('away');
    await pause(waitMs, signal);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

function socketAddress(): string {
  const address = new URL('/graphql', window.location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  return address.href;
}

function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, waitMs);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
