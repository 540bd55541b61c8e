import { Checkpoints } from './checkpoints';
import { Collection } from './collection';
import { freezeJson, MemoryLog } from './memory-log';
import {
  assertDense,
  type Batch,
  type Checkpoint,
  type Document,
  type ForkableReadModel,
  type ListQuery,
  type LogPage,
  type LogQuery,
  type Page,
  ReadModelUnavailable,
  type Write,
} from './read-model';
import { compareCodePoints } from './row-order';

interface Project {
  checkpoint: Checkpoint;
  readonly collections: Map<string, Collection>;
  readonly log: MemoryLog;
}

/**
 * The read model of one process, gone with it and rebuilt from the event store at the next start.
 *
 * A batch is applied between two turns of the event loop, so no one sees half of one. Documents are frozen as they come in and handed
 * out without a copy: anyone who tries to change one gets a TypeError instead of a read model that no replay would give.
 */
export function createMemoryReadModel(): ForkableReadModel {
  return over(new Map());
}

function over(projects: Map<string, Project>): ForkableReadModel {
  let closed = false;

  function open(): void {
    if (closed) throw new ReadModelUnavailable('this in-memory read model has been closed');
  }

  async function get(projectId: string, collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]> {
    open();
    const found = projects.get(projectId)?.collections.get(collection);
    return ids.map((id) => found?.get(id));
  }

  function page(projectId: string, query: ListQuery): Page {
    open();
    const project = projects.get(projectId);
    const collection = project?.collections.get(query.collection) ?? new Collection();
    return { ...collection.page(query), checkpoint: project?.checkpoint };
  }

  async function checkpointsOf(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]> {
    open();
    return projectIds.map((id) => projects.get(id)?.checkpoint);
  }

  async function projectIds(): Promise<readonly string[]> {
    open();
    return [...projects.keys()].sort(compareCodePoints);
  }

  return {
    checkpoints: new Checkpoints(),
    stored: { checkpoints: checkpointsOf, get, projectIds, clear: async (projectId) => void projects.delete(projectId) },
    checkpointsOf,
    get,
    projectIds,

    async getOfEach(projectIds: readonly string[], collection: string): Promise<readonly (Document | undefined)[]> {
      open();
      return projectIds.map((id) => projects.get(id)?.collections.get(collection)?.get(id));
    },

    async commit(batch: Batch): Promise<boolean> {
      open();
      const { projectId, expectedRevision, checkpoint, writes } = batch;
      const project = projects.get(projectId);
      if ((project?.checkpoint.revision ?? -1) !== expectedRevision) return false;
      assertDense(batch);
      const frozen = writes.map(freeze);
      const target: Project = project ?? { checkpoint, collections: new Map(), log: new MemoryLog() };
      target.checkpoint = Object.freeze({ ...checkpoint });
      for (const write of frozen) collectionOf(target, write.collection).put(write);
      target.log.append(batch.log);
      projects.set(projectId, target);
      return true;
    },

    async checkpoint(projectId: string): Promise<Checkpoint | undefined> {
      open();
      return projects.get(projectId)?.checkpoint;
    },

    async list(projectId: string, query: ListQuery): Promise<Page> {
      return page(projectId, query);
    },

    async lists(projectId: string, queries: readonly ListQuery[]): Promise<readonly Page[]> {
      return queries.map((query) => page(projectId, query));
    },

    async log(projectId: string, query: LogQuery): Promise<LogPage> {
      open();
      const project = projects.get(projectId);
      return { ...(project?.log ?? new MemoryLog()).page(query), checkpoint: project?.checkpoint };
    },

    fork(): ForkableReadModel {
      open();
      return over(new Map(Array.from(projects, ([projectId, project]) => [projectId, forked(project)])));
    },

    async close(): Promise<void> {
      closed = true;
      projects.clear();
    },
  };
}

function collectionOf(project: Project, name: string): Collection {
  let collection = project.collections.get(name);
  if (!collection) project.collections.set(name, (collection = new Collection()));
  return collection;
}

function forked({ checkpoint, collections, log }: Project): Project {
  return { checkpoint, collections: new Map(Array.from(collections, ([name, collection]) => [name, collection.fork()])), log: log.fork() };
}

/** The document is frozen through and through; the index, which is not handed out, is copied against later changes by the caller. */
function freeze(write: Write): Write {
  freezeJson(write.document);
  return { ...write, index: { ...write.index, tags: [...new Set(write.index.tags)] } };
}
