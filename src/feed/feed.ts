import { checkProjectId } from '../domain/text';
import type { Recorded } from '../event-store/event-store';
import type { Checkpoint } from '../read-model/read-model';
import { Admission, FeedRefused } from './admission';
import { PageCache } from './page-cache';
import type { ParkedNotice } from './item';
import { type FeedOptions, type Following, filterOf, type FilterRequest } from './options';
import { Ring, type RingLimits } from './ring';
import { noSuchProject, startOf, type Start } from './start';
import { Subscriber } from './subscriber';
import { Waker } from './waker';

export type { FeedOptions, Following } from './options';

interface Channel {
  readonly subscribers: Set<Subscriber>;
  readonly waker: Waker;
  announced: number;
  /** Since when the ring is behind what is shown, on the monotonic clock. */
  lagging: number | undefined;
}

/** How long a subscriber waits for an event to arrive in the ring before it reads it from the store. */
const LAG_MS = 1_000;

const RING: RingLimits = { events: 10_000, bytes: 32 * 1024 * 1024 };

/**
 * The changes of projects, for those who follow them: history first, then live, in order, nothing left out, and never more than what queries already show.
 *
 * It subscribes to nothing: the projector's subscription, the only one of the process, tells it what comes and what is shown. What comes goes into one ring
 * for all; a subscriber is a place in its project's history, and what the ring does not hold it reads from the store.
 */
export class Feed {
  private ring: Ring;
  private readonly history: PageCache;
  private readonly admission: Admission;
  private readonly standing = new Map<string, ParkedNotice>();
  private readonly channels = new Map<string, Channel>();
  private readonly ticking: NodeJS.Timeout;
  private closed = false;

  constructor(private readonly options: FeedOptions) {
    const { heartbeatMs, stallMs, subscriptions, ring = RING, read } = options;
    this.ring = new Ring(ring);
    this.history = new PageCache(read);
    this.admission = new Admission(subscriptions);
    this.ticking = setInterval(() => this.tick(), Math.max(10, Math.min(1_000, heartbeatMs / 4, stallMs / 4))).unref();
  }

