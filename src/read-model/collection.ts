import type { Document, IndexEntry, ListQuery, Page, Row, RowKey, SortField, Write } from './read-model';
import { compareRowKeys, rowsBefore } from './row-order';

/** A row together with what it is filtered by. */
interface Place extends Row {
  readonly index: IndexEntry;
}

const VIEWS_KEPT = 32;

/**
 * One project's documents of one kind, in memory.
 *
 * A sort order is made when first asked for and then kept up by binary insertion. What a query's filters leave of it (a view) is kept
 * until the next write, so that paging through an unchanged list is two binary searches and a slice.
 */
export class Collection {
  private readonly entries = new Map<string, Write>();
  private readonly tagged = new Map<string, Set<string>>();
  private readonly orders = new Map<SortField, Place[]>();
  private readonly views = new Map<string, readonly Row[]>();

  get(id: string): Document | undefined {
    return this.entries.get(id)?.document;
  }

  put(write: Write): void {
    const previous = this.entries.get(write.id);
    this.entries.set(write.id, write);
    for (const tag of previous?.index.tags ?? []) this.untag(tag, write.id);
    for (const tag of write.index.tags) this.tag(tag, write.id);
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
    const candidates = tag === undefined ? this.order(sort.by) : this.sorted(this.tagged.get(tag) ?? [], sort.by);
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

  private order(by: SortField): readonly Place[] {
    const kept = this.orders.get(by);
    if (kept) return kept;
    const made = this.sorted(this.entries.keys(), by);
    this.orders.set(by, made);
    return made;
  }

  private sorted(ids: Iterable<string>, by: SortField): Place[] {
    return Array.from(ids, (id) => placeOf(this.entries.get(id)!, by)).sort((a, b) => compareRowKeys(a.key, b.key));
  }

  private tag(tag: string, id: string): void {
    const ids = this.tagged.get(tag);
    if (ids) ids.add(id);
    else this.tagged.set(tag, new Set([id]));
  }

  private untag(tag: string, id: string): void {
    const ids = this.tagged.get(tag);
    ids?.delete(id);
    if (ids?.size === 0) this.tagged.delete(tag);
  }
}

function keyOf(write: Write, by: SortField): RowKey {
  return { value: write.index[by], id: write.id };
}

function placeOf(write: Write, by: SortField): Place {
  return { key: Object.freeze(keyOf(write, by)), document: write.document, index: write.index };
}

function descending(a: RowKey, b: RowKey): number {
  return compareRowKeys(b, a);
}
