import type { ComplexityEstimator } from 'graphql-query-complexity';
import type { ProjectionOf } from '../src/read-model/projection';
import type { PageOf, Reader, RowOf } from '../projections/reader';
import type { ListQuery } from '../src/read-model/read-model';
import { compareRowKeys, rowsBefore } from '../src/read-model/row-order';

/** What of a list no index of the read models answers, so that all of it is looked at. */
export interface Picking<D> {
  /** Which rows are listed; left out: all. */
  readonly keeps?: (document: D) => boolean;
  /** What the list is ordered by; left out: as the query says. */
  readonly orderOf?: (document: D) => number;
}

/** What looking at a whole list costs, in fields. */
const WHOLE_LIST = 1_000;
/** What a page is taken to hold when the query does not say. */
const UNSIZED_PAGE = 50;
/** The arguments that may ask for it. What a variable holds is not known when a cost is kept. */
const PICKS: readonly string[] = ['sort', 'name', 'createdBy', 'type', 'unused', 'uses'];

/** The cost of a list from which rows may be picked. */
export const LIST_COST: ComplexityEstimator = ({ args, node, childComplexity }) => {
  const rows = Math.max(1, Number(args['first'] ?? args['last'] ?? UNSIZED_PAGE));
  const picks = node.arguments?.some(({ name }) => PICKS.includes(name.value)) ?? false;
  return 1 + rows * childComplexity + (picks ? WHOLE_LIST : 0);
};

/** One page of what is picked. */
export async function pickedPage<D extends object>(
  reader: Reader,
  projection: ProjectionOf<D>,
  projectId: string,
  { after, before, limit, from, ...query }: Omit<ListQuery, 'collection'>,
  { keeps, orderOf }: Picking<D>,
): Promise<PageOf<D>> {
  const { rows: all, checkpoint } = await reader.all(projection, projectId, query);
  const order: typeof compareRowKeys = query.sort.descending ? (a, b) => compareRowKeys(b, a) : compareRowKeys;
  let rows: readonly RowOf<D>[] = keeps === undefined ? all : all.filter(({ document }) => keeps(document));
  if (orderOf !== undefined) {
    rows = rows
      .map(({ key: { id }, document }) => ({ key: { value: orderOf(document), id }, document }))
      .sort((a, b) => order(a.key, b.key));
  }
  const begin = after === undefined ? 0 : rowsBefore(rows, after, order, true);
  const finish = before === undefined ? rows.length : Math.max(begin, rowsBefore(rows, before, order, false));
  const start = from === 'start' ? begin : Math.max(begin, finish - limit);
  const end = from === 'start' ? Math.min(finish, begin + limit) : finish;
  return { rows: rows.slice(start, end), total: rows.length, hasPrevious: start > 0, hasNext: end < rows.length, checkpoint };
}
