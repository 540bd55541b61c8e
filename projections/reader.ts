import type { Usage } from '../src/domain/refusal';
import { byKindAndName, type Use } from '../src/domain/usage';
import type { Checkpoint, ListQuery, Page, Queried, RowKey } from '../src/read-model/read-model';
import type { ProjectionOf } from './projection';
import { projects, type ProjectDocument } from './projects';
import { usage, usesTag, type UsageDocument } from './usage';

export interface RowOf<D> {
  readonly key: RowKey;
  readonly document: D;
}

export type PageOf<D> = Omit<Page, 'rows'> & { readonly rows: readonly RowOf<D>[] };

const BATCH = 1_000;

/** What the ledger remembers, asked for by concept. It reads documents only and never folds a stream; a document is never changed in place. */
export class Reader {
  constructor(private readonly readModel: Queried) {}

  /** undefined: the project, or the entity in it, is not there (yet). */
  async get<D extends object>(projection: ProjectionOf<D>, projectId: string, id: string): Promise<D | undefined> {
    const [document] = await this.getMany(projection, projectId, [id]);
    return document;
  }

  /** In the order of the ids, undefined where there is none. */
  async getMany<D extends object>(
    projection: ProjectionOf<D>,
    projectId: string,
    ids: readonly string[],
  ): Promise<readonly (D | undefined)[]> {
    return (await this.readModel.get(projectId, projection.collection, ids)) as readonly (D | undefined)[];
  }

  async list<D extends object>(projection: ProjectionOf<D>, projectId: string, query: Omit<ListQuery, 'collection'>): Promise<PageOf<D>> {
    return (await this.readModel.list(projectId, { ...query, collection: projection.collection })) as unknown as PageOf<D>;
  }

  /** The usages that hold the thing, as a refusal to archive it would list them: flags, configs, then experiments, each by name. */
  async usagesOf(projectId: string, use: Use): Promise<readonly Usage[]> {
    const usages: Usage[] = [];
    for (let after: RowKey | undefined, more = true; more;) {
      // By creation, which never changes: a usage renamed between two pages is neither missed nor listed twice.
      const sort = { by: 'created', descending: false } as const;
      const page: PageOf<UsageDocument> = await this.list(usage, projectId, {
        tag: usesTag(use),
        sort,
        after,
        limit: BATCH,
        from: 'start',
      });
      for (const { document } of page.rows) {
        const { kind, id, name, status } = document;
        usages.push({ kind, id, name, status });
      }
      after = page.rows.at(-1)?.key;
      more = page.hasNext;
    }
    return usages.sort(byKindAndName);
  }

  /** Of every project there is, sorted. */
  async projectIds(): Promise<readonly string[]> {
    return this.readModel.projectIds();
  }

  /** In the order of the ids; every project there is, by id, if none are given. */
  async projects(ids?: readonly string[]): Promise<readonly ProjectDocument[]> {
    const documents = await this.readModel.getOfEach(ids ?? (await this.projectIds()), projects.collection);
    return documents.filter((document) => document !== undefined) as readonly object[] as readonly ProjectDocument[];
  }

  /** The last event that the project's documents reflect; undefined: the project is not there (yet). */
  async checkpoint(projectId: string): Promise<Checkpoint | undefined> {
    return this.readModel.checkpoint(projectId);
  }
}
