import type { Json } from '../domain/json';
import type { Checkpoints } from './checkpoints';

/** A read model's document: plain JSON, never changed in place. */
export type Document = { readonly [field: string]: Json | undefined };

/** What a document is found and ordered by. All of it is derived from the document, so an index can never disagree with it. */
export interface IndexEntry {
  /** Folded name: sort key of `name`. */
  readonly name: string;
  /** The revisions that created it and last changed it: sort keys of `created` and `updated`. */
  readonly created: number;
  readonly updated: number;
  readonly archived: boolean;
  readonly status?: string;
  /** Folded text that a search looks into. */
  readonly text: string;
  /** Labels for exact look-up, such as `uses:key:dark_mode`. */
  readonly tags: readonly string[];
}

export interface Write {
  readonly collection: string;
  readonly id: string;
  readonly document: Document;
  readonly index: IndexEntry;
}

/** How far a project's documents are: the last event they reflect. */
export interface Checkpoint {
  readonly revision: number;
  readonly hash: string;
  /** `occurredAt` of that event. */
  readonly occurredAt: number;
}

/** What the events of a batch add to the log of their project: one for each revision from the one after the expected on. */
export interface LogEntries {
  /** When each happened, in UTC milliseconds: never before the one before it. */
  readonly times: readonly number[];
  /** For each label, the revisions of the events that have it, ascending. */
  readonly labels: ReadonlyMap<string, readonly number[]>;
}

export interface Batch {
  readonly projectId: string;
  /** The revision the documents must be at for this batch to apply; -1 if the project is not there yet. */
  readonly expectedRevision: number;
  readonly checkpoint: Checkpoint;
  readonly writes: readonly Write[];
  readonly log: LogEntries;
}

export type SortField = 'name' | 'created' | 'updated';

/** The place of a row in a sorted list: the sort value and, for ties, the id. */
export interface RowKey {
  readonly value: string | number;
  readonly id: string;
}

export interface ListQuery {
  readonly collection: string;
  /** true: only archived; false: only not archived; absent: both. */
  readonly archived?: boolean;
  readonly statuses?: readonly string[];
  /** Already folded; a row matches if its text contains it. */
  readonly text?: string;
  readonly tag?: string;
  readonly sort: { readonly by: SortField; readonly descending: boolean };
  readonly after?: RowKey;
  readonly before?: RowKey;
  /** How many rows, and from which end of the (remaining) list. */
  readonly limit: number;
  readonly from: 'start' | 'end';
}

export interface Row {
  readonly key: RowKey;
  readonly document: Document;
}

export interface Page {
  /** In list order, whichever end they were taken from. */
  readonly rows: readonly Row[];
  /** Rows that match, apart from `after`, `before` and `limit`. */
  readonly total: number;
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
  /** What the project's documents reflect, read in the same instant as the rows. */
  readonly checkpoint: Checkpoint | undefined;
}

export interface LogQuery {
  /** Only events that have, of each of these lists, one label. No event has two labels of one list. */
  readonly having: readonly (readonly string[])[];
  /** Only revisions greater, and less, than these. */
  readonly after?: number;
  readonly before?: number;
  /** Only from this time on, and before that one: UTC milliseconds. */
  readonly since?: number;
  readonly until?: number;
  readonly newestFirst: boolean;
  readonly limit: number;
}

export interface LogPage {
  /** In the order asked for. */
  readonly revisions: readonly number[];
  /** Whether more may follow these. */
  readonly more: boolean;
  /**
   * The search reached the limit of one call: all entries up to this revision, in the order asked for, were looked at, and the next call goes on
   * after it. It never happens with at most one list of labels.
   */
  readonly stoppedAt?: number;
  /** How many entries match without `after`, `before` and `limit`; undefined where counting them would mean reading each. */
  readonly total?: number;
  readonly checkpoint: Checkpoint | undefined;
}

/** What is stored, as it is, also where more had been seen: for the projector, which makes good what was lost. Reading it accepts no loss. */
export interface Stored {
  /** In the order of the ids; undefined: the project is not there. */
  checkpoints(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]>;
  get(projectId: string, collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]>;
  projectIds(): Promise<readonly string[]>;
  /** Deletes all that is stored of the project, so that it can be projected again from the beginning. */
  clear(projectId: string): Promise<void>;
}

/**
 * Where the read models of one generation are kept.
 *
 * What was seen of a project is never shown older: while less than that is stored, whatever is asked rejects with `ReadModelUnavailable`, until the
 * projector has made it good. The compare-and-set of `commit` on a project's dense revision is what makes a projection's effect exactly once.
 */
export interface ReadModel {
  /**
   * Applies the whole batch and answers true, or, if the project is not at the expected revision, nothing and false. Rejects with
   * `ReadModelDamaged` where something that is stored of the project is gone.
   */
  commit(batch: Batch): Promise<boolean>;
  /** undefined: the project is not there. */
  checkpoint(projectId: string): Promise<Checkpoint | undefined>;
  /** The checkpoints of several projects, in the order of the ids. */
  checkpointsOf(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]>;
  /** In the order of the ids; undefined where there is none. */
  get(projectId: string, collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]>;
  /** For each project, the document of the collection that has the project's own id, in the order of the projects; undefined where there is none. */
  getOfEach(projectIds: readonly string[], collection: string): Promise<readonly (Document | undefined)[]>;
  list(projectId: string, query: ListQuery): Promise<Page>;
  /** Pages of several collections, in the order of the queries, all read in one instant: they have one checkpoint. */
  lists(projectId: string, queries: readonly ListQuery[]): Promise<readonly Page[]>;
  /** Which revisions of the project's history have these labels: the events themselves are the event store's. */
  log(projectId: string, query: LogQuery): Promise<LogPage>;
  /** The ids of the projects that have a checkpoint, sorted. */
  projectIds(): Promise<readonly string[]>;
  readonly stored: Stored;
  /**
   * How far this generation was seen to have come, in this process. It tells whenever what was acknowledged may be gone: the connection was lost, or a
   * project was found behind where it had been. The projector then compares every checkpoint with the event store.
   */
  readonly checkpoints: Checkpoints;
  close(): Promise<void>;
}

/** What queries are answered from: all but what only the projector needs. */
export type Queried = Omit<ReadModel, 'stored' | 'checkpoints'>;

/** A read model that can be copied as it is. */
export interface ForkableReadModel extends ReadModel {
  /** A read model of its own that holds the same: it costs what is written to either of the two afterwards, and closing one leaves the other. */
  fork(): ForkableReadModel;
}

/** Something that is stored of one project is gone or changed: it is to be projected again from the beginning. */
export class ReadModelDamaged extends Error {}

/** The read model cannot be reached; nothing is known of what it holds. */
export class ReadModelUnavailable extends Error {}

/** There is nothing to be read yet: it is being opened, or built. */
export class ReadModelBeingBuilt extends ReadModelUnavailable {}

/** Throws if the batch has not one entry of the log for each revision that it moves the project by: a log with a gap answers wrongly for ever. */
export function assertDense({ projectId, expectedRevision, checkpoint, log }: Batch): void {
  const revisions = checkpoint.revision - expectedRevision;
  if (log.times.length === revisions) return;
  throw new RangeError(`a batch moves project ${projectId} by ${revisions} revisions, but has ${log.times.length} entries for its log`);
}
