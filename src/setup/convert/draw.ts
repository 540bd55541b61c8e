/** A part of the numbers from 0 to 1: intervals in order that do not overlap. */
export type Band = readonly (readonly [from: number, to: number])[];

/**
 * Which users a product draws: for each seed, the band that a user's number must be in. A user has one number for each seed, evenly
 * spread from 0 to 1 and independent of those for other seeds. A seed that is absent takes every number.
 */
export type Draw = ReadonlyMap<string, Band>;

export const EVERY_DRAW: Draw = new Map();

/** The numbers between two, cut to what there is from 0 to 1. */
export function bandOf(from: number, to: number): Band {
  const [low, high] = [Math.max(from, 0), Math.min(to, 1)];
  return low < high ? [[low, high]] : [];
}

export function lengthOf(band: Band): number {
  return band.reduce((total, [from, to]) => total + (to - from), 0);
}

export function contains(band: Band, number: number): boolean {
  return band.some(([from, to]) => from <= number && number < to);
}

/** The users whom both draws take. */
export function both(one: Draw, other: Draw): Draw {
  const joined = new Map(one);
  for (const [seed, band] of other) joined.set(seed, overlap(joined.get(seed) ?? [[0, 1]], band));
  return joined;
}

function overlap(one: Band, other: Band): Band {
  return one.flatMap(([from, to]) => other.flatMap(([low, high]) => bandOf(Math.max(from, low), Math.min(to, high))));
}

/** A value for the users of a draw. */
export interface Share<V> {
  readonly draw: Draw;
  readonly value: V;
}

/** Weights, of which only the ratio counts, as bands of one seed, one after another. Weights that are all 0 share nothing out. */
export function byWeight<V>(seed: string, weights: readonly { readonly weight: number; readonly value: V }[]): readonly Share<V>[] {
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  let before = 0;
  return weights
    .map(({ weight, value }): Share<V> => {
      const from = before / sum;
      before += weight;
      return { draw: new Map([[seed, bandOf(from, before / sum)]]), value };
    })
    .filter(({ draw }) => (draw.get(seed) ?? []).length > 0);
}
