import { backOff } from '../concurrency/back-off';
import { AheadOfStore, StoreUnavailable } from '../event-store/event-store';
import type { Parked } from '../read-model/generations';
import { ReadModelUnavailable } from '../read-model/read-model';
import type { ResumePoint } from '../read-model/resume-point';
import { Applier } from './apply';
import { Condition } from './condition';
import { deferred } from './deferred';
import { asError } from './fold';
import { Frontier } from './frontier';
import type { ProjectorOptions } from './options';
import { Doubted, RoleChanged } from './interruption';
import { Leading } from './leading';
import { mendLosses } from './losses';
import { ParkingLot, stopsAt } from './parking';
import { pass } from './passage';
import type { Progress } from './progress';
import { Resuming } from './resuming';
import { Role } from './role';
import type { ProjectorStatus } from './status';
import { WaitingRoom, type Reached } from './waiting';
import { turns } from './turns';
import { Watch } from './watch';

/** How long an instance that does not project waits to hear what became of a project that it asked to have tried again. */
const UNPARK_MS = 15_000;
/** How long it waits before it subscribes again. */
const AGAIN = { firstMs: 50, longestMs: 2_000 };
/** How long a wait is while the read model is away. */
const AWAY_MS = 100;

/**
 * Keeps the read model up with the event store: history first, then live, each event's effect exactly once and in order per project. Where instances
 * share a read model, one of them projects and the others watch it do so; two that both believe to be the one do no harm.
 *
 * An event that cannot be projected parks its project: nothing is skipped, the other projects go on. Trouble with a connection is retried
 * for ever, from the last position that was handled whole. When the end of the store is reached, every stream's head is compared with the
 * read model, since a read model that was away may have lost what it had acknowledged.
 */
export class Projector {
  private readonly leading: Leading;
  private readonly frontier: Frontier;
  private readonly parking = new ParkingLot();
  private readonly role: Role | undefined;
  private readonly unparking = new Map<string, Promise<boolean>>();
  private readonly waiting: WaitingRoom;
  private readonly aborting = new AbortController();
  private readonly condition: Condition;
  private readonly pause: () => Promise<void>;
  private readonly caughtUp = deferred();
  private watch: Watch | undefined;
  private following: Promise<void> | undefined;
  private readonly resuming: Resuming;
  private away = false;
  private readonly unlisten: () => void;
  /** Ends the subscription under way: the next one begins with a comparison. */
  private interrupt: (reason: Error) => void = () => {};

  constructor(private readonly options: ProjectorOptions) {
    const { readModel, lease, board, observer, log } = options;
    const clock = options.clock ?? Date.now;
    this.condition = new Condition(clock, options.from !== undefined);
    this.pause = turns(this.aborting.signal);
    this.waiting = new WaitingRoom(options.waitLimit ?? 10_000);
    this.frontier = new Frontier(options.upcast, clock);
    this.resuming = new Resuming({ ...options, frontier: this.frontier, leads: () => this.leads });
    const applier = new Applier({
      ...options,
      read: (projectId, from) => options.store.read(projectId, from),
      pause: this.pause,
      onProjected: (projectId, checkpoint, events) => observer?.projected?.(projectId, checkpoint, events),
    });
    const onParked = (parked: Parked): void => (this.waiting.parked(parked.projectId, stopsAt(parked)), observer?.parked?.(parked));
    const { frontier, parking, resuming } = this;
    const onUnparked = (projectId: string): void => (resuming.repaired(projectId), observer?.unparked?.(projectId));
    const shownTo = (projectId: string): number => readModel.checkpoints.of(projectId)?.revision ?? -1;
    this.leading = new Leading({ applier, parking, frontier, shownTo, log, clock, signal: this.aborting.signal, onParked, onUnparked });
    if (lease && board) {
      this.role = new Role({
        lease,
        board,
        log,
        parking,
        able: () => frontier.foreign === 0,
        live: () => this.condition.state === 'live',
        onChange: () => this.changeRole(),
        onUnpark: (projectId) => this.unpark(projectId),
        onPosted: onParked,
        onCleared: onUnparked,
      });
    }
    this.unlisten = readModel.checkpoints.listen({
      advanced: (projectId, checkpoint) => {
        this.frontier.shown(projectId, checkpoint);
        this.waiting.advanced(projectId, checkpoint.revision);
        observer?.projected?.(projectId, checkpoint, 0);
      },
      damaged: mendLosses(readModel, this.leading, () => (this.leads ? undefined : this.watch), this.aborting.signal),
      doubted: () => {
        this.condition.refuse();
        this.watch?.end();
        this.interrupt(new Doubted('the read model was away, or is behind where it had been'));
      },
    });
  }

  /** Resolves when the history that was there is projected, by whichever instance, or parked. Waits for the stores; rejects only by `stop`. */
  start(onProgress: (progress: Progress) => void = () => {}): Promise<void> {
    if (this.following || this.condition.state === 'stopped') throw new Error('a projector is started once; make a new one');
    this.following = this.follow(onProgress);
    return this.caughtUp.promise;
  }

