import { WHOLE } from '../../domain/percent';
import { NOTHING } from './parts';

/** Basis points: less than this is the arithmetic's, not the source's. */
const ROUNDING = 1e-7;

/** A value for a part, from 0 to 1, of those who come here. */
export interface Part<V> {
  readonly part: number;
  readonly value: V;
}

export interface Split<V> {
  readonly rows: readonly { readonly percentage: number; readonly value: V }[];
  /** Whether no percentage had to be rounded. */
  readonly exact: boolean;
  /** Whether every part is there: one below half a basis point would take no user, and one above all but half of one every user. */
  readonly whole: boolean;
}

/**
 * Rows that share users out, in basis points. A row takes its percentage of those whom the rows before it missed, so 25 : 25 : 50 is 2,500, then
 * 3,333 of the rest, then all. What the parts leave over falls to the rows that follow.
 */
export function split<V>(parts: readonly Part<V>[]): Split<V> {
  let left = 1;
  let exact = true;
  let whole = true;
  const rows = parts
    .filter(({ part }) => part > NOTHING)
    .map(({ part, value }) => {
      const ideal = left <= NOTHING ? WHOLE : Math.min(WHOLE, (part / left) * WHOLE);
      const percentage = Math.round(ideal);
      const rounded = Math.abs(ideal - percentage) > ROUNDING;
      if (rounded) exact = false;
      if (percentage === 0 || (rounded && percentage === WHOLE)) whole = false;
      left -= part;
      return { percentage, value };
    })
    .filter(({ percentage }) => percentage > 0);
  return { rows, exact, whole };
}
