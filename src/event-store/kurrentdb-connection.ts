import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { StoreUnavailable } from './event-store';
import { KurrentCandidate } from './kurrentdb-candidate';
import { foundNoLeader, TimedOut } from './kurrentdb-failure';
import { assertServed, hasRecovered } from './kurrentdb-reachability';
import { clientAddress } from './kurrentdb-url';

export type KurrentLibrary = typeof import('@kurrent/kurrentdb-client');

/**
 * How long a client that took another's place stays, whatever happens: twice as long with each in a row, since one that has read keeps a socket
 * for good when it is left. One that has read after so long ends the row.
 */
const LEAST_STAY_MS = 500;
const MOST_STAY_MS = 4_000;
const STEADY_MS = 10_000;

/** A client and its calls. `lost` aborts when they are left: its subscriptions then end without a word. */
export interface Lease {
  readonly client: KurrentDBClient;
  readonly lost: AbortSignal;
  /** It has read just now. */
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

interface Current {
  readonly client: KurrentDBClient;
  readonly sinceMs: number;
  lease: Lease;
  /** Ends the lease. */
  end: AbortController;
}

/**
 * The client in use. A client restores a lost connection by itself, so replacing it would only end its calls and subscriptions. It is replaced where
 * a new client reaches the server and this one does not: one that found no server at its first read, or once found no leader, or whose leader
 * hangs, never recovers.
 */
export class KurrentConnection {
  /** For reads, whose native part takes the user's name and password from the address as they are written there. */
  readonly credentials: { readonly credentials?: { readonly username: string; readonly password: string } };
  private readonly url: string;
  private current: Current | undefined;
  private readonly candidate: KurrentCandidate;
  private recovering: Promise<boolean> | undefined;
  /** How many clients in a row have taken another's place and did not stay. */
  private replaced = 0;
  private replacedAtMs = Number.NEGATIVE_INFINITY;
  private readonly leaving = new Set<Promise<void>>();
  private closed = false;
  private failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly library: KurrentLibrary,
    url: string,
  ) {
    const address = clientAddress(url);
    this.url = address.url;
    this.credentials = address.credentials === undefined ? {} : { credentials: address.credentials };
    this.candidate = new KurrentCandidate(
      () => this.client(),
      (client, signal) => assertServed(client, library, signal),
    );
    // An address that the client does not understand is reported at the start, not with the first command.
    this.use(this.client());
  }

  lease(): Lease {
    if (this.current === undefined) throw closedError();
    return this.current.lease;
  }

  /**
   * To be called when a client did not reach the server, or got no answer. Unless it reaches the server by now, another takes its place if that one does.
   * Resolves with whether one of the two does, so that it may be worth trying again.
   */
  async recover({ client }: Lease): Promise<boolean> {
    this.failedAtMs = performance.now();
    if (this.current === undefined) return false;
    if (this.current.client !== client) return true;
    this.recovering ??= this.tryRecovery(client).finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  /**
   * To be called when a call other than a read has failed, or was not answered in time. A client that has learnt who the leader is, or that the server is away,
   * goes on by itself, unless it looked for a leader and found none. If it got no answer all its calls under way are left: it would keep what they hold
   * for ever, and this one may begin something yet. Resolves when the client can be used again.
   */
  async callFailed(lease: Lease, call: Promise<unknown>, error: unknown): Promise<void> {
    this.failedAtMs = performance.now();
    if (!foundNoLeader(error) && !(error instanceof TimedOut)) return;
    void this.recover(lease);
    if (!(error instanceof TimedOut)) return;
    const { client } = lease;
    const disposeIfLeft = (): void => {
      if (this.current?.client !== client) void this.dispose(client);
    };
    call.then(disposeIfLeft, disposeIfLeft);
    const { current } = this;
    if (current?.lease !== lease) return;
    current.end.abort(lostError());
    const renewed = this.leaseOf(client);
    current.lease = renewed.lease;
    current.end = renewed.end;
    await this.dispose(client);
  }

  /** When a call last failed: whatever was seen before may be of a server that was restored from an older copy since. */
  get disturbedAtMs(): number {
    return this.failedAtMs;
  }

  /** Why the server could not be reached when that was last tried, as far as the client says: its reads do not, but its other calls do. */
  get reason(): string | undefined {
    return this.candidate.reason;
  }

  /** Ends all calls under way, also those that a former client begins after it was left. Without it the process would not exit. */
  async close(): Promise<void> {
    this.closed = true;
    this.leave(closedError());
    await this.candidate.close();
    await Promise.all(this.leaving);
  }

  private async tryRecovery(failed: KurrentDBClient): Promise<boolean> {
    if (await hasRecovered(failed, this.library, this.credentials)) return true;
    // A candidate that is made after the end is disposed by no one.
    if (this.closed) return false;
    const stayMs = Math.min(LEAST_STAY_MS * 2 ** (this.replaced - 1), MOST_STAY_MS);
    if (performance.now() - this.replacedAtMs < stayMs) return false;
    const client = await this.candidate.take();
    if (client === undefined) return false;
    if (this.closed) {
      await this.dispose(client);
      return false;
    }
    this.leave(lostError());
    this.use(client);
    this.replaced += 1;
    this.replacedAtMs = performance.now();
    return true;
  }

  private use(client: KurrentDBClient): void {
    this.current = { client, sinceMs: performance.now(), ...this.leaseOf(client) };
  }

  private leaseOf(client: KurrentDBClient): Pick<Current, 'lease' | 'end'> {
    const end = new AbortController();
    return { end, lease: { client, lost: end.signal, works: () => this.works(client) } };
  }

  private works(client: KurrentDBClient): void {
    if (this.current?.client === client && performance.now() - this.current.sinceMs > STEADY_MS) this.replaced = 0;
  }

  private client(): KurrentDBClient {
    try {
      return this.library.KurrentDBClient.connectionString(this.url);
    } catch {
      // Its message may quote the whole address, with the password.
      throw new Error('the client of KurrentDB does not understand the address in EVENT_STORE: check its hosts, its options and its files');
    }
  }

  private leave(reason: StoreUnavailable): void {
    const { current } = this;
    if (current === undefined) return;
    this.current = undefined;
    current.end.abort(reason);
    void this.dispose(current.client);
  }

  private dispose(client: KurrentDBClient): Promise<void> {
    const left = client.dispose().finally(() => this.leaving.delete(left));
    this.leaving.add(left);
    return left;
  }
}

function lostError(): StoreUnavailable {
  return new StoreUnavailable('the connection to KurrentDB was lost');
}

function closedError(): StoreUnavailable {
  return new StoreUnavailable('the event store has been closed');
}
