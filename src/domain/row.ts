import { sameJson } from './json';
import type { Problem } from './refusal';

/** At most so many rows in a flag or config. */
export const ROWS = 100;

/** Ids are given by the experience, in order, and never used again: samples are drawn by them. */
interface Numbered {
  readonly id: string;
}

/** What a client sends: a row it has seen keeps its id, a new one has none. */
export type RowInput<R extends Numbered> = Omit<R, 'id'> & { readonly id?: string | null };

export function checkRowIds(
  rows: readonly { readonly id?: string | null }[],
  known: readonly Numbered[],
  path: string,
): readonly Problem[] {
  const seen = new Set<string>();
  return rows.flatMap(({ id }, index) => {
    if (id === undefined || id === null) return [];
    const at = `${path}.${index}.id`;
    if (seen.has(id)) return [{ path: at, message: `"${id}" is given twice` }];
    seen.add(id);
    if (known.some((row) => row.id === id)) return [];
    return [{ path: at, message: `there is no "${id}" here: leave the id out for a new one` }];
  });
}

/** How many ids have been given, when these rows are the latest: the highest number so far. */
export function idsGiven(rows: readonly Numbered[], before = 0): number {
  return rows.reduce((highest, { id }) => Math.max(highest, Number(id.slice(1))), before);
}

/** The rows after an edit, which may leave them as they were. */
export function editedRows<R extends Numbered>(
  rows: readonly RowInput<R>[] | undefined,
  was: { readonly rows: readonly R[]; readonly rowIdsGiven: number },
  shape: (row: RowInput<R>, id: string) => R,
): readonly R[] {
  return rows === undefined ? was.rows : numberRows(rows, was.rowIdsGiven, 'r', shape);
}

/** Gives the new rows the ids that follow: `r1`, `r2`, ... */
export function numberRows<R extends Numbered>(
  rows: readonly RowInput<R>[],
  given: number,
  prefix: 'r' | 'v',
  shape: (row: RowInput<R>, id: string) => R,
): readonly R[] {
  let last = given;
  return rows.map((row) => shape(row, row.id ?? `${prefix}${(last += 1)}`));
}

/**
 * Rows, or variants, as they were, for an experience that has these now. A row that is still there keeps its id. An id that is gone is never given
 * again, since samples are drawn by it: such a row goes on as one that is there and says the same, or else is a new one.
 */
export function revertedRows<R extends { readonly id: string }>(then: readonly R[], now: readonly R[]): readonly RowInput<R>[] {
  const ids = new Set(now.map(({ id }) => id));
  const free = now.filter(({ id }) => !then.some((row) => row.id === id));
  return then.map((row): RowInput<R> => {
    if (ids.has(row.id)) return row;
    const at = free.findIndex((other) => sameJson({ ...other, id: '' }, { ...row, id: '' }));
    const [same] = at < 0 ? [] : free.splice(at, 1);
    return { ...row, id: same?.id ?? null };
  });
}
