import { backOff } from '../concurrency/timers';
import { AheadOfStore, StoreUnavailable } from '../event-store/event-store';
import type { Parked, ResumePoint } from '../read-model/generations';
import { ReadModelUnavailable } from '../read-model/read-model';
import { Applier } from './apply';
import { Condition } from './condition';
import { deferred, type Reached, RevisionWaiters } from './waiting';
import { asError } from './fold';
import { ProjectionLag } from './projection-lag';
import { Invalidated, LeadershipChanged, runSubscription } from './subscription-run';
import { ProjectionWorker, repairLosses } from './projection-worker';
import { ParkedProjects, stopsAt } from './parked-projects';
import type { Progress } from './build';
import { Resuming } from './resuming';
import { LeaderElection } from './leader-election';
import type { ProjectorStatus, ProjectorOptions } from './status';
import { turns } from '../concurrency/in-slices';
import { Follower } from './follower';

/** How long an instance that does not lead waits for the result of a retry that it asked for. */
const UNPARK_MS = 15_000;
/** How long it waits before it subscribes again. */
const AGAIN = { firstMs: 50, longestMs: 2_000 };
/** How long a wait is while the read model is away. */
const UNAVAILABLE_WAIT_MS = 100;

/**
 * Keeps the read model up to date with the event store: history first, then live, each event's effect exactly once and in order per project. Where instances
 * share a read model, one of them projects and the others follow; two that both take themselves for the leader do no harm.
 *
 * An event that cannot be projected parks its project: nothing is skipped, the other projects go on. Errors of a connection are retried
 * for ever, from the last handled position. When the end of the store is reached, every stream's head is compared with the
 * read model, since a read model that was unavailable may have lost what it had acknowledged.
 */
export class Projector {
  private readonly worker: ProjectionWorker;
  private readonly lag: ProjectionLag;
  private readonly parking = new ParkedProjects();
  private readonly election: LeaderElection | undefined;
  private readonly unparking = new Map<string, Promise<boolean>>();
  private readonly waiting: RevisionWaiters;
  private readonly aborting = new AbortController();
  private readonly condition: Condition;
  private readonly pause: () => Promise<void>;
  private readonly caughtUp = deferred();
  private follower: Follower | undefined;
  private following: Promise<void> | undefined;
  private readonly resuming: Resuming;
  private isReadModelAway = false;
  private readonly stopListening: () => void;
  /** Ends the current subscription; the next one begins with a comparison of all heads. */
  private interrupt: (reason: Error) => void = () => {};

  constructor(private readonly options: ProjectorOptions) {
    const { readModel, lease, parkedRegistry, observer, log } = options;
    const clock = options.clock ?? Date.now;
    this.condition = new Condition(clock, options.from !== undefined);
    this.pause = turns(this.aborting.signal);
    this.waiting = new RevisionWaiters(options.waitLimit ?? 10_000);
    this.lag = new ProjectionLag(options.upcast, clock);
    this.resuming = new Resuming({ ...options, lag: this.lag, leads: () => this.leads });
    const applier = new Applier({
      ...options,
      read: (projectId, from) => options.store.read(projectId, from),
      pause: this.pause,
      onProjected: (projectId, checkpoint, events) => observer?.projected?.(projectId, checkpoint, events),
    });
    const onParked = (parked: Parked): void => (this.waiting.parked(parked.projectId, stopsAt(parked)), observer?.parked?.(parked));
    const { lag, parking, resuming } = this;
    const onUnparked = (projectId: string): void => (resuming.repaired(projectId), observer?.unparked?.(projectId));
    const shownTo = (projectId: string): number => readModel.checkpoints.of(projectId)?.revision ?? -1;
    this.worker = new ProjectionWorker({ applier, parking, lag, shownTo, log, clock, signal: this.aborting.signal, onParked, onUnparked });
    if (lease && parkedRegistry) {
      this.election = new LeaderElection({
        lease,
        parkedRegistry,
        log,
        parking,
        canProject: () => lag.upgradeRequired === 0,
        isLive: () => this.condition.state === 'live',
        onChange: () => this.changeLeadership(),
        onUnpark: (projectId) => this.unpark(projectId),
        onParkedElsewhere: onParked,
        onUnparkedElsewhere: onUnparked,
      });
    }
    this.stopListening = readModel.checkpoints.listen({
      advanced: (projectId, checkpoint) => {
        this.lag.projected(projectId, checkpoint);
        this.waiting.advanced(projectId, checkpoint.revision);
        observer?.projected?.(projectId, checkpoint, 0);
      },
      damaged: repairLosses(readModel, this.worker, () => (this.leads ? undefined : this.follower), this.aborting.signal),
      invalidated: () => {
        this.condition.refuse();
        this.follower?.end();
        this.interrupt(new Invalidated('the read model was away, or is behind where it had been'));
      },
    });
  }

  /** Resolves when the existing history is projected, by any instance, or parked. Waits for the stores; rejects only by `stop`. */
  start(onProgress: (progress: Progress) => void = () => {}): Promise<void> {
    if (this.following || this.condition.state === 'stopped') throw new Error('a projector is started once; make a new one');
    this.following = this.follow(onProgress);
    return this.caughtUp.promise;
  }

