import { sameJson } from './json';
import type { RowInput } from './row';

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
