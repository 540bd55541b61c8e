import { LRUCache } from 'lru-cache';
import { EMPTY_PROJECT } from '../domain/decider';
import { checkingPatterns } from '../domain/rule-patterns';
import { StoreUnavailable } from '../event-store/event-store';
import { CommandQueue, type CommandQueueOptions } from './command-queue';
import { Overloaded, type LoadProject, type Execute, type Outcome, type Submission } from './execute';
import { inSlices } from '../concurrency/in-slices';
import { decidingAhead, isLong, prepareCommand, preparingCommand, rulesIn, type PreparedCommand } from './handle-command';
import { previewing, type Preview } from './preview';
import { NOT_LOADED, readTail, type LoadedProject } from './load';

export interface ExecutorOptions extends CommandQueueOptions {
  /** How many states of idle projects are kept in memory. */
  readonly projectsKept: number;
}

/** Accepts the commands of all projects: one queue for each project being written, and the states of recently written ones. */
export class Executor {
  private readonly queues = new Map<string, CommandQueue>();
  private readonly projects: LRUCache<string, LoadedProject>;
  private readonly inFlight = new Set<Promise<unknown>>();
  /** The number of commands being decided before they are queued, since that takes long. */
  private preparing = 0;
  private readonly closing = new AbortController();
  private closed = false;

  constructor(private readonly options: ExecutorOptions) {
    this.projects = new LRUCache({ max: options.projectsKept });
  }

  readonly execute: Execute = (submission) => {
    if (this.closed) return Promise.reject(new StoreUnavailable('the server is stopping: nothing was written'));
    const outcome = this.submit(submission);
    this.inFlight.add(outcome);
    const settled = (): boolean => this.inFlight.delete(outcome);
    outcome.then(settled, settled);
    return outcome;
  };

  readonly loadProject: LoadProject = async (projectId) => {
    if (this.closed) throw new StoreUnavailable('the server is stopping');
    const { store, upcast } = this.options;
    const before = this.projects.get(projectId) ?? NOT_LOADED;
    const { failure, ...loaded } = await readTail(store, upcast, projectId, before.state);
    // A queue may have brought a later one meanwhile.
    if ((this.projects.get(projectId) ?? NOT_LOADED) === before) this.keep(projectId, loaded);
    if (failure !== undefined) throw failure;
    return loaded.state;
  };

  readonly preview: Preview = (submission) =>
    this.afterPreparing(async () => {
      await inSlices(checkingPatterns(rulesIn(submission)));
      const prepared = await inSlices(preparingCommand(submission));
      return inSlices(previewing(await this.loadProject(prepared.projectId), prepared, this.options));
    });

  /** Accepts no more commands and waits for those in flight: at most `graceMs`, after which they are answered as unknown. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    const end = (): void => {
      this.closing.abort(new Error('the server stops'));
      for (const queue of this.queues.values()) queue.expire(Number.POSITIVE_INFINITY);
    };
    const timer = setTimeout(end, graceMs);
    await Promise.allSettled(this.inFlight);
    clearTimeout(timer);
    end();
  }

  private submit(submission: Submission): Promise<Outcome> {
    if (isLong(submission)) return this.afterPreparing(async () => this.enqueue(await this.decidedAhead(submission)));
    const rules = rulesIn(submission);
    if (rules.length === 0) return this.enqueue(prepareCommand(submission));
    // In the queue the patterns are known then.
    return this.afterPreparing(() => inSlices(checkingPatterns(rules))).then(() => this.enqueue(prepareCommand(submission)));
  }

  /** Does what takes long before a command is queued: as many of these at a time as commands may wait. */
  private async afterPreparing<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.preparing >= this.options.queueLimit) throw new Overloaded(`${this.preparing} commands are being prepared already`);
    this.preparing += 1;
    try {
      return await work();
    } finally {
      this.preparing -= 1;
    }
  }

  /** A long command is decided before it is queued; the queue decides it again only if the project has changed. */
  private async decidedAhead(submission: Submission): Promise<PreparedCommand> {
    const prepared = await inSlices(preparingCommand(submission));
    const state = await this.loadProject(prepared.projectId);
    return inSlices(decidingAhead(state, prepared, this.options));
  }

  private enqueue(prepared: PreparedCommand): Promise<Outcome> {
    const { projectId } = prepared;
    let queue = this.queues.get(projectId);
    if (queue === undefined) {
      queue = new CommandQueue(
        projectId,
        this.projects.get(projectId) ?? NOT_LOADED,
        this.options,
        (loaded) => {
          this.queues.delete(projectId);
          this.keep(projectId, loaded);
        },
        this.closing.signal,
      );
      this.queues.set(projectId, queue);
    }
    return queue.submit(prepared);
  }

  private keep(projectId: string, loaded: LoadedProject): void {
    // Missing projects are not kept: a client could ask for any number of them.
    if (loaded.state === EMPTY_PROJECT) this.projects.delete(projectId);
    else this.projects.set(projectId, loaded);
  }
}
