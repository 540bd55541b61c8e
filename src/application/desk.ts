import { setImmediate as turn } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Envelope } from '../domain/event';
import { NOTHING } from '../domain/project';
import type { ProjectState } from '../domain/project-state';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { Overloaded, type Outcome } from './execute';
import { judge, type Case, type Court, type Verdict } from './judge';
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

/**
 * Where the commands of one project are decided, one after another, and appended as one group, each with an outcome of its own.
 *
 * While an append's outcome is unknown the whole project waits here: a later decision could not know what it stands on.
 */
export class Desk {
  private readonly queue: Pending[] = [];
  private working = false;

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

  /** Never rejects: whatever goes wrong is told to the callers of the group it befell. */
  private async work(): Promise<void> {
    this.working = true;
    while (this.queue.length > 0) {
      // Whatever comes in the same turn of the event loop belongs to the same group: it shares the wait for the disk.
      await turn();
      const group = this.queue.splice(0, GROUP);
      try {
        await this.carryOut(group);
      } catch (error) {
        // Unless it is certain that nothing was written, the memory may be wrong now: the next group begins with the whole stream.
        if (!(error instanceof StoreUnavailable)) this.state = NOTHING;
        for (const { reject } of group) reject(error);
      }
    }
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
      const stands = events.length > 0 ? await this.append(taken, events) : await this.isCurrent();
      if (!stands) continue;
      this.state = events.length > 0 ? (verdicts.at(-1) as Verdict).state : this.state;
      taken.forEach(({ resolve }, index) => resolve((verdicts[index] as Verdict).outcome));
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

  /** Whether the group stands in the store. False: others wrote first, what they wrote has been read, and all is decided anew. */
  private async append(group: readonly Pending[], events: readonly Envelope[]): Promise<boolean> {
    const { store } = this.options;
    const expected = this.state.head.revision;
    try {
      await store.append(this.projectId, expected, events);
      return true;
    } catch (error) {
      if (error instanceof OutcomeUnknown) {
        if (await this.settle(group, expected, events, error)) return true;
      } else if (!(error instanceof RevisionConflict)) throw error;
      this.options.observe?.('conflict', 1);
      await this.catchUp();
      return false;
    }
  }

  /**
   * Sends the same bytes until the store says that they stand (true) or that others wrote first (false). Callers whose patience ends
   * are told that the outcome is unknown; the project waits on all the same, until the store answers or this process ends. Should the
   * bytes stand and the store still call it a conflict, the commands find themselves in the tail, as repetitions (A1).
   */
  private async settle(group: readonly Pending[], expected: number, events: readonly Envelope[], first: unknown): Promise<boolean> {
    this.giveUpOn(group, first);
    try {
      await pRetry(() => this.options.store.append(this.projectId, expected, events), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 50,
        maxTimeout: 2_000,
        randomize: true,
        signal: this.signal,
        shouldRetry: ({ error }) => error instanceof OutcomeUnknown || error instanceof StoreUnavailable,
        onFailedAttempt: ({ error }) => {
          this.options.observe?.('retry', 1);
          this.giveUpOn(group, error);
        },
      });
      return true;
    } catch (error) {
      if (error instanceof RevisionConflict) return false;
      throw new OutcomeUnknown(`whether project ${this.projectId} took the command is not known`, { cause: error });
    }
  }

  private giveUpOn(group: readonly Pending[], cause: unknown): void {
    const now = performance.now();
    for (const { deadline, reject } of group) {
      if (deadline <= now) reject(new OutcomeUnknown(`whether project ${this.projectId} took the command is not known yet`, { cause }));
    }
    while (this.queue[0] !== undefined && this.queue[0].deadline <= now) {
      this.queue
        .shift()
        ?.reject(new StoreUnavailable(`project ${this.projectId} waits for the event store: nothing was written`, { cause }));
    }
  }

  /** Whether nothing has been written since: only then may a refusal or a no-op be told. */
  private async isCurrent(): Promise<boolean> {
    const before = this.state.head.revision;
    await this.catchUp();
    return this.state.head.revision === before;
  }

  private async catchUp(): Promise<void> {
    this.state = await readTail(this.options.store, this.options.upcast, this.projectId, this.state);
  }
}
