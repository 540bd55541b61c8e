import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { StoreUnavailable } from './event-store';
import { explain, within } from './kurrentdb-failure';
import { clientAddress } from './kurrentdb-url';

export type KurrentLibrary = typeof import('@kurrent/kurrentdb-client');

/**
 * A client is not replaced before it is so old, and each replacement in a row doubles that: many reads that fail at once shall not make as many
 * clients. One that has read finds a server that comes back by itself, and keeps a socket for good when it is left; one that never has may never.
 */
const LEAST_AGE_MS = 250;
const MOST_AGE_MS = { thatHasRead: 300_000, thatHasNot: 5_000 };
/** How long a client may take to say why it cannot reach the server. */
const REASON_MS = 1_000;

/** A client as long as it is the current one. `lost` aborts when it is not any more: its subscriptions then end without a word. */
export interface Lease {
  readonly client: KurrentDBClient;
  readonly lost: AbortSignal;
  /** It has read: a server that comes back is found by it again. */
  works(): void;
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
  /** For reads, whose native part takes the user's name and password from the address as they are written there. */
  readonly credentials: { readonly credentials?: { readonly username: string; readonly password: string } };
  private readonly url: string;
  private current: { readonly lease: Lease; readonly end: AbortController; readonly since: number; hasRead: boolean } | undefined;
  /** How many clients in a row were of no use. */
  private useless = 0;
  private readonly former = new Set<KurrentDBClient>();
  private readonly leaving = new Set<Promise<void>>();
  private closed = false;

  constructor(
    readonly library: KurrentLibrary,
    url: string,
  ) {
    const address = clientAddress(url);
    this.url = address.url;
    this.credentials = address.credentials === undefined ? {} : { credentials: address.credentials };
    // An address that the client does not understand is told at the start, not with the first command.
    this.lease();
  }

  lease(): Lease {
    if (this.closed) throw closedError();
    if (this.current === undefined) {
      const end = new AbortController();
      const lease = { client: this.client(), lost: end.signal, works: () => this.hasRead(lease) };
      this.current = { lease, end, since: performance.now(), hasRead: false };
    }
    return this.current.lease;
  }

  /** Whether the client was replaced, now or before: if so, it may be worth trying again. */
  giveUp(lease: Lease): boolean {
    if (this.closed) return false;
    if (this.current?.lease !== lease) return true;
    const mostMs = this.current.hasRead ? MOST_AGE_MS.thatHasRead : MOST_AGE_MS.thatHasNot;
    if (performance.now() - this.current.since < Math.min(LEAST_AGE_MS * 2 ** this.useless, mostMs)) return false;
    this.useless += 1;
    this.release(new StoreUnavailable('the connection to KurrentDB was lost'));
    return true;
  }

  /** Why the server cannot be reached, as far as the client says: its reads do not, but its other calls do. */
  async reason({ client }: Lease): Promise<string | undefined> {
    try {
      // Not declared, and yet what each append begins with.
      await within(REASON_MS, (client as unknown as { readonly capabilities: Promise<unknown> }).capabilities);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  }

  /** Ends all calls under way, also those that a former client began after it was left. Without it the process would not exit. */
  async close(): Promise<void> {
    this.closed = true;
    this.release(closedError());
    await Promise.all(this.leaving);
    await Promise.all([...this.former].map((client) => client.dispose()));
  }

  private hasRead(lease: Lease): void {
    if (this.current?.lease !== lease) return;
    this.current.hasRead = true;
    this.useless = 0;
  }

  private client(): KurrentDBClient {
    try {
      return this.library.KurrentDBClient.connectionString(this.url);
    } catch {
      // Its message may quote the whole address, with the password.
      throw new Error('the client of KurrentDB does not understand the address in EVENT_STORE: check its hosts, its options and its files');
    }
  }

  private release(reason: StoreUnavailable): void {
    const current = this.current;
    if (current === undefined) return;
    this.current = undefined;
    current.end.abort(reason);
    const { client } = current.lease;
    this.former.add(client);
    const left = client.dispose().finally(() => this.leaving.delete(left));
    this.leaving.add(left);
  }
}

function closedError(): StoreUnavailable {
  return new StoreUnavailable('the event store has been closed');
}