  /** Resolves when the project's documents reflect the revision. `parked`: they will not before an operator acts. */
  async reached(projectId: string, revision: number, timeoutMs: number): Promise<Reached> {
    const parked = this.parked(projectId);
    if (parked && stopsAt(parked) === 0) return 'parked';
    // Only a confirmed checkpoint counts: after an invalidation the documents may be gone until the comparison.
    if ((this.options.readModel.checkpoints.confirmed(projectId)?.revision ?? -1) >= revision) return 'reached';
    if (parked && revision >= stopsAt(parked)) return 'parked';
    return this.condition.state === 'stopped'
      ? 'timeout'
      : this.waiting.wait(projectId, revision, this.isReadModelAway ? Math.min(timeoutMs, UNAVAILABLE_WAIT_MS) : timeoutMs);
  }

  parked(projectId: string): Parked | undefined {
    return this.parking.get(projectId) ?? this.election?.parkedElsewhere(projectId);
  }

  get resumePoint(): ResumePoint | undefined {
    return this.resuming.point;
  }

  status(): ProjectorStatus {
    const { condition, lag, leads } = this;
    const parked = [...this.parking.all(), ...(this.election?.allParkedElsewhere() ?? [])];
    const lagMs = condition.lagMs(() => lag.unshownMs(parked));
    return { ...condition.figures(), ...lag.figures(), lagMs, parked, waiting: this.waiting.size, leads };
  }

  /** Retries a parked project from its stream. Resolves to whether it is projected again; if not it stays parked. Rejects if a store is unavailable. */
  unpark(projectId: string): Promise<boolean> {
    let trying = this.unparking.get(projectId);
    if (!trying) {
      if (!this.parked(projectId)) return Promise.resolve(true);
      trying = (this.leads ? this.worker.retry(projectId) : this.askLeader(projectId)).finally(() => this.unparking.delete(projectId));
      this.unparking.set(projectId, trying);
    }
    return trying;
  }

  /** Ends after the batch in flight. Pending calls of `reached` resolve to `timeout`. */
  async stop(): Promise<void> {
    const isLive = this.condition.state === 'live';
    this.condition.become('stopped');
    this.aborting.abort();
    this.follower?.end();
    this.waiting.close();
    this.stopListening();
    await Promise.allSettled([this.following, ...this.unparking.values()]);
    // Not where a store is away, which would have to be waited for.
    if (isLive) await this.resuming.save();
    await this.election?.stop();
    if (this.following) this.caughtUp.reject(new Error('the projector was stopped before it had caught up with history'));
  }

  private get leads(): boolean {
    return this.election?.leads ?? true;
  }

  private async follow(onProgress: (progress: Progress) => void): Promise<void> {
    const { signal } = this.aborting;
    let attempt = 0;
    this.condition.become('catching-up');
    await this.election?.start();
    while (!signal.aborted) {
      try {
        await this.subscribe(onProgress, () => (attempt = 0));
        if (!signal.aborted) throw new StoreUnavailable('the event store ended the subscription');
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof LeadershipChanged) continue;
        this.handleFailure(asError(error), attempt);
        await (this.options.backOff ?? backOff)(attempt++, AGAIN, signal);
      } finally {
        this.follower?.end();
      }
    }
  }

  private async subscribe(onProgress: (progress: Progress) => void, onWorking: () => void): Promise<void> {
    const from = await this.resuming.begin();
    const interrupting = new AbortController();
    this.interrupt = (reason) => interrupting.abort(reason);
    const isParked = (projectId: string): boolean => this.election?.parkedElsewhere(projectId) !== undefined;
    this.follower = this.leads ? undefined : new Follower({ ...this.options, onFailure: (error) => this.interrupt(error), isParked });
    await runSubscription({
      ...this.options,
      lag: this.lag,
      worker: this.worker,
      follower: this.follower,
      from,
      signal: AbortSignal.any([this.aborting.signal, interrupting.signal]),
      ...(this.caughtUp.settled ? {} : { onProgress }),
      onHandled: (...handled) => this.resuming.handled(...handled),
      onWorking: () => {
        onWorking();
        if (this.condition.state === 'retrying') this.condition.become('catching-up');
      },
      onLive: () => {
        this.isReadModelAway = false;
        onWorking();
        this.condition.become('live');
        this.caughtUp.resolve();
        void this.resuming.save();
      },
      pause: this.pause,
    });
  }

  private changeLeadership(): void {
    // The other instance may have projected further and retried what was parked here.
    for (const { projectId } of this.parking.all()) this.options.observer?.unparked?.(projectId);
    this.parking.clear();
    this.lag.comparedIn = undefined;
    this.interrupt(new LeadershipChanged('the role has changed'));
  }

  private async askLeader(projectId: string): Promise<boolean> {
    const revision = this.parked(projectId)?.revision ?? 0;
    await this.election?.requestRetry(projectId);
    this.follower?.expect(projectId, revision);
    return (await this.waiting.wait(projectId, revision, UNPARK_MS)) === 'reached';
  }

  private handleFailure(error: Error, attempt: number): void {
    if (!(error instanceof StoreUnavailable || error instanceof Invalidated)) this.options.readModel.checkpoints.invalidate();
    this.isReadModelAway = error instanceof ReadModelUnavailable;
    // The store was restored from an older copy: the events read before, and their projections, may be of another history.
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
