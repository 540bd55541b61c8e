import { WHOLE } from '../../domain/percent';
import { contains, lengthOf, type Draw, type Share } from './draw';

/** Cells that the bands of shared seeds may cut the users into, before it is too much to compute. */
const CELLS = 1_000;
/** Less than this is the arithmetic's, not the source's. */
export const NOTHING = 1e-12;

type Shares = readonly Share<unknown>[];

/** Which part of all users the shares take together. */
export function taken(shares: Shares): number {
  return shares.reduce((total, { draw }) => total + volume(draw, [...draw.keys()]), 0);
}

/**
 * Those of the earlier branches that have a say in who comes to a branch, since they draw by one of its seeds, or by one of a branch that
 * does: the numbers of the users whom they leave over are not evenly spread. Those who draw by other seeds leave every part the same.
 */
export function related<B extends { readonly shares: Shares }>(earlier: readonly B[], shares: Shares): readonly B[] {
  const seeds = new Set(shares.flatMap(({ draw }) => [...draw.keys()]));
  const found = new Set<B>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const branch of earlier) {
      const own = branch.shares.flatMap(({ draw }) => [...draw.keys()]);
      if (!own.some((seed) => seeds.has(seed))) continue;
      found.add(branch);
      for (const seed of own) seeds.add(seed);
    }
  }
  return earlier.filter((branch) => found.has(branch));
}

/** The users cut into cells by all bands of the seeds that several branches draw by. */
export class Cells {
  private constructor(
    private readonly shared: readonly string[],
    private readonly cells: readonly { readonly at: readonly number[]; readonly volume: number }[],
  ) {}

  /** Undefined where there are too many of them. */
  static of(branches: readonly Shares[]): Cells | undefined {
    const seedsOf = branches.map((shares) => new Set(shares.flatMap(({ draw }) => [...draw.keys()])));
    const seeds = [...new Set(seedsOf.flatMap((own) => [...own]))];
    const shared = seeds.filter((seed) => seedsOf.filter((own) => own.has(seed)).length > 1);
    let cells: { at: readonly number[]; volume: number }[] = [{ at: [], volume: 1 }];
    for (const seed of shared) {
      const ends = branches.flat().flatMap(({ draw }) => (draw.get(seed) ?? []).flat());
      const cuts = [...new Set([0, 1, ...ends])].sort((a, b) => a - b);
      if (cells.length * (cuts.length - 1) > CELLS) return undefined;
      cells = cells.flatMap(({ at, volume }) =>
        cuts.slice(1).map((to, index) => {
          const from = cuts[index] ?? 0;
          return { at: [...at, (from + to) / 2], volume: volume * (to - from) };
        }),
      );
    }
    return new Cells(shared, cells);
  }

  /**
   * The part of each share in those users whom the branches before it leave over, from 0 to 1. Undefined where they leave over no user.
   */
  partsOf(before: readonly Shares[], shares: Shares): readonly number[] | undefined {
    let left = this.cells.map(({ volume }) => volume);
    for (const branch of before) {
      const takes = branch.map((share) => this.takes(share.draw));
      left = left.map((mass, cell) => Math.max(0, mass * (1 - takes.reduce((total, take) => total + (take[cell] ?? 0), 0))));
    }
    const whole = left.reduce((total, mass) => total + mass, 0);
    if (whole < NOTHING) return undefined;
    return shares.map(({ draw }) => this.takes(draw).reduce((total, take, cell) => total + take * (left[cell] ?? 0), 0) / whole);
  }

  /** Which part of each cell a draw takes. Seeds that no other branch draws by take the same part of all. */
  private takes(draw: Draw): readonly number[] {
    const own = [...draw.keys()].filter((seed) => !this.shared.includes(seed));
    const part = volume(draw, own);
    return this.cells.map(({ at }) =>
      this.shared.every((seed, index) => contains(draw.get(seed) ?? [[0, 1]], at[index] ?? 0)) ? part : 0,
    );
  }
}

function volume(draw: Draw, seeds: readonly string[]): number {
  return seeds.reduce((product, seed) => product * lengthOf(draw.get(seed) ?? [[0, 1]]), 1);
}

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
