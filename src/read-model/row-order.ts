import type { RowKey } from './read-model';

/**
 * Part of the port: the order of the rows of a list, by value, then by id. A descending list is the same order read backwards, ties included.
 *
 * Text goes by code point, not by UTF-16 unit (`<`) nor by locale: it is the order of the text's UTF-8 bytes, which every store
 * of a read model has, so a cursor taken on one adapter means the same place on another.
 */
export function compareRowKeys(a: RowKey, b: RowKey): number {
  return compareValues(a.value, b.value) || compareCodePoints(a.id, b.id);
}

function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  throw new TypeError(`a row key with the value ${JSON.stringify(b)} is no place in a list sorted by values like ${JSON.stringify(a)}`);
}

export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for the code points above U+FFFF, so they come after the units that are greater than they are. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** How many of the rows, which are in order, come before the place: with `orAt` also the row that is exactly there. */
export function rowsBefore(rows: readonly { readonly key: RowKey }[], place: RowKey, order: typeof compareRowKeys, orAt: boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const compared = order(rows[middle]!.key, place);
    if (compared < 0 || (orAt && compared === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
