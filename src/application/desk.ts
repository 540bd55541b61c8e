import { setImmediate as turn } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Envelope } from '../domain/event';
import { NOTHING } from '../domain/project';
import type { ProjectState } from '../domain/project-state';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { Overloaded, type Outcome } from './execute';
import { judge, type Case, type Court, type Ruling, type Verdict } from './judge';
import { readTail } from './load';

export interface DeskOptions extends Court {
  readonly store: EventStore;
  readonly upcast: Upcaster;
  /** How long a command may take before its caller is told that the outcome is unknown, in milliseconds. */
  readonly patience: number;
  /** How many commands may wait for one project. */
  readonly queueLimit: number;
  readonly observe?: (what: 'conflict' | 'retry' | 'group', count: number) => void;
}

interface Pending {
  readonly submitted: Case;
  readonly deadline: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A group is appended at once, so it must not keep its first command waiting for its last. */
const GROUP = 256;
/** How often a group is decided anew because others wrote first, before its callers are asked to try again. */
const ATTEMPTS = 20;
/** How often in the time of its patience a desk looks whose patience has ended. */
const LOOKS = 20;

/**
 * Where the commands of one project are decided, one after another, and appended as one group, each with an outcome of its own.
 *
 * While an append's outcome is unknown the whole project waits here: a later decision could not know what it stands on. Its callers
 * do not: who has waited long enough is told what is known, and the work goes on without him.
 */
export class Desk {
  private readonly queue: Pending[] = [];
  private inHand: readonly Pending[] = [];
  private working = false;
  /** What the store has last complained of: told to those who give up. */
  private trouble: unknown;

  constructor(
    private readonly projectId: string,
    private state: ProjectState,
    private readonly options: DeskOptions,
    /** Called with the state that the desk ends on, when nothing waits any more. */
    private readonly idle: (state: ProjectState) => void,
    private readonly signal: AbortSignal,
  ) {}

  submit(submitted: Case): Promise<Outcome> {
    if (this.queue.length >= this.options.queueLimit) {
      return Promise.reject(new Overloaded(`${this.queue.length} commands wait for project ${this.projectId} already`));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ submitted, deadline: performance.now() + this.options.patience, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  /**
   * Tells every caller whose deadline is past. A command in hand may have been written, or may yet be; one in the queue is taken out
   * of it, so that it never will be.
   */
  giveUp(now: number): void {
    const cause = this.trouble;
    for (const { deadline, reject } of this.inHand) {
      if (deadline <= now) reject(new OutcomeUnknown(`whether project ${this.projectId} took the command is not known yet`, { cause }));
    }
    while (this.queue[0] !== undefined && this.queue[0].deadline <= now) {
      const message = `project ${this.projectId} waits for the event store: nothing was written`;
      this.queue.shift()?.reject(new StoreUnavailable(message, { cause }));
    }
  }

  /** Never rejects: whatever goes wrong is told to the callers of the group it befell. */
  private async work(): Promise<void> {
    this.working = true;
    const watch = setInterval(() => this.giveUp(performance.now()), this.options.patience / LOOKS).unref();
    while (this.queue.length > 0) {
      // Whatever comes in these turns of the event loop belongs to the same group: it shares the wait for the disk. Two, since those
      // who were just answered need one to ask again; with nothing to do, a turn takes microseconds.
      await turn();
      await turn();
      this.inHand = this.queue.splice(0, GROUP);
      try {
        await this.carryOut(this.inHand);
        this.trouble = undefined;
      } catch (error) {
        // Unless it is certain that nothing was written, the memory may be wrong now: the next group begins with the whole stream.
        if (!(error instanceof StoreUnavailable)) this.state = NOTHING;
        for (const { reject } of this.inHand) reject(error);
      }
    }
    clearInterval(watch);
    this.inHand = [];
    this.working = false;
    this.idle(this.state);
  }

  private async carryOut(group: readonly Pending[]): Promise<void> {
    if (this.state === NOTHING) await this.catchUp();
    let waiting = group;
    for (let attempt = 1; waiting.length > 0; attempt += 1) {
      if (attempt > ATTEMPTS)
        throw new StoreUnavailable(`project ${this.projectId} is being written too fast elsewhere: nothing was written, try again`);
      const { taken, verdicts } = this.judgeAll(waiting);
      const events = verdicts.flatMap((verdict) => verdict.events);
      const stands = events.length > 0 ? await this.append(events) : await this.isCurrent();
      if (!stands) continue;
      if (events.length > 0) this.state = (verdicts.at(-1) as Verdict).state;
      taken.forEach((pending, index) => answer(pending, (verdicts[index] as Verdict).outcome));
      this.options.observe?.('group', taken.length);
      waiting = waiting.slice(taken.length);
      attempt = 0;
    }
  }

  /** Decides as many as one append can hold, each on top of the one before. */
  private judgeAll(waiting: readonly Pending[]): { readonly taken: readonly Pending[]; readonly verdicts: readonly Verdict[] } {
    const verdicts: Verdict[] = [];
    let state = this.state;
    let bytes = 0;
    for (const { submitted } of waiting) {
      const verdict = judge(state, submitted, this.options);
      bytes += verdict.bytes;
      if (bytes > this.options.appendLimit) break;
      verdicts.push(verdict);
      state = verdict.state;
    }
    return { taken: waiting.slice(0, verdicts.length), verdicts };
  }

  /** Whether the events stand in the store. False: others wrote first, what they wrote has been read, and all is decided anew. */
  private async append(events: readonly Envelope[]): Promise<boolean> {
    const expected = this.state.head.revision;
    const attempt = async (): Promise<boolean> => {
      try {
        await this.options.store.append(this.projectId, expected, events);
        return true;
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        await this.catchUp();
        this.options.observe?.('conflict', 1);
        return false;
      }
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      this.trouble = error;
      return this.settle(attempt);
    }
  }

  /**
   * Sends the same bytes until the store says that they stand, or that others wrote first and what they wrote has been read. It ends only
   * so, or with this process. Should the bytes stand and the store still call it a conflict, the commands find themselves in the tail,
   * as repetitions (A1).
   */
  private async settle(attempt: () => Promise<boolean>): Promise<boolean> {
    try {
      return await pRetry(attempt, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 50,
        maxTimeout: 2_000,
        randomize: true,
        signal: this.signal,
        shouldRetry: ({ error }) => error instanceof OutcomeUnknown || error instanceof StoreUnavailable,
        onFailedAttempt: ({ error }) => {
          this.trouble = error;
          this.options.observe?.('retry', 1);
        },
      });
    } catch (error) {
      throw new OutcomeUnknown(`whether project ${this.projectId} took the command is not known`, { cause: error });
    }
  }

  /** Whether nothing has been written since: only then may a refusal or a no-op be told. */
  private async isCurrent(): Promise<boolean> {
    const before = this.state.head.hash;
    await this.catchUp();
    return this.state.head.hash === before;
  }

  private async catchUp(): Promise<void> {
    this.state = await readTail(this.options.store, this.options.upcast, this.projectId, this.state);
  }
}

function answer({ resolve, reject }: Pending, outcome: Ruling): void {
  if (outcome.kind === 'failed') reject(outcome.error);
  else resolve(outcome);
}