  /** How many follow now. */
  get size(): number {
    return this.admission.size;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** How long nothing happens before a subscriber gets a heartbeat. */
  get heartbeatMs(): number {
    return this.options.heartbeatMs;
  }

  /**
   * Checks what can be checked before there is anything to follow, and counts towards the owner's limit until the function that it answers is
   * called. Throws `FeedRefused`.
   */
  admit(following: Pick<Following, 'owner'> & FilterRequest): () => void {
    this.assertOpen();
    filterOf(following);
    return this.admission.enter(following.owner);
  }

  /** Begins to follow. Rejects with `FeedRefused`, or with the error of a store. The caller must take its items, or `leave`. */
  async follow(following: Following): Promise<Subscriber> {
    const { projectId, owner, expiresAt, onEnded = () => {} } = following;
    this.assertOpen();
    const filter = filterOf(following);
    const leave = this.admission.enter(owner);
    try {
      const start = await this.start(following);
      this.assertOpen();
      const channel = this.channelOf(projectId);
      const subscriber: Subscriber = new Subscriber(
        projectId,
        {
          available: () => this.available(projectId),
          live: (revision) => this.ring.at(projectId, revision),
          past: (pageFrom, revision) => this.history.at(projectId, pageFrom, revision),
          fetch: async (from) => (await this.history.page(projectId, from)).length,
          parked: () => this.standing.get(projectId),
          sent: () => this.options.observer?.sent?.(),
          failed: (error) => this.options.observer?.failed?.(error),
          left: (code) => {
            leave();
            this.part(projectId, channel, subscriber);
            this.options.observer?.closed?.(code ?? 'LEFT');
          },
        },
        start,
        filter,
        expiresAt,
        onEnded,
      );
      channel.subscribers.add(subscriber);
      return subscriber;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends every subscription at once, and lets no one in any more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.ticking);
    for (const subscriber of this.everyone()) {
      subscriber.end('GOING_AWAY', 'The server is going away. Go on after the last cursor you have, with another one or in a moment.');
    }
  }

  // What the projector tells.

  delivered(events: readonly Recorded[]): void {
    if (this.channels.size === 0) return;
    for (const { event } of events) this.ring.add(event);
    for (const projectId of new Set(events.map(({ event }) => event.projectId))) this.announce(projectId);
  }

  projected(projectId: string, _checkpoint: Checkpoint): void {
    this.announce(projectId);
  }

  /** Another generation is read now: which projects are parked in it is reported next. */
  turned(): void {
    this.standing.clear();
    for (const [projectId, channel] of this.channels) {
      channel.announced = -1;
      this.announce(projectId);
    }
  }

  /** Another copy of the event store has taken its place: nothing of what was read or announced need be in it. */
  restored(): void {
    this.ring = new Ring(this.options.ring ?? RING);
    this.history.clear();
    for (const subscriber of this.everyone()) {
      subscriber.end(
        'EVENT_STORE_UNAVAILABLE',
        'The event store was restored or replaced. Go on after the last cursor you have, in a moment.',
      );
    }
  }

  parked({ projectId, revision, type, reason, since }: ParkedNotice): void {
    const before = this.standing.get(projectId);
    if (before?.revision === revision && before.since === since) return;
    this.standing.set(projectId, { projectId, revision, type, reason, since });
    this.channels.get(projectId)?.waker.wake();
  }

  unparked(projectId: string): void {
    this.standing.delete(projectId);
  }

  private async start(following: Following): Promise<Start> {
    const { projectId } = following;
    // A store is never asked for an id that no project can have.
    if (checkProjectId(projectId, '').length > 0) throw noSuchProject(projectId);
    const checkpoint = await this.options.checkpoint(projectId);
    if (this.standing.get(projectId)?.reason === 'HISTORY_DIFFERS') {
      const message = `The read model shows another history of "${projectId}" than the event store holds, until an operator has it rebuilt. Try again then.`;
      throw new FeedRefused('HISTORY_BROKEN', message);
    }
    return startOf(following, checkpoint, async (revision) => {
      return this.ring.at(projectId, revision) ?? (await this.history.page(projectId, revision))[0];
    });
  }

  /** Also what is shown waits until it has come: anyone who projected it, the next moment will bring it, and no one need read it. */
  private available(projectId: string): number {
    return Math.min(this.options.shown(projectId)?.revision ?? -1, this.ring.last(projectId) ?? Number.POSITIVE_INFINITY);
  }

  private announce(projectId: string): void {
    const channel = this.channels.get(projectId);
    if (channel === undefined) return;
    const available = this.available(projectId);
    if (available <= channel.announced) return;
    channel.announced = available;
    channel.waker.wake();
  }

  private channelOf(projectId: string): Channel {
    let channel = this.channels.get(projectId);
    if (channel === undefined) {
      const subscribers = new Set<Subscriber>();
      channel = { subscribers, waker: new Waker(subscribers), announced: -1, lagging: undefined };
      this.channels.set(projectId, channel);
      this.ring.follow(projectId);
    }
    return channel;
  }

  private part(projectId: string, channel: Channel, subscriber: Subscriber): void {
    channel.subscribers.delete(subscriber);
    if (channel.subscribers.size > 0 || this.channels.get(projectId) !== channel) return;
    this.channels.delete(projectId);
    this.ring.forget(projectId);
  }

  private tick(): void {
    const { heartbeatMs, stallMs } = this.options;
    const [now, date] = [performance.now(), Date.now()];
    for (const [projectId, channel] of this.channels) this.mendLag(projectId, channel, now);
    for (const subscriber of this.everyone()) {
      if (date >= subscriber.expiresAt)
        subscriber.end('UNAUTHENTICATED', 'The token has expired. Go on after the last cursor you have, with a new one.');
      else subscriber.tick(now, heartbeatMs, stallMs);
    }
  }

  /** The subscription that fills the ring may be in trouble while others project and queries show: what it has missed, it may never bring. */
  private mendLag(projectId: string, channel: Channel, now: number): void {
    if (this.available(projectId) >= (this.options.shown(projectId)?.revision ?? -1)) {
      channel.lagging = undefined;
    } else if (now - (channel.lagging ??= now) >= LAG_MS) {
      this.ring.forget(projectId);
      this.ring.follow(projectId);
      this.announce(projectId);
    }
  }

  private *everyone(): Iterable<Subscriber> {
    for (const { subscribers } of [...this.channels.values()]) yield* subscribers;
  }

  private assertOpen(): void {
    if (this.closed) throw new FeedRefused('GOING_AWAY', 'The server is going away. Try another one, or again in a moment.');
  }
}
