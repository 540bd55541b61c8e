import { WHOLE } from '../../domain/choice';
import type { Json } from '../../domain/json';

/** A value for a part of those who come here, from 0 to 1. */
export interface Share {
  readonly part: number;
  readonly value: Json;
}

/**
 * Rows that share users out, in basis points. A row takes its percentage of those whom the rows before it missed, so 25 : 25 : 50 is 2,500, then
 * 3,333 of the rest, then all. What the parts leave over falls to the rows that follow.
 */
export function split(shares: readonly Share[]): {
  readonly rows: readonly { percentage: number; value: Json }[];
  readonly exact: boolean;
} {
  let left = 1;
  let exact = true;
  const rows = shares
    .filter(({ part }) => part > 0)
    .map(({ part, value }) => {
      const percentage = Math.min(WHOLE, left <= 0 ? WHOLE : (part / left) * WHOLE);
      const rounded = Math.round(percentage);
      // A billionth of a basis point is the arithmetic's, not the source's.
      if (Math.abs(percentage - rounded) > 1e-9 * WHOLE) exact = false;
      left -= part;
      return { percentage: rounded, value };
    });
  return { rows, exact };
}

/** Weights, of which only the ratio counts, as shares. */
export function byWeight(weights: readonly { readonly weight: number; readonly value: Json }[], whole?: number): readonly Share[] {
  const sum = whole ?? weights.reduce((total, { weight }) => total + weight, 0);
  return sum <= 0 ? [] : weights.map(({ weight, value }) => ({ part: weight / sum, value }));
}
