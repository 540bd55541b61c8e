import { LRUCache } from 'lru-cache';
import { EMPTY_PROJECT } from '../domain/decider';
import { StoreUnavailable } from '../event-store/event-store';
import { Desk, type DeskOptions } from './desk';
import { Overloaded, type Consult, type Execute, type Outcome, type Submission } from './execute';
import { inSlices } from './in-slices';
import { decidingAhead, isLong, prepareCase, preparingCase, type Case } from './judge';
import { NOT_LOADED, readTail, type LoadedProject } from './load';

export interface ExecutorOptions extends DeskOptions {
  /** How many projects' states are kept in memory when nothing is being decided in them. */
  readonly projectsKept: number;
}

/** Takes commands for every project: one desk for each that is being written, and the states of those that lately were. */
export class Executor {
  private readonly desks = new Map<string, Desk>();
  private readonly projects: LRUCache<string, LoadedProject>;
  private readonly underWay = new Set<Promise<unknown>>();
  /** Commands that are decided before they are queued, since that takes long. */
  private preparing = 0;
  private readonly closing = new AbortController();
  private closed = false;

  constructor(private readonly options: ExecutorOptions) {
    this.projects = new LRUCache({ max: options.projectsKept });
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
    const before = this.projects.get(projectId) ?? NOT_LOADED;
    const { failure, ...loaded } = await readTail(store, upcast, projectId, before.state);
    // A desk may have brought a later one meanwhile.
    if ((this.projects.get(projectId) ?? NOT_LOADED) === before) this.keep(projectId, loaded);
    if (failure !== undefined) throw failure;
    return loaded.state;
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
        this.projects.get(projectId) ?? NOT_LOADED,
        this.options,
        (loaded) => {
          this.desks.delete(projectId);
          this.keep(projectId, loaded);
        },
        this.closing.signal,
      );
      this.desks.set(projectId, desk);
    }
    return desk.submit(submitted);
  }

  private keep(projectId: string, loaded: LoadedProject): void {
    // Projects that are not there are not worth keeping: anyone could ask for any number of them.
    if (loaded.state === EMPTY_PROJECT) this.projects.delete(projectId);
    else this.projects.set(projectId, loaded);
  }
}
