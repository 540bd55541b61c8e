import { LRUCache } from 'lru-cache';
import { EMPTY_PROJECT } from '../domain/decider';
import type { ProjectState } from '../domain/project-state';
import { StoreUnavailable } from '../event-store/event-store';
import { Desk, type DeskOptions } from './desk';
import { Overloaded, type Consult, type Execute, type Outcome, type Submission } from './execute';
import { inSlices } from './in-slices';
import { decidingAhead, isLong, prepareCase, preparingCase, type Case } from './judge';
import { readTail } from './load';

export interface ExecutorOptions extends DeskOptions {
  /** How many projects' states are kept in memory when nothing is being decided in them. */
  readonly projectsKept: number;
}

/** Takes commands for every project: one desk for each that is being written, and the states of those that lately were. */
export class Executor {
  private readonly desks = new Map<string, Desk>();
  private readonly states: LRUCache<string, ProjectState>;
  private readonly underWay = new Set<Promise<unknown>>();
  /** Commands that are decided before they are queued, since that takes long. */
  private preparing = 0;
  private readonly closing = new AbortController();
  private closed = false;

  constructor(private readonly options: ExecutorOptions) {
    this.states = new LRUCache({ max: options.projectsKept });
  }

  readonly execute: Execute = (submission) => {
    if (this.closed) return Promise.reject(new StoreUnavailable('the server is stopping: nothing was written'));
    const outcome = this.submit(submission);
    this.underWay.add(outcome);
    const settled = (): boolean => this.underWay.delete(outcome);
    outcome.then(settled, settled);
    return outcome;
  };

  readonly consult: Consult = async (projectId) => {
    if (this.closed) throw new StoreUnavailable('the server is stopping');
    const { store, upcast } = this.options;
    const before = this.states.get(projectId) ?? EMPTY_PROJECT;
    const state = await readTail(store, upcast, projectId, before);
    // A desk may have brought a later one meanwhile. Projects that are not there are not worth keeping.
    if (state !== EMPTY_PROJECT && (this.states.get(projectId) ?? EMPTY_PROJECT) === before) this.states.set(projectId, state);
    return state;
  };

  /** Takes no more commands, and waits for those under way: at most `grace` milliseconds, after which what is unknown is told as unknown. */
  async close(grace: number): Promise<void> {
    this.closed = true;
    const end = (): void => {
      this.closing.abort(new Error('the server stops'));
      for (const desk of this.desks.values()) desk.giveUp(Number.POSITIVE_INFINITY);
    };
    const timer = setTimeout(end, grace);
    await Promise.allSettled(this.underWay);
    clearTimeout(timer);
    end();
  }

  private submit(submission: Submission): Promise<Outcome> {
    return isLong(submission) ? this.submitLong(submission) : this.queue(prepareCase(submission));
  }

  /** What takes long is done before the command is queued, on the state as it is: in the queue it is done again only if the project has moved. */
  private async submitLong(submission: Submission): Promise<Outcome> {
    if (this.preparing >= this.options.queueLimit) throw new Overloaded(`${this.preparing} set-ups are being planned already`);
    this.preparing += 1;
    try {
      const submitted = await inSlices(preparingCase(submission));
      const state = await this.consult(submitted.projectId);
      return await this.queue(await inSlices(decidingAhead(state, submitted, this.options)));
    } finally {
      this.preparing -= 1;
    }
  }

  private queue(submitted: Case): Promise<Outcome> {
    const { projectId } = submitted;
    let desk = this.desks.get(projectId);
    if (desk === undefined) {
      desk = new Desk(
        projectId,
        this.states.get(projectId) ?? EMPTY_PROJECT,
        this.options,
        (state) => this.leave(projectId, state),
        this.closing.signal,
      );
      this.desks.set(projectId, desk);
    }
    return desk.submit(submitted);
  }

  private leave(projectId: string, state: ProjectState): void {
    this.desks.delete(projectId);
    // Projects that are not there are not worth keeping: anyone could ask for any number of them.
    if (state === EMPTY_PROJECT) this.states.delete(projectId);
    else this.states.set(projectId, state);
  }
}
