import DataLoader from 'dataloader';
import type { ProjectionOf } from '../src/read-model/projection';
import type { LoadProject } from '../src/application/execute';
import { experiments, type ExperimentDocument, DOCUMENTS, type AnyDocument } from '../projections/entities';
import { usesTag } from '../projections/usage';
import { COMMAND_EVENTS, type History } from '../src/audit/history';
import { pauseIfLong } from '../src/concurrency/in-slices';
import { Limiter } from '../src/concurrency/limiter';
import type { ProjectState } from '../src/domain/project-state';
import type { EntityKind, Envelope } from '../src/domain/event';
import type { Use } from '../src/domain/usage';
import type { Reader } from '../projections/reader';

/** Fewer things than this are counted by the index, one by one; for more all usages are read once. */
const COUNTED_ALONE = 8;

/** Another document refers to one that is not there. */
class NotThere extends Error {}

/** Loads documents that others refer to: those asked for in one turn of a request are read at once, and each once. */
export class Loaders {
  private readonly loaders = new Map<string, DataLoader<string, object>>();

  private readonly counters = new Map<string, DataLoader<Use, number, string>>();
  private readonly running = new Map<string, Promise<readonly ExperimentDocument[]>>();
  private readonly states = new Map<string, Promise<ProjectState>>();
  private readonly commands = new Map<string, (readonly Envelope[])[]>();
  private readonly oneCommand = new Limiter({ atOnce: 1 });

  constructor(
    private readonly reader: Reader,
    private readonly loadProject: LoadProject,
    private readonly history: Pick<History, 'commandAt'>,
  ) {}

  /** The events of the command that wrote this revision. Read one command after another, and each once for all that it wrote. */
  command(projectId: string, revision: number): Promise<readonly Envelope[]> {
    return this.oneCommand.run(async () => {
      await pauseIfLong();
      const known = this.commands.get(projectId) ?? [];
      this.commands.set(projectId, known);
      const has = (events: readonly Envelope[]): boolean => events[0]!.revision <= revision && revision <= events.at(-1)!.revision;
      let command = known.find(has);
      if (command === undefined) {
        command = await this.history.commandAt(projectId, revision);
        // What has fewer events was read to both ends, and is the same from each of them.
        if (command.length > 0 && command.length < COMMAND_EVENTS) known.push(command);
      }
      return command;
    });
  }

  /** What the project's next command would be decided on: all that ask while it is being read are answered with the same. */
  state(projectId: string): Promise<ProjectState> {
    let state = this.states.get(projectId);
    if (state === undefined) {
      state = this.loadProject(projectId).finally(() => this.states.delete(projectId));
      this.states.set(projectId, state);
    }
    return state;
  }

  /** Rejects if it is not there. Nothing in the ledger is ever deleted, so that would be a broken read model, and null would read as "everyone". */
  load<D extends object>(projection: ProjectionOf<D>, projectId: string, id: string): Promise<D> {
    return this.loaderOf(projection, projectId).load(id) as Promise<D>;
  }

  /** undefined: it is not there. */
  async find(kind: EntityKind, projectId: string, id: string): Promise<AnyDocument | undefined> {
    try {
      return await this.load(DOCUMENTS[kind], projectId, id);
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      throw error;
    }
  }

  /** In the order of the ids. */
  loadAll<D extends object>(projection: ProjectionOf<D>, projectId: string, ids: readonly string[]): Promise<D[]> {
    return Promise.all(ids.map((id) => this.load(projection, projectId, id)));
  }

  /** The experiments that run, by name: read once for all that ask while they are being read. */
  runningExperiments(projectId: string): Promise<readonly ExperimentDocument[]> {
    let running = this.running.get(projectId);
    if (running === undefined) {
      const query = { statuses: ['RUNNING'], sort: { by: 'name', descending: false } } as const;
      const read = this.reader.all<ExperimentDocument>(experiments, projectId, query);
      running = read.then(({ rows }) => rows.map(({ document }) => document)).finally(() => this.running.delete(projectId));
      this.running.set(projectId, running);
    }
    return running;
  }

  /** How many usages hold the thing. All that are asked for in one turn are counted together, where they are many. */
  usageCount(projectId: string, use: Use): Promise<number> {
    let counter = this.counters.get(projectId);
    if (counter === undefined) {
      counter = new DataLoader<Use, number, string>(
        async (uses) => {
          counter?.clearAll();
          if (uses.length <= COUNTED_ALONE) return Promise.all(uses.map((one) => this.reader.usageCount(projectId, one)));
          const counts = await this.reader.usageCounts(projectId);
          return uses.map((one) => counts.get(usesTag(one)) ?? 0);
        },
        { cacheKeyFn: usesTag },
      );
      this.counters.set(projectId, counter);
    }
    return counter.load(use);
  }

  private loaderOf<D extends object>(projection: ProjectionOf<D>, projectId: string): DataLoader<string, object> {
    const { collection } = projection;
    const name = `${projectId}/${collection}`;
    let loader = this.loaders.get(name);
    if (loader === undefined) {
      loader = new DataLoader<string, object>(async (ids) => {
        // What is kept must not outlive its turn: a request may have several mutations, and each answers with what it has made of things.
        loader?.clearAll();
        const documents = await this.reader.getMany(projection, projectId, ids);
        return documents.map(
          (document, index) => document ?? new NotThere(`${name} has no "${ids[index]}", which another document refers to`),
        );
      });
      this.loaders.set(name, loader);
    }
    return loader;
  }
}
