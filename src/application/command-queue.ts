import { setImmediate as turn } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Folded, ProjectState } from '../domain/project-state';
import { AppendTooLarge, OutcomeUnknown, RevisionConflict, StoreUnavailable, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { CommandGroup, givenUp, GROUP_LIMIT, type Caller, type Obstacle } from './command-group';
import { Overloaded, type Outcome } from './execute';
import type { PreparedCommand, HandlerOptions } from './handle-command';
import type { LoadedProject } from './load';
import { ProjectReader } from './project-reader';

export interface CommandQueueOptions extends HandlerOptions {
  readonly store: EventStore;
  readonly upcast: Upcaster;
  /** How long a command may take before its caller gets `OutcomeUnknown`. */
  readonly commandTimeoutMs: number;
  /** How many commands may wait for one project. */
  readonly queueLimit: number;
  readonly observe?: (what: 'conflict' | 'retry' | 'group', count: number) => void;
  /** Called with what a group's commands that had one event each led to, once it is stored. */
  readonly onFolded?: (folded: readonly Folded[]) => void;
}

interface Pending extends Caller {
  readonly prepared: PreparedCommand;
  readonly deadlineMs: number;
  /** Its caller was answered that nothing was written: it must not be any more. */
  expired?: true;
}

/** How often a group is decided again after a conflict, before its callers are asked to try again. */
const ATTEMPTS = 20;
/** How often within a command's timeout the queue looks for expired commands. */
const TIMEOUT_CHECKS = 20;

/**
 * The queue of one project: its commands are decided one after another and appended as one group, each with an outcome of its own.
 *
 * Commands that arrive while an append is in flight are decided on the state after it. They are appended when it succeeds, and are
 * decided again if it does not: a project has one append in flight at a time, because a revision alone does not identify its events.
 *
 * While an append's outcome is unknown the whole project waits. Its callers do not: a caller past its deadline gets an error
 * that says what is known, and the append is still retried.
 */
export class CommandQueue {
  private readonly queue: Pending[] = [];
  private inFlight: readonly Pending[] = [];
  /** The state after the append in flight. */
  private stateAfterAppend: ProjectState | undefined;
  /** The commands at the front of the queue, decided on the state after the append in flight. */
  private decidedAhead: CommandGroup | undefined;
  private running = false;
  private readonly reader: ProjectReader;
  /** Whether what is in flight may be in the store. */
  private sent = false;
  /** The cause in the errors of expired commands. */
  private lastStoreError: unknown;

  constructor(
    private readonly projectId: string,
    loaded: LoadedProject,
    private readonly options: CommandQueueOptions,
    /** Called with what the queue ends on, when nothing waits any more. */
    private readonly idle: (loaded: LoadedProject) => void,
    private readonly signal: AbortSignal,
  ) {
    this.reader = new ProjectReader(projectId, loaded, options);
  }

  submit(prepared: PreparedCommand): Promise<Outcome> {
    if (this.queue.length >= this.options.queueLimit) {
      return Promise.reject(new Overloaded(`${this.queue.length} commands wait for project ${this.projectId} already`));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ prepared, deadlineMs: performance.now() + this.options.commandTimeoutMs, resolve, reject });
      if (this.running) this.decideAhead();
      else void this.run();
    });
  }

  /**
   * Rejects every command whose deadline is past. One in flight may have been written, or may yet be, unless nothing was sent: that one, and one in
   * the queue, is removed and never will be.
   */
  expire(now: number): void {
    const cause = this.lastStoreError;
    const refuse = (pending: Pending): void => {
      pending.expired = true;
      pending.reject(new StoreUnavailable(`project ${this.projectId} waits for the event store: nothing was written`, { cause }));
    };
    for (const pending of this.inFlight.filter(({ deadlineMs }) => deadlineMs <= now)) {
      if (this.reader.isWaiting && !this.sent) refuse(pending);
      else pending.reject(new OutcomeUnknown(`whether project ${this.projectId} took the command is not known yet`, { cause }));
    }
    while (this.queue[0] !== undefined && this.queue[0].deadlineMs <= now) {
      // Commands decided after it are decided again without it.
      this.decidedAhead = undefined;
      refuse(this.queue.shift() as Pending);
    }
    this.decideAhead();
  }

  private async run(): Promise<void> {
    this.running = true;
    const watch = setInterval(() => this.expire(performance.now()), this.options.commandTimeoutMs / TIMEOUT_CHECKS).unref();
    // Commands of the same turn of the event loop belong to the same group.
    await turn();
    let answerAll = (): void => {};
    while (this.queue.length > 0) {
      const carriedOut = this.handleNext();
      // Answered only when the next append has begun, so that the disk works while the callers continue.
      answerAll();
      answerAll = await carriedOut;
    }
    answerAll();
    clearInterval(watch);
    this.inFlight = [];
    this.running = false;
    this.idle(this.reader.loaded);
  }

  /** Handles the next group and returns the function that answers its callers. Never rejects: an error rejects the callers of its group. */
  private async handleNext(): Promise<() => void> {
    try {
      const decided = await this.handleGroup();
      const group = this.inFlight;
      this.lastStoreError = undefined;
      this.options.observe?.('group', decided.size);
      this.options.onFolded?.(decided.folded);
      return () => group.forEach((pending, index) => decided.answer(index, pending));
    } catch (error) {
      const group = this.inFlight;
      // Unless it is certain that nothing was written, the stream may hold more now: the next group begins by reading on.
      if (!(error instanceof StoreUnavailable)) this.reader.loaded = { ...this.reader.loaded, mustRead: true };
      return () => {
        for (const { reject } of group) reject(error);
      };
    }
  }

  /** The recipe of a group: load, decide, append (or confirm that the state is current), again after a conflict. */
  private async handleGroup(): Promise<CommandGroup> {
    let decided = this.decidedAhead?.size === 0 ? undefined : this.decidedAhead;
    this.decidedAhead = undefined;
    this.inFlight = this.queue.splice(0, decided?.size ?? GROUP_LIMIT);
    if (this.reader.loaded.mustRead) await this.reader.load();
    const obstacles: Obstacle[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      decided ??= await this.decide();
      const appended = decided.events.length > 0 ? await this.append(decided, obstacles) : await this.isCurrent(obstacles);
      if (appended) return decided;
      decided = undefined;
    }
    throw givenUp(this.projectId, obstacles);
  }

  /** Decides as many of the commands in flight as one append can hold; the others go back into the queue. */
  private async decide(): Promise<CommandGroup> {
    this.inFlight = this.inFlight.filter(({ expired }) => expired !== true);
    const decided = new CommandGroup(this.reader.loaded.state, this.options);
    for (const { prepared } of this.inFlight) if (!(await decided.addInSlices(prepared))) break;
    this.queue.unshift(...this.inFlight.slice(decided.size));
    this.inFlight = this.inFlight.slice(0, decided.size);
    return decided;
  }

  private decideAhead(): void {
    if (this.stateAfterAppend === undefined) return;
    this.decidedAhead ??= new CommandGroup(this.stateAfterAppend, this.options);
    let next = this.queue[this.decidedAhead.size];
    while (next !== undefined && this.decidedAhead.add(next.prepared)) next = this.queue[this.decidedAhead.size];
  }

  /** Whether the events are appended. False: after a conflict, whose events are loaded now, or when the append is too large; the group is decided again. */
  private async append(decided: CommandGroup, obstacles: Obstacle[]): Promise<boolean> {
    const { events, expectedRevision, state } = decided;
    let attempts = 0;
    const attempt = async (): Promise<boolean> => {
      attempts += 1;
      try {
        await this.options.store.append(this.projectId, expectedRevision, events);
        return true;
      } catch (error) {
        const isTooLarge = error instanceof AppendTooLarge;
        if (!isTooLarge && !(error instanceof RevisionConflict)) throw error;
        this.decidedAhead = this.stateAfterAppend = undefined;
        // An attempt before this one may have been stored.
        this.sent &&= attempts > 1;
        // Decided again with the limit that the store has reported.
        obstacles.push(isTooLarge ? 'too large' : (await this.reader.loadsMore()) ? 'moved' : 'refused');
        if (!isTooLarge) this.options.observe?.('conflict', 1);
        return false;
      }
    };
    let appended = false;
    this.stateAfterAppend = state;
    this.sent = true;
    try {
      const under = attempt();
      this.decideAhead();
      appended = await under;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      this.lastStoreError = error;
      appended = await this.appendUntilKnown(attempt);
    } finally {
      this.stateAfterAppend = undefined;
      this.sent = false;
      if (appended) this.reader.loaded = { state, mustRead: false };
      else this.decidedAhead = undefined;
    }
    return appended;
  }

  /**
   * Sends the same bytes until the store answers that they are appended, or reports a conflict, whose events are then loaded. It ends only
   * so, or with this process. If the bytes are appended and the store still reports a conflict, the commands are recalled from the tail
   * as repetitions (A1).
   */
  private async appendUntilKnown(attempt: () => Promise<boolean>): Promise<boolean> {
    try {
      return await pRetry(attempt, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 50,
        maxTimeout: 2_000,
        randomize: true,
        signal: this.signal,
        shouldRetry: ({ error }) => error instanceof OutcomeUnknown || error instanceof StoreUnavailable,
        onFailedAttempt: ({ error }) => {
          this.lastStoreError = error;
          this.options.observe?.('retry', 1);
        },
      });
    } catch (error) {
      throw new OutcomeUnknown(`whether project ${this.projectId} took the command is not known`, { cause: error });
    }
  }

  /** Whether nothing had been written since, at some moment from here on: only then may a refusal or a no-op be answered. */
  private async isCurrent(obstacles: Obstacle[]): Promise<boolean> {
    const obstacle = await this.reader.notCurrent();
    if (obstacle !== undefined) obstacles.push(obstacle);
    return obstacle === undefined;
  }
}
