import { type Lease, whileHeld } from '../coordination/lease';
import type { UserKey } from '../domain/user-key';
import { cellOf, type CounterDescriptor } from '../evaluation/counter';
import { filterTest } from '../evaluation/counted';
import type { Properties } from '../evaluation/user-record';
import type { Observations } from '../observations/observations';
import type { Erasures, UserStore } from '../user-store/user-store';

export interface ProjectCountersOptions {
  readonly users: Pick<UserStore, 'counters' | 'keepCounter' | 'dropCounter' | 'erasures' | 'fill' | 'filled' | 'filledUpTo' | 'lease'>;
  readonly observations: Pick<Observations, 'eventsOf'>;
  /** UTC milliseconds. */
  readonly clock: () => number;
  /** How long after its cut-off a counter is filled: what was received before is readable by then. */
  readonly fillDelayMs: number;
  /** How long others may not know yet of a counter that this instance knows of; 0: no other instance counts. */
  readonly shareDelayMs: number;
}

/** A counter that live rules need. */
export interface LiveCounter {
  readonly descriptor: CounterDescriptor;
  readonly passes: (properties: Properties) => boolean;
}

interface Wanted extends LiveCounter {
  /** Events received from this instant on are counted on arrival, those from before by the fill; undefined: as the store has it. */
  since: number | undefined;
  isFilled: boolean;
}

interface FillProgress {
  /** The last user who is done. */
  upTo: UserKey | undefined;
  users: number;
}

interface FillRun {
  readonly since: number;
  readonly progress: FillProgress;
  readonly isOver: () => boolean;
  readonly erasures: Erasures;
}

/** After so many users the store notes how far a fill has come. */
const NOTED_EVERY_USERS = 500;

/** The counters of one project: kept in the user store while live rules need them, and filled with what was received before. */
export class ProjectCounters {
  private wanted: ReadonlyMap<string, Wanted> | undefined;
  private isStored = true;
  private storing: Promise<void> | undefined;
  private filling: Promise<void> | undefined;
  private lease: Lease | undefined;
  private newestReceivedAt = 0;
  private isClosed = false;

  constructor(
    private readonly projectId: string,
    private readonly options: ProjectCountersOptions,
  ) {}

  /** What live rules need from now on. Another counter's cut-off lies behind all events that were stamped while it was not known. */
  want(descriptors: readonly CounterDescriptor[]): void {
    const before = this.wanted;
    if (before?.size === descriptors.length && descriptors.every(({ id }) => before.has(id))) return;
    // Until the first call no event was counted without it, so what the store has from before a restart is right.
    const since = before === undefined ? undefined : this.cutOff();
    this.wanted = new Map(
      descriptors.map((descriptor) => [
        descriptor.id,
        before?.get(descriptor.id) ?? { descriptor, passes: filterTest(descriptor), since, isFilled: false },
      ]),
    );
    this.isStored = false;
  }

  /**
   * The counters that count an event stamped `receivedAt` on arrival, once the store keeps them. To be called after the event was stamped: that each is
   * counted by exactly one of arrival and fill depends on it. Rejects with `UserStoreUnavailable`.
   */
  async after(receivedAt: number): Promise<readonly LiveCounter[]> {
    this.newestReceivedAt = Math.max(this.newestReceivedAt, receivedAt);
    const counters = [...(this.wanted?.values() ?? [])];
    await this.store();
    return counters;
  }

  /** Has the store keep all counters anew, and fills them again: it may have lost them. */
  storeAnew(): void {
    for (const counter of this.wanted?.values() ?? []) [counter.since, counter.isFilled] = [undefined, false];
    this.isStored = false;
  }

  /** Makes the store keep what is wanted and nothing else. Rejects with `UserStoreUnavailable`. */
  async store(): Promise<void> {
    // Another instance, whose ruleset is older, may have dropped a counter meanwhile.
    if (this.isStored && this.options.shareDelayMs === 0) return;
    await (this.storing ??= this.storeAll().finally(() => (this.storing = undefined)));
  }

