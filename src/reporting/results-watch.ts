import { PulledItems } from '../concurrency/pulled-items';
import { atTime } from '../concurrency/timers';
import type { Cursor } from '../domain/cursor';
import { canonical, sha256 } from '../domain/json';
import type { NoPast } from './experiment-past';
import type { Report } from './experiment-results';

/** The results of an experiment are other ones than before. */
export interface ResultsMoved {
  readonly projectId: string;
  readonly id: string;
  readonly cursor: Cursor;
  readonly receivedUpToMs: number;
  readonly digest: string;
}

export interface ResultsWatchOptions {
  /** What an experiment shows now. */
  readonly report: (asked: { readonly projectId: string; readonly id: string }) => Promise<Report | NoPast>;
  /** How often results are looked at, at most: they are of whole minutes, so more often would find nothing. */
  readonly everyMs?: number;
  readonly limits: { readonly experiments: number; readonly subscribers: number; readonly perOwner: number };
  /** Called when results could not be read; they are read again later. */
  readonly onFailure: (error: unknown) => void;
}

export interface Watching {
  readonly projectId: string;
  readonly id: string;
  readonly owner: string;
  /** UTC milliseconds by the machine's clock: it ends then. */
  readonly expiresAt: number;
}

/** There is no room for one more; the message says what to do. */
export class TooManyWatched extends Error {}

const EVERY_MS = 60_000;
/** Looking takes at most this part of the time. */
const SHARE = 0.02;

interface Watched {
  readonly subscribers: Set<Subscription>;
  last: { readonly fingerprint: string; readonly item: ResultsMoved } | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Says when results of experiments have moved. However many subscribe, each experiment is looked at once a minute at most, and not at all while there is no subscriber;
 * one that reads slowly is given the newest alone.
 */
export class ResultsWatch {
  private readonly watched = new Map<string, Watched>();
  private readonly owners = new Map<string, number>();
  private readonly everyMs: number;

  constructor(private readonly options: ResultsWatchOptions) {
    this.everyMs = options.everyMs ?? EVERY_MS;
  }

  /** The first item says what the results are now. Throws `TooManyWatched`. */
  follow({ projectId, id, owner, expiresAt }: Watching): AsyncIterableIterator<ResultsMoved, undefined> {
    const { limits } = this.options;
    const [all, held] = [[...this.owners.values()].reduce((sum, count) => sum + count, 0), this.owners.get(owner) ?? 0];
    const key = `${projectId}\n${id}`;
    if (held >= limits.perOwner) throw new TooManyWatched(`This token follows ${held} results, which is the limit. End one first.`);
    if (all >= limits.subscribers || (this.watched.size >= limits.experiments && !this.watched.has(key)))
      throw new TooManyWatched('This server follows as many results as it may. Try another, or later.');
    const watched: Watched = this.watched.get(key) ?? { subscribers: new Set(), last: undefined, timer: undefined };
    const subscription = new Subscription(expiresAt, () => this.leave(key, watched, owner, subscription));
    this.owners.set(owner, held + 1);
    watched.subscribers.add(subscription);
    if (watched.last !== undefined) subscription.offer(watched.last.item);
    if (!this.watched.has(key)) {
      this.watched.set(key, watched);
      void this.look(watched, { projectId, id });
    }
    return subscription;
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const { subscribers } of [...this.watched.values()]) for (const subscription of [...subscribers]) void subscription.return();
  }

  private leave(key: string, watched: Watched, owner: string, subscription: Subscription): void {
    if (!watched.subscribers.delete(subscription)) return;
    const left = (this.owners.get(owner) ?? 1) - 1;
    if (left === 0) this.owners.delete(owner);
    else this.owners.set(owner, left);
    if (watched.subscribers.size > 0) return;
    clearTimeout(watched.timer);
    this.watched.delete(key);
  }

  private async look(watched: Watched, asked: { readonly projectId: string; readonly id: string }): Promise<void> {
    const begun = performance.now();
    try {
      const report = await this.options.report(asked);
      if (typeof report !== 'string') this.found(watched, asked, report);
    } catch (error) {
      this.options.onFailure(error);
    }
    if (watched.subscribers.size === 0) return;
    const waitMs = Math.max(this.everyMs, (performance.now() - begun) / SHARE);
    watched.timer = setTimeout(() => void this.look(watched, asked), waitMs).unref();
  }

  private found(watched: Watched, asked: { readonly projectId: string; readonly id: string }, report: Report): void {
    const fingerprint = fingerprintOf(report);
    if (watched.last?.fingerprint === fingerprint) return;
    const { cursor, receivedUpToMs, digest } = report;
    const item = { ...asked, cursor, receivedUpToMs, digest };
    watched.last = { fingerprint, item };
    for (const subscription of watched.subscribers) subscription.offer(item);
  }
}

/** A digest of all that is shown but the time itself, with which the digest of a report always changes. */
function fingerprintOf({ input, results: { days, closed, checks, conclusions } }: Report): string {
  return sha256(canonical({ input: { ...input, atMs: 0 }, days, closed, checks, conclusions } as never));
}

class Subscription extends PulledItems<ResultsMoved> {
  private newest: ResultsMoved | undefined;
  private readonly expiry: NodeJS.Timeout;

  constructor(
    expiresAt: number,
    private readonly leave: () => void,
  ) {
    super();
    this.expiry = atTime(expiresAt, () => this.end());
  }

  offer(item: ResultsMoved): void {
    this.newest = item;
    if (this.isAsked) this.onAsked();
  }

  protected override onAsked(): void {
    const { newest } = this;
    if (newest === undefined) return;
    this.newest = undefined;
    this.give(newest);
  }

  protected override onEnded(): void {
    clearTimeout(this.expiry);
    this.leave();
  }
}
