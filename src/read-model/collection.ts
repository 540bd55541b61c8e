import { Map as PersistentMap } from 'immutable';
import type { Document, IndexEntry, ListQuery, Page, Row, RowKey, SortField, Write } from './read-model';
import { compareRowKeys, rowsBefore } from './row-order';

/** A row together with what it is filtered by. */
interface IndexedRow extends Row {
  readonly index: IndexEntry;
}

const VIEWS_KEPT = 32;

/**
 * One project's documents of one kind, in memory.
 *
 * The labels' index and the sort orders are made when first asked for and then kept up, the orders by binary insertion. What a query's
 * filters leave of an order (a view) is kept until the next write, so that paging through an unchanged list is two binary searches and a
 * slice.
 */
export class Collection {
  /** Persistent once there is a fork, which then costs nothing: until then, as in a server's own read model, a map that is quicker. */
  private entries: Map<string, Write> | PersistentMap<string, Write> = new Map<string, Write>();
  private tagged: Map<string, Set<string>> | undefined;
  private readonly orders = new Map<SortField, IndexedRow[]>();
  private readonly views = new Map<string, readonly Row[]>();

  get(id: string): Document | undefined {
    return this.entries.get(id)?.document;
  }

  /** The same documents, at no cost: what one of the two then writes, the other does not see. */
  fork(): Collection {
    const fork = new Collection();
    if (this.entries instanceof Map) this.entries = PersistentMap(this.entries);
    fork.entries = this.entries;
    return fork;
  }

  put(write: Write): void {
    const previous = this.entries.get(write.id);
    if (this.entries instanceof Map) this.entries.set(write.id, write);
    else this.entries = this.entries.set(write.id, write);
    if (this.tagged) {
      for (const tag of previous?.index.tags ?? []) untag(this.tagged, tag, write.id);
      for (const tag of write.index.tags) label(this.tagged, tag, write.id);
    }
    for (const [by, order] of this.orders) {
      if (previous) order.splice(rowsBefore(order, keyOf(previous, by), compareRowKeys, false), 1);
      order.splice(rowsBefore(order, keyOf(write, by), compareRowKeys, false), 0, placeOf(write, by));
    }
    this.views.clear();
  }

  page(query: ListQuery): Omit<Page, 'checkpoint'> {
    const rows = this.view(query);
    const order = query.sort.descending ? descending : compareRowKeys;
    const first = query.after ? rowsBefore(rows, query.after, order, true) : 0;
    const last = Math.max(first, query.before ? rowsBefore(rows, query.before, order, false) : rows.length);
    const start = query.from === 'start' ? first : Math.max(first, last - query.limit);
    const end = query.from === 'start' ? Math.min(last, first + query.limit) : last;
    return { rows: rows.slice(start, end), total: rows.length, hasPrevious: start > 0, hasNext: end < rows.length };
  }

  private view(query: ListQuery): readonly Row[] {
    const { archived, statuses, text, tag, sort } = query;
    const name = JSON.stringify([sort.by, sort.descending, archived, statuses, text, tag]);
    const kept = this.views.get(name);
    if (kept) return kept;
    const candidates = tag === undefined ? this.order(sort.by) : inOrder(this.having(tag), sort.by);
    const view = candidates.filter(
      ({ index }) =>
        (archived === undefined || index.archived === archived) &&
        (statuses === undefined || (index.status !== undefined && statuses.includes(index.status))) &&
        (text === undefined || index.text.includes(text)),
    );
    if (sort.descending) view.reverse();
    const rows = view.map(({ key, document }) => Object.freeze({ key, document }));
    if (this.views.size >= VIEWS_KEPT) this.views.delete(this.views.keys().next().value!);
    this.views.set(name, rows);
    return rows;
  }

  private order(by: SortField): readonly IndexedRow[] {
    const kept = this.orders.get(by);
    if (kept) return kept;
    const made = inOrder(this.entries.values(), by);
    this.orders.set(by, made);
    return made;
  }

  private having(tag: string): readonly Write[] {
    return Array.from(this.labelled().get(tag) ?? [], (id) => this.entries.get(id)!);
  }

  private labelled(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.tagged) return this.tagged;
    const tagged = new Map<string, Set<string>>();
    for (const { id, index } of this.entries.values()) for (const tag of index.tags) label(tagged, tag, id);
    return (this.tagged = tagged);
  }
}

function label(tagged: Map<string, Set<string>>, tag: string, id: string): void {
  const ids = tagged.get(tag);
  if (ids) ids.add(id);
  else tagged.set(tag, new Set([id]));
}

function untag(tagged: Map<string, Set<string>>, tag: string, id: string): void {
  const ids = tagged.get(tag);
  ids?.delete(id);
  if (ids?.size === 0) tagged.delete(tag);
}

function inOrder(writes: Iterable<Write>, by: SortField): IndexedRow[] {
  return Array.from(writes, (write) => placeOf(write, by)).sort((a, b) => compareRowKeys(a.key, b.key));
}

function keyOf(write: Write, by: SortField): RowKey {
  return { value: write.index[by], id: write.id };
}

function placeOf(write: Write, by: SortField): IndexedRow {
  return { key: Object.freeze(keyOf(write, by)), document: write.document, index: write.index };
}

function descending(a: RowKey, b: RowKey): number {
  return compareRowKeys(b, a);
}
