import { setImmediate as turn } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { ProjectState } from '../domain/project-state';
import { AppendTooLarge, OutcomeUnknown, RevisionConflict, StoreUnavailable, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import { Draft, GROUP } from './draft';
import { Overloaded, type Outcome } from './execute';
import type { Case, Court, Ruling } from './judge';
import { readTail, type LoadedProject } from './load';

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

/** How often a group is decided anew because others wrote first, before its callers are asked to try again. */
const ATTEMPTS = 20;
/** How often in the time of its patience a desk looks whose patience has ended. */
const LOOKS = 20;

/**
 * Where the commands of one project are decided, one after another, and appended as one group, each with an outcome of its own.
 *
 * While an append is under way, the commands that come meanwhile are decided on the state behind it. They are appended when it stands, and are
 * decided anew if it does not: only one append of a project is under way at a time, because a revision alone does not say what stands there.
 *
 * While an append's outcome is unknown the whole project waits here. Its callers do not: who has waited long enough is told what is known,
 * and the work goes on without him.
 */
export class Desk {
  private readonly queue: Pending[] = [];
  private inHand: readonly Pending[] = [];
  /** The state behind the append that is under way. */
  private behind: ProjectState | undefined;
  /** The commands at the front of the queue, decided on the state behind the append that is under way. */
  private ahead: Draft | undefined;
  private working = false;
  /** What the store has last complained of: told to those who give up. */
  private trouble: unknown;

  constructor(
    private readonly projectId: string,
    private loaded: LoadedProject,
    private readonly options: DeskOptions,
    /** Called with what the desk ends on, when nothing waits any more. */
    private readonly idle: (loaded: LoadedProject) => void,
    private readonly signal: AbortSignal,
  ) {}

  submit(submitted: Case): Promise<Outcome> {
    if (this.queue.length >= this.options.queueLimit) {
      return Promise.reject(new Overloaded(`${this.queue.length} commands wait for project ${this.projectId} already`));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ submitted, deadline: performance.now() + this.options.patience, resolve, reject });
      if (this.working) this.decideAhead();
      else void this.work();
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
      // What was decided on top of it is decided again without it.
      this.ahead = undefined;
      const message = `project ${this.projectId} waits for the event store: nothing was written`;
      this.queue.shift()?.reject(new StoreUnavailable(message, { cause }));
    }
    this.decideAhead();
  }

  private async work(): Promise<void> {
    this.working = true;
    const watch = setInterval(() => this.giveUp(performance.now()), this.options.patience / LOOKS).unref();
    // What comes in the same turn of the event loop belongs to the same group.
    await turn();
    let answerAll = (): void => {};
    while (this.queue.length > 0) {
      const carriedOut = this.carryOut();
      // Only now that the next append is on its way: the disk works while the callers go on.
      answerAll();
      answerAll = await carriedOut;
    }
    answerAll();
    clearInterval(watch);
    this.inHand = [];
    this.working = false;
    this.idle(this.loaded);
  }

  /** Carries a group out, and answers how to tell its callers. Never rejects: whatever goes wrong is told to the callers of the group it befell. */
  private async carryOut(): Promise<() => void> {
    try {
      const draft = await this.stored();
      const group = this.inHand;
      this.trouble = undefined;
      this.options.observe?.('group', draft.size);
      return () => group.forEach((pending, index) => answer(pending, draft.outcome(index)));
    } catch (error) {
      const group = this.inHand;
      // Unless it is certain that nothing was written, the stream may hold more now: the next group begins by reading on.
      if (!(error instanceof StoreUnavailable)) this.loaded = { ...this.loaded, mustRead: true };
      return () => {
        for (const { reject } of group) reject(error);
      };
    }
  }

  /** Takes the next group in hand, and resolves when the store holds what follows from it, or has shown that nothing does. */
  private async stored(): Promise<Draft> {
    let draft = this.ahead?.size === 0 ? undefined : this.ahead;
    this.ahead = undefined;
    this.inHand = this.queue.splice(0, draft?.size ?? GROUP);
    if (this.loaded.mustRead) await this.catchUp();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      draft ??= await this.decide();
      const stands = draft.events.length > 0 ? await this.append(draft) : await this.isCurrent();
      if (stands) return draft;
      draft = undefined;
    }
    throw new StoreUnavailable(`project ${this.projectId} is being written too fast elsewhere: nothing was written, try again`);
  }

  /** Decides as many of the group in hand as one append can hold; the others go back into the queue. */
  private async decide(): Promise<Draft> {
    const draft = new Draft(this.loaded.state, this.options);
    for (const { submitted } of this.inHand) if (!(await draft.addInSlices(submitted))) break;
    this.queue.unshift(...this.inHand.slice(draft.size));
    this.inHand = this.inHand.slice(0, draft.size);
    return draft;
  }

  private decideAhead(): void {
    if (this.behind === undefined) return;
    this.ahead ??= new Draft(this.behind, this.options);
    let next = this.queue[this.ahead.size];
    while (next !== undefined && this.ahead.add(next.submitted)) next = this.queue[this.ahead.size];
  }

  /** Whether the events stand in the store. False: others wrote first and what they wrote has been read, or they are too many; all is decided anew. */
  private async append(draft: Draft): Promise<boolean> {
    const { events, expectedRevision, state } = draft;
    const attempt = async (): Promise<boolean> => {
      try {
        await this.options.store.append(this.projectId, expectedRevision, events);
        return true;
      } catch (error) {
        const isTooLarge = error instanceof AppendTooLarge;
        if (!isTooLarge && !(error instanceof RevisionConflict)) throw error;
        this.ahead = this.behind = undefined;
        // Decided anew by the limit that the store has named: fewer at a time, or a refusal.
        if (isTooLarge) return false;
        await this.catchUp();
        this.options.observe?.('conflict', 1);
        return false;
      }
    };
    let stands = false;
    this.behind = state;
    try {
      const under = attempt();
      this.decideAhead();
      stands = await under;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      this.trouble = error;
      stands = await this.settle(attempt);
    } finally {
      this.behind = undefined;
      if (stands) this.loaded = { state, mustRead: false };
      else this.ahead = undefined;
    }
    return stands;
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
    const before = this.loaded.state.head.hash;
    await this.catchUp();
    return this.loaded.state.head.hash === before;
  }

  private async catchUp(): Promise<void> {
    const { store, upcast } = this.options;
    const { failure, ...loaded } = await readTail(store, upcast, this.projectId, this.loaded.state);
    this.loaded = loaded;
    if (failure !== undefined) throw failure;
  }
}

function answer({ resolve, reject }: Pending, outcome: Ruling): void {
  if (outcome.kind === 'failed') reject(outcome.error);
  else resolve(outcome);
}
