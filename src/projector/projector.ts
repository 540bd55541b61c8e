import { setImmediate as turn } from 'node:timers/promises';
import type { Envelope } from '../domain/event';
import { StoreUnavailable, type Position, type Recorded, type StreamHead } from '../event-store/event-store';
import { ReadModelUnavailable, type Checkpoint } from '../read-model/read-model';
import { Applier } from './apply';
import { backOff } from './backoff';
import { deferred } from './deferred';
import { asError, type Failure } from './fold';
import type { ProjectorOptions } from './options';
import { inParallel } from './parallel';
import { ParkingLot, type Parked } from './parking';
import { ProgressMeter, type Progress } from './progress';
import type { ProjectorStatus } from './status';
import { WaitingRoom, type Reached } from './waiting';

const BATCH = 5_000;
const PROJECTS_AT_ONCE = 32;
const TURN_MS = 10;

/**
 * Keeps the read model up with the event store: history first, then live, each event's effect exactly once and in order per project,
 * also beside other projectors on the same read model.
 *
 * An event that cannot be projected parks its project: nothing is skipped, the other projects go on. Trouble with a connection is retried
 * for ever, from the last position that was handled whole. When the end of the store is reached, every stream's head is compared with the
 * read model, since a read model that was away may have lost what it had acknowledged.
 */
export class Projector {
  private readonly applier: Applier;
  private readonly parking = new ParkingLot();
  private readonly unparking = new Map<string, Promise<boolean>>();
  private readonly waiting: WaitingRoom;
  private readonly aborting = new AbortController();
  private readonly clock: () => number;
  private readonly caughtUp = deferred();
  private following: Promise<void> | undefined;
  private position: Position | undefined;
  private state: ProjectorStatus['state'] = 'idle';
  private since: number;
  private lastError: ProjectorStatus['lastError'];
  private lastTurn = 0;
  /** Ends the subscription under way, so that the next one begins with a comparison. */
  private interrupt: (reason: Error) => void = () => {};

  constructor(private readonly options: ProjectorOptions) {
    this.clock = options.clock ?? Date.now;
    this.since = this.clock();
    this.waiting = new WaitingRoom(options.waitLimit ?? 10_000);
    this.applier = new Applier({
      readModel: options.readModel,
      projections: options.projections,
      upcast: options.upcast,
      read: (projectId, from) => options.store.read(projectId, from),
      pause: () => this.pause(),
      onCheckpoint: (projectId, checkpoint, events) => {
        this.waiting.advanced(projectId, checkpoint.revision);
        options.observer?.projected?.(projectId, checkpoint, events);
      },
    });
    options.readModel.onDoubt?.(() => {
      // At once, since `reached` must not go by what was there; the comparison follows.
      this.applier.doubt(true);
      this.interrupt(new ReadModelUnavailable('the read model was away, or is behind where it had been'));
    });
  }

  /** Resolves when the history that was there is projected (or parked). Waits as long as the stores are away; rejects only by `stop`. */
  start(onProgress: (progress: Progress) => void = () => {}): Promise<void> {
    if (this.following || this.state === 'stopped') throw new Error('a projector is started once; make a new one');
    this.following = this.follow(onProgress);
    return this.caughtUp.promise;
  }

  /** Resolves as soon as the project's documents reflect the revision. `parked`: they will not before somebody acts. */
  async reached(projectId: string, revision: number, timeoutMs: number): Promise<Reached> {
    // Not by what was once seen: while the read model is in doubt, the documents may be gone until it has been compared.
    if ((this.applier.certain(projectId)?.revision ?? -1) >= revision) return 'reached';
    if (this.parking.get(projectId)) return 'parked';
    return this.state === 'stopped' ? 'timeout' : this.waiting.wait(projectId, revision, timeoutMs);
  }

  /** What the project's documents reflected when this process last saw them. */
  checkpoint(projectId: string): Checkpoint | undefined {
    return this.applier.checkpoint(projectId);
  }

  parked(projectId: string): Parked | undefined {
    return this.parking.get(projectId);
  }

  status(): ProjectorStatus {
    const { state, since, lastError } = this;
    return { state, since, lastError, parked: this.parking.all(), waiting: this.waiting.size };
  }

  /** Tries the parked project again, from its stream. Answers whether it goes on; if not it stays parked. Rejects if a store is away. */
  unpark(projectId: string): Promise<boolean> {
    let trying = this.unparking.get(projectId);
    if (!trying) {
      if (!this.parking.get(projectId)) return Promise.resolve(true);
      trying = this.retry(projectId).finally(() => this.unparking.delete(projectId));
      this.unparking.set(projectId, trying);
    }
    return trying;
  }

  /** Ends after the batch under way. Whoever waits is told `timeout`. */
  async stop(): Promise<void> {
    this.become('stopped');
    this.aborting.abort();
    this.waiting.close();
    await Promise.allSettled([this.following, ...this.unparking.values()]);
    if (this.following) this.caughtUp.reject(new Error('the projector was stopped before it had caught up with history'));
  }

