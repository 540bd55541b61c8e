import { LRUCache } from 'lru-cache';
import { tokenOf, type Caller } from '../application/caller';

/** Requests a minute. */
export interface RateLimits {
  /** Requests with one token from one address. A token with another role than `app` is a server's, and only counted as a whole. */
  readonly perClient: number;
  readonly perToken: number;
}

/** Too many requests; the message says when to try again. */
export class TooManyRequests extends Error {
  constructor(
    readonly retryAfterSeconds: number,
    limit: number,
    whose: string,
  ) {
    super(`There are more than ${limit} requests a minute ${whose}: try again in ${retryAfterSeconds} s.`);
  }
}

const REMEMBERED_CLIENTS = 50_000;
const WINDOW_MS = 60_000;

/** How a caller is counted. */
interface Counted {
  readonly token: string;
  /** Whether the token is in pages and apps, where each address is one user's. */
  readonly isOfPages: boolean;
}

interface Window {
  readonly endsAtMs: number;
  requests: number;
}

/** Counts the requests of apps, of whatever route, by minutes that begin with the first request of a token or client. */
export class RateLimiter {
  private readonly windows = new LRUCache<string, Window>({ max: REMEMBERED_CLIENTS });
  /** A caller whose token is remembered is the same object for each request. */
  private readonly callers = new WeakMap<Caller, Counted>();

  /** `nowMs` only ever goes forward. */
  constructor(
    private readonly limits: RateLimits,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Counts a request. Throws `TooManyRequests`. The address is only asked for where it matters. */
  take(caller: Caller, address: () => string): void {
    const { perClient, perToken } = this.limits;
    let counted = this.callers.get(caller);
    if (counted === undefined) this.callers.set(caller, (counted = { token: `token ${tokenOf(caller)}`, isOfPages: isOfPages(caller) }));
    this.count(counted.token, perToken, 'with this token');
    if (counted.isOfPages) this.count(`${counted.token} at ${address()}`, perClient, 'from this address');
  }

  private count(whose: string, limit: number, words: string): void {
    const nowMs = this.nowMs();
    let window = this.windows.get(whose);
    if (window === undefined || window.endsAtMs <= nowMs) {
      window = { endsAtMs: nowMs + WINDOW_MS, requests: 0 };
      this.windows.set(whose, window);
    }
    window.requests += 1;
    if (window.requests > limit) throw new TooManyRequests(Math.ceil((window.endsAtMs - nowMs) / 1_000), limit, words);
  }
}

function isOfPages({ grants }: Caller): boolean {
  for (const roles of grants.values()) for (const role of roles) if (role !== 'app') return false;
  return true;
}