  /**
   * Fills what is not filled and may be by now, unless another instance does: one that ended is followed by the next to ask. Rejects as the stores do; the
   * next call goes on from there.
   */
  async fill(): Promise<void> {
    if (!this.isStored || this.isClosed) return;
    await (this.filling ??= this.fillAll().finally(() => (this.filling = undefined)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([this.storing, this.filling]);
  }

  private cutOff(): number {
    return Math.max(this.options.clock(), this.newestReceivedAt + 1) + this.options.shareDelayMs;
  }

  private async storeAll(): Promise<void> {
    const { users, shareDelayMs } = this.options;
    for (let done: typeof this.wanted; done !== this.wanted;) {
      const wanted = this.wanted ?? new Map<string, Wanted>();
      const kept = new Map((await users.counters(this.projectId)).map((counter) => [counter.id, counter]));
      for (const { id, countingSince } of kept.values()) {
        const counter = wanted.get(id);
        // The cut-off that another instance has set is as good.
        if (counter !== undefined && (counter.since === undefined || counter.since === countingSince || shareDelayMs > 0)) continue;
        // A fill that goes on would write into the counter of the same id that may follow.
        await this.filling?.catch(() => {});
        await users.dropCounter(this.projectId, id);
        kept.delete(id);
      }
      for (const [id, counter] of wanted) {
        const { window } = counter.descriptor;
        const since = shareDelayMs > 0 ? this.cutOff() : (counter.since ?? this.cutOff());
        const { countingSince } = kept.get(id) ?? (await users.keepCounter(this.projectId, { id, window }, since));
        if (counter.since !== countingSince) counter.isFilled = false;
        counter.since = countingSince;
      }
      done = wanted;
    }
    this.isStored = true;
  }

  private async fillAll(): Promise<void> {
    const { users, clock, fillDelayMs } = this.options;
    const isDue = ({ isFilled, since }: Wanted): boolean => !isFilled && since !== undefined && clock() >= since + fillDelayMs;
    const due = [...(this.wanted?.values() ?? [])].filter(isDue);
    if (due.length === 0) return;
    this.lease ??= await users.lease(`fill:${this.projectId}`);
    await whileHeld(this.lease, async (isHeld) => {
      for (const counter of due) await this.fillOne(counter, counter.since!, isHeld);
    });
  }

  private async fillOne(counter: Wanted, since: number, isHeld: () => boolean): Promise<void> {
    const { users } = this.options;
    const { id } = counter.descriptor;
    const isOver = (): boolean => this.isClosed || !isHeld() || this.wanted?.get(id) !== counter;
    const kept = (await users.counters(this.projectId)).find((other) => other.id === id);
    if (kept === undefined) return;
    if (!kept.isFilled) {
      const progress: FillProgress = { upTo: kept.filledUpTo, users: 0 };
      // Where users are forgotten meanwhile, what was read may be of one of them: it is read again.
      while (!(await this.fillUsers(counter, { since, progress, isOver, erasures: await users.erasures(this.projectId) })))
        if (isOver()) return;
      await users.filled(this.projectId, id);
    }
    counter.isFilled = true;
  }

  /** Fills one user after another; answers whether all are filled. */
  private async fillUsers(counter: Wanted, { since, progress, isOver, erasures }: FillRun): Promise<boolean> {
    const { users, observations } = this.options;
    const { id, event: name, window } = counter.descriptor;
    let user: UserKey | undefined;
    let cells = new Map<number, number>();
    const finish = async (): Promise<boolean> => {
      if (user === undefined) return true;
      if (cells.size > 0) {
        const counted = [...cells].map(([at, count]) => ({ at, count }));
        if ((await users.fill(this.projectId, user, id, counted, erasures)) === 'erased') return false;
        progress.users += 1;
        if (progress.users % NOTED_EVERY_USERS === 0) await users.filledUpTo(this.projectId, id, user);
      }
      progress.upTo = user;
      return true;
    };
    for await (const event of observations.eventsOf(this.projectId, name, since, progress.upTo)) {
      if (isOver()) return false;
      if (event.user !== user) {
        if (!(await finish())) return false;
        user = event.user;
        cells = new Map();
      }
      const cell = counter.passes(event.properties) ? cellOf(window, event.at) : undefined;
      if (cell !== undefined) cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    return !isOver() && (await finish());
  }
}