  /** Resolves as soon as the project's documents reflect the revision. `parked`: they will not before somebody acts. */
  async reached(projectId: string, revision: number, timeoutMs: number): Promise<Reached> {
    const parked = this.parked(projectId);
    if (parked && stopsAt(parked) === 0) return 'parked';
    // Not by what was once seen: while the read model is in doubt, the documents may be gone until it has been compared.
    if ((this.options.readModel.checkpoints.certain(projectId)?.revision ?? -1) >= revision) return 'reached';
    if (parked && revision >= stopsAt(parked)) return 'parked';
    return this.condition.state === 'stopped'
      ? 'timeout'
      : this.waiting.wait(projectId, revision, this.away ? Math.min(timeoutMs, AWAY_MS) : timeoutMs);
  }

  parked(projectId: string): Parked | undefined {
    return this.parking.get(projectId) ?? this.role?.told(projectId);
  }

  get resumePoint(): ResumePoint | undefined {
    return this.resuming.point;
  }

  status(): ProjectorStatus {
    const { condition, frontier, leads } = this;
    const parked = [...this.parking.all(), ...(this.role?.toldOf() ?? [])];
    const lagMs = condition.lagMs(() => frontier.unshownMs(parked));
    return { ...condition.figures(), ...frontier.figures(), lagMs, parked, waiting: this.waiting.size, leads };
  }

  /** Has the parked project tried again, from its stream. Answers whether it goes on; if not it stays parked. Rejects if a store is away. */
  unpark(projectId: string): Promise<boolean> {
    let trying = this.unparking.get(projectId);
    if (!trying) {
      if (!this.parked(projectId)) return Promise.resolve(true);
      trying = (this.leads ? this.leading.retry(projectId) : this.askLeader(projectId)).finally(() => this.unparking.delete(projectId));
      this.unparking.set(projectId, trying);
    }
    return trying;
  }

  /** Ends after the batch under way. Whoever waits is told `timeout`. */
  async stop(): Promise<void> {
    const isLive = this.condition.state === 'live';
    this.condition.become('stopped');
    this.aborting.abort();
    this.watch?.end();
    this.waiting.close();
    this.unlisten();
    await Promise.allSettled([this.following, ...this.unparking.values()]);
    // Not where a store is away, which would have to be waited for.
    if (isLive) await this.resuming.save();
    await this.role?.stop();
    if (this.following) this.caughtUp.reject(new Error('the projector was stopped before it had caught up with history'));
  }

  private get leads(): boolean {
    return this.role?.leads ?? true;
  }

  private async follow(onProgress: (progress: Progress) => void): Promise<void> {
    const { signal } = this.aborting;
    let attempt = 0;
    this.condition.become('catching-up');
    await this.role?.start();
    while (!signal.aborted) {
      try {
        await this.subscribe(onProgress, () => (attempt = 0));
        if (!signal.aborted) throw new StoreUnavailable('the event store ended the subscription');
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RoleChanged) continue;
        this.trouble(asError(error), attempt);
        await (this.options.backOff ?? backOff)(attempt++, AGAIN, signal);
      } finally {
        this.watch?.end();
      }
    }
  }

  private async subscribe(onProgress: (progress: Progress) => void, onWorking: () => void): Promise<void> {
    const from = await this.resuming.begin();
    const interrupting = new AbortController();
    this.interrupt = (reason) => interrupting.abort(reason);
    const isParked = (projectId: string): boolean => this.role?.told(projectId) !== undefined;
    this.watch = this.leads ? undefined : new Watch({ ...this.options, onFailure: (error) => this.interrupt(error), isParked });
    await pass({
      ...this.options,
      frontier: this.frontier,
      leading: this.leading,
      watch: this.watch,
      from,
      signal: AbortSignal.any([this.aborting.signal, interrupting.signal]),
      ...(this.caughtUp.settled ? {} : { onProgress }),
      onHandled: (...handled) => this.resuming.handled(...handled),
      onWorking: () => {
        onWorking();
        if (this.condition.state === 'retrying') this.condition.become('catching-up');
      },
      onLive: () => {
        this.away = false;
        onWorking();
        this.condition.become('live');
        this.caughtUp.resolve();
        void this.resuming.save();
      },
      pause: this.pause,
    });
  }

  private changeRole(): void {
    // Whoever projected meanwhile may have come further, and what stood still here may have gone on.
    for (const { projectId } of this.parking.all()) this.options.observer?.unparked?.(projectId);
    this.parking.clear();
    this.frontier.comparedIn = undefined;
    this.interrupt(new RoleChanged('the role has changed'));
  }

  private async askLeader(projectId: string): Promise<boolean> {
    const revision = this.parked(projectId)?.revision ?? 0;
    await this.role?.ask(projectId);
    this.watch?.expect(projectId, revision);
    return (await this.waiting.wait(projectId, revision, UNPARK_MS)) === 'reached';
  }

  private trouble(error: Error, attempt: number): void {
    if (!(error instanceof StoreUnavailable || error instanceof Doubted)) this.options.readModel.checkpoints.doubt();
    this.away = error instanceof ReadModelUnavailable;
    // The store was restored from an older copy: what was read of it is of another history, and so may be what was projected.
    if (error instanceof AheadOfStore) {
      this.resuming.reset();
      this.options.readModel.checkpoints.reset();
      this.options.observer?.restored?.();
    }
    this.condition.failed(error);
    this.options.observer?.retried?.();
    const expected = error instanceof StoreUnavailable || error instanceof ReadModelUnavailable;
    this.options.log[expected ? 'warn' : 'error']({ err: error, attempt }, 'the projector was interrupted and tries again');
  }
}
