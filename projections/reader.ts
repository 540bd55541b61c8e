import type { Usage } from '../src/domain/refusal';
import { byKindAndName, type Use } from '../src/domain/usage';
import type { Checkpoint, Document, ListQuery, Page, Queried, RowKey } from '../src/read-model/read-model';
import type { ProjectionOf } from '../src/read-model/projection';
import { projects, type ProjectDocument } from './entities';
import { USES, usage, usedTag, usesTag, type UsageDocument } from './usage';

export interface RowOf<D> {
  readonly key: RowKey;
  readonly document: D;
}

export type PageOf<D> = Omit<Page, 'rows'> & { readonly rows: readonly RowOf<D>[] };

/** A page of which concept. */
export type Asked<D extends object> = readonly [projection: ProjectionOf<D>, query: Omit<ListQuery, 'collection'>];

const BATCH = 1_000;
/** It never changes: a row renamed between two pages is neither missed nor listed twice. */
const BY_CREATION = { by: 'created', descending: false } as const;

/** What the ledger remembers, asked for by concept. It reads documents only and never folds a stream; a document is never changed in place. */
export class Reader {
  constructor(private readonly readModel: Queried) {}

  /** undefined: the project, or the entity in it, is not there (yet). */
  async get<D extends object>(projection: ProjectionOf<D>, projectId: string, id: string): Promise<D | undefined> {
    return (await this.getMany(projection, projectId, [id]))[0];
  }

  /** In the order of the ids, undefined where there is none. */
  getMany<D extends object>(projection: ProjectionOf<D>, projectId: string, ids: readonly string[]): Promise<readonly (D | undefined)[]> {
    return this.readModel.get(projectId, projection.collection, ids) as Promise<readonly (D | undefined)[]>;
  }

  async list<D extends object>(projection: ProjectionOf<D>, projectId: string, query: Omit<ListQuery, 'collection'>): Promise<PageOf<D>> {
    return (await this.readModel.list(projectId, { ...query, collection: projection.collection })) as unknown as PageOf<D>;
  }

  /** Pages of several concepts, in the order asked for, all of one instant. */
  async lists<D extends object>(projectId: string, asked: readonly Asked<D>[]): Promise<readonly PageOf<D>[]> {
    const queries = asked.map(([{ collection }, query]) => ({ ...query, collection }));
    return (await this.readModel.lists(projectId, queries)) as unknown as readonly PageOf<D>[];
  }

  /** All rows that match one of the queries, in their order, whatever their number: for what no index answers. */
  async all<D extends object>(
    projection: ProjectionOf<D>,
    projectId: string,
    ...queries: readonly Omit<ListQuery, 'collection' | 'after' | 'before' | 'limit' | 'from'>[]
  ): Promise<Pick<PageOf<D>, 'rows' | 'checkpoint'>> {
    const rows = new Map<string, RowOf<D>>();
    for (let left: readonly Omit<ListQuery, 'collection' | 'limit' | 'from'>[] = queries; ;) {
      const pages = await this.lists(
        projectId,
        left.map((query) => [projection, { ...query, limit: BATCH, from: 'start' }] as const),
      );
      // What moves between two pages, or matches two queries, is not to be listed twice.
      for (const page of pages) for (const row of page.rows) rows.set(row.key.id, row);
      left = left.flatMap((query, at) => (pages[at]!.hasNext ? [{ ...query, after: pages[at]!.rows.at(-1)!.key }] : []));
      if (left.length === 0) return { rows: [...rows.values()], checkpoint: pages[0]?.checkpoint };
    }
  }

  /** The usages that hold the thing, as a refusal to archive it would list them: flags, configs, then experiments, each by name. */
  async usagesOf(projectId: string, use: Use): Promise<readonly Usage[]> {
    const { rows } = await this.all(usage, projectId, { tag: usesTag(use), sort: BY_CREATION });
    return rows.map(({ document: { kind, id, name, status } }) => ({ kind, id, name, status })).sort(byKindAndName);
  }

  /** The usages that hold the thing, or ever did, with when: flags, configs, then experiments, each by name. */
  async everUsedBy(projectId: string, use: Use): Promise<readonly (Usage & Pick<UsageDocument, 'spans'>)[]> {
    // In one instant: what ceases to use it meanwhile is found by one of the two.
    const tagged = [usesTag(use), usedTag(use)].map((tag) => ({ tag, sort: BY_CREATION }));
    const { rows } = await this.all(usage, projectId, ...tagged);
    return rows
      .map(({ document: { kind, id, name, status, spans } }) => {
        const ofThis = spans.filter((span) => span.kind === use.kind && span.id === use.id);
        return { kind, id, name, status, spans: ofThis };
      })
      .sort(byKindAndName);
  }

  /** How many usages hold each thing, by `usesTag`; what none holds is not there. */
  async usageCounts(projectId: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.all(usage, projectId, { archived: false, sort: BY_CREATION });
    const counts = new Map<string, number>();
    for (const { document } of rows) {
      for (const tag of usage.index(document as UsageDocument & Document).tags) {
        if (tag.startsWith(USES)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** How many usages hold the thing. */
  async usageCount(projectId: string, use: Use): Promise<number> {
    return (await this.list(usage, projectId, { tag: usesTag(use), sort: BY_CREATION, limit: 0, from: 'start' })).total;
  }

  /** The ids of all projects, sorted. */
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
