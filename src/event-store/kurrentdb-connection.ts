import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { StoreUnavailable } from './event-store';
import { clientUrl } from './kurrentdb-url';

export type KurrentLibrary = typeof import('@kurrent/kurrentdb-client');

/** A client is not replaced before it is so old, in milliseconds: many reads that fail at once shall not make as many clients. */
const LEAST_AGE = 250;

/** A client as long as it is the current one. `lost` aborts when it is not any more: its subscriptions then end without a word. */
export interface Lease {
  readonly client: KurrentDBClient;
  readonly lost: AbortSignal;
}

/** The client is an optional dependency, with a native part: it is loaded only when the settings name a KurrentDB. */
export async function loadLibrary(): Promise<KurrentLibrary> {
  try {
    return await import('@kurrent/kurrentdb-client');
  } catch (error) {
    throw new Error(
      `the client of KurrentDB, an optional dependency, cannot be loaded: npm install @kurrent/kurrentdb-client (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/**
 * The client in use, which is replaced when it is of no more use: its reads stay unavailable for good if the server was away
 * when they were first needed, and it keeps for ever what a server that hangs owes it.
 */
export class KurrentConnection {
  private current: { readonly lease: Lease; readonly end: AbortController; readonly since: number } | undefined;
  private readonly leaving = new Set<Promise<void>>();
  private closed = false;

  constructor(
    readonly library: KurrentLibrary,
    private readonly url: string,
  ) {
    // An address that the client does not understand is told at the start, not with the first command.
    this.lease();
  }

  lease(): Lease {
    if (this.closed) throw closedError();
    if (this.current === undefined) {
      const end = new AbortController();
      const client = this.library.KurrentDBClient.connectionString(clientUrl(this.url));
      this.current = { lease: { client, lost: end.signal }, end, since: performance.now() };
    }
    return this.current.lease;
  }

  /** Whether the client was replaced, now or before: if so, it may be worth trying again. */
  giveUp(lease: Lease): boolean {
    if (this.closed) return false;
    if (this.current?.lease !== lease) return true;
    if (performance.now() - this.current.since < LEAST_AGE) return false;
    this.release(new StoreUnavailable('the connection to KurrentDB was lost'));
    return true;
  }

  /** Ends all calls under way. Without it the process would not exit. */
  async close(): Promise<void> {
    this.closed = true;
    this.release(closedError());
    await Promise.all(this.leaving);
  }

  private release(reason: StoreUnavailable): void {
    const current = this.current;
    if (current === undefined) return;
    this.current = undefined;
    current.end.abort(reason);
    const left = current.lease.client.dispose().finally(() => this.leaving.delete(left));
    this.leaving.add(left);
  }
}

function closedError(): StoreUnavailable {
  return new StoreUnavailable('the event store has been closed');
}