  private async follow(onProgress: (progress: Progress) => void): Promise<void> {
    const { signal } = this.aborting;
    let attempt = 0;
    this.become('catching-up');
    while (!signal.aborted) {
      try {
        await this.subscribe(onProgress, () => (attempt = 0));
        if (!signal.aborted) throw new StoreUnavailable('the event store ended the subscription');
      } catch (error) {
        if (signal.aborted) return;
        this.trouble(asError(error), attempt);
        await (this.options.backOff ?? backOff)(attempt++, signal);
      }
    }
  }

  private async subscribe(onProgress: (progress: Progress) => void, onWorking: () => void): Promise<void> {
    const interrupting = new AbortController();
    this.interrupt = (reason) => interrupting.abort(reason);
    const signal = AbortSignal.any([this.aborting.signal, interrupting.signal]);
    const meter = this.caughtUp.settled ? undefined : new ProgressMeter(eventsIn(await this.heads()), onProgress);
    let history = true;
    let pending: Recorded[] = [];
    for await (const chunk of this.options.store.subscribe(this.position, signal)) {
      for (const recorded of chunk.events) pending.push(recorded);
      // Small chunks of history are put together: one batch for many events of a project costs little more than one for a single event.
      if (history && !chunk.caughtUp && pending.length < BATCH) continue;
      if (pending.length > 0) {
        this.options.observer?.delivered?.(pending);
        await this.project(pending);
        this.position = pending.at(-1)!.position;
        if (history) meter?.add(pending.length);
        pending = [];
        onWorking();
      }
      if (history && chunk.caughtUp) {
        await this.compareWithHeads();
        interrupting.signal.throwIfAborted();
        history = false;
        onWorking();
        this.become('live');
        meter?.tell();
        this.caughtUp.resolve();
      } else if (this.state === 'retrying') {
        this.become('catching-up');
      }
      await this.pause();
      interrupting.signal.throwIfAborted();
    }
    interrupting.signal.throwIfAborted();
  }

  private async project(recorded: readonly Recorded[]): Promise<void> {
    const projects = new Map<string, Envelope[]>();
    for (const { event } of recorded) {
      const events = projects.get(event.projectId);
      if (events) events.push(event);
      else projects.set(event.projectId, [event]);
    }
    await inParallel([...projects], PROJECTS_AT_ONCE, async ([projectId, events]) => {
      this.aborting.signal.throwIfAborted();
      if (this.parking.leave(projectId, events.at(-1)!.revision)) return;
      const failure = await this.applier.apply(projectId, events);
      if (failure) this.park(failure);
    });
  }

  private async compareWithHeads(): Promise<void> {
    await inParallel(await this.heads(), PROJECTS_AT_ONCE, async (head) => {
      this.aborting.signal.throwIfAborted();
      const parked = this.parking.get(head.projectId);
      this.parking.leave(head.projectId, head.revision);
      // Also of a parked project what comes before the event is to be there.
      const failure = await this.applier.compare(head.projectId, parked ? { revision: parked.revision - 1 } : head);
      if (failure) this.park(failure);
    });
  }

  private async retry(projectId: string): Promise<boolean> {
    // Events that are delivered meanwhile are left for this loop, so it is over only when none has been.
    while (this.parking.get(projectId)) {
      const seen = this.parking.seen(projectId);
      const failure = await this.applier.catchUp(projectId, seen);
      if (failure) {
        this.park(failure);
        return false;
      }
      if (this.parking.seen(projectId) === seen) this.parking.release(projectId);
    }
    this.options.log.info({ projectId }, 'projection of the project goes on');
    this.options.observer?.unparked?.(projectId);
    return true;
  }

  private park(failure: Failure): void {
    const parked = this.parking.park(failure, this.clock());
    this.options.log.error(
      { ...parked, err: failure.error },
      'projection of the project is parked: nothing of it is skipped, the others go on',
    );
    this.waiting.parked(parked.projectId);
    this.options.observer?.parked?.(parked);
  }

  private trouble(error: Error, attempt: number): void {
    this.applier.doubt(!(error instanceof StoreUnavailable));
    if (this.state !== 'retrying') this.become('retrying');
    this.lastError = { message: error.message, at: this.clock() };
    const expected = error instanceof StoreUnavailable || error instanceof ReadModelUnavailable;
    this.options.log[expected ? 'warn' : 'error']({ err: error, attempt }, 'the projector was interrupted and tries again');
  }

  private become(state: ProjectorStatus['state']): void {
    if (this.state === 'stopped') return;
    this.state = state;
    this.since = this.clock();
  }

  private async heads(): Promise<readonly StreamHead[]> {
    const heads: StreamHead[] = [];
    for await (const head of this.options.store.heads()) heads.push(head);
    return heads;
  }

  /** Stores in memory never wait for anything: without a pause now and then, a rebuild would let no one else have a turn. */
  private async pause(): Promise<void> {
    if (performance.now() - this.lastTurn >= TURN_MS) {
      await turn();
      this.lastTurn = performance.now();
    }
    this.aborting.signal.throwIfAborted();
  }
}

const eventsIn = (heads: readonly StreamHead[]): number => heads.reduce((sum, { revision }) => sum + revision + 1, 0);
