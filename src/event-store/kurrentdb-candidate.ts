import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { explain, within } from './kurrentdb-failure';
import { CHECK_MS } from './kurrentdb-reachability';

/** How long no other candidate is made after one has failed; doubles with each in a row. */
const LEAST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5_000;

interface Candidate {
  readonly client: KurrentDBClient;
  readonly reached: Promise<void>;
  /** Aborts when it is left. */
  readonly left: AbortController;
}

/**
 * A client beside the one in use, to see whether a new one would reach the server: only then is it worth leaving the old one. It is asked nothing that
 * its native half would answer, so it keeps no socket when it is left. There is one at a time, also while its search for a leader takes long.
 */
export class KurrentCandidate {
  private candidate: Candidate | undefined;
  private failures = 0;
  private notBeforeMs = 0;
  private lastReason: string | undefined;

  /** `assertServed` resolves when the server serves the client, and rejects with why not. */
  constructor(
    private readonly create: () => KurrentDBClient,
    private readonly assertServed: (client: KurrentDBClient, signal: AbortSignal) => Promise<void>,
  ) {}

  /** Why the last one could not reach the server, as far as the client says. */
  get reason(): string | undefined {
    return this.lastReason;
  }

  /** A client that has reached the server just now, for the caller to keep; undefined if none has. Not to be called again meanwhile. */
  async take(): Promise<KurrentDBClient | undefined> {
    if (this.candidate === undefined && performance.now() < this.notBeforeMs) return undefined;
    const candidate = (this.candidate ??= this.open());
    try {
      await within(CHECK_MS, candidate.reached);
    } catch (error) {
      this.lastReason = explain(error);
      return undefined;
    }
    if (this.candidate !== candidate) return undefined;
    this.candidate = undefined;
    this.lastReason = undefined;
    this.failures = 0;
    return candidate.client;
  }

  /** A search that is still under way then ends with the next answer, or time-out, of a node. */
  async close(): Promise<void> {
    const { candidate } = this;
    this.candidate = undefined;
    candidate?.left.abort();
    await candidate?.client.dispose();
  }

  private open(): Candidate {
    const client = this.create();
    const left = new AbortController();
    const candidate = { client, reached: this.assertServed(client, left.signal), left };
    candidate.reached.catch(() => this.failed(candidate));
    return candidate;
  }

  private failed(candidate: Candidate): void {
    if (this.candidate !== candidate) return;
    this.candidate = undefined;
    this.notBeforeMs = performance.now() + Math.min(LEAST_PAUSE_MS * 2 ** this.failures, MOST_PAUSE_MS);
    this.failures += 1;
    void candidate.client.dispose();
  }
}
