type Numbers = Float64Array | Uint32Array;

/** Numbers side by side, and how many of the places are taken, by the longest of those that share them. */
interface Block {
  readonly numbers: Numbers;
  used: number;
}

/** How many numbers a block holds; the last one grows up to it by doubling. */
const BLOCK = 1_024;
const FIRST = 4;

/**
 * Numbers in ascending order, packed and immutable: `with` makes a longer list that shares the blocks of the shorter one. The first list that is made
 * from the end of a block writes into its free places, which the shorter list, by its own length, never reads. A second list made from the same one
 * copies that last block alone, since as-of reads make many lists from the same past.
 */
export class Packed {
  private constructor(
    private readonly blocks: readonly Block[],
    readonly length: number,
    private readonly make: (places: number) => Numbers,
  ) {}

  /** None yet, to be kept in arrays such as this makes. */
  static of(make: (places: number) => Numbers): Packed {
    return new Packed([], 0, make);
  }

  with(more: readonly number[]): Packed {
    let { blocks, length } = this;
    for (let taken = 0; taken < more.length;) {
      const offset = blocks.length === 0 ? BLOCK : length - (blocks.length - 1) * BLOCK;
      let last = blocks.at(-1);
      if (!last || offset === BLOCK) {
        last = { numbers: this.make(FIRST), used: 0 };
        blocks = [...blocks, last];
        continue;
      }
      if (last.used !== offset || offset === last.numbers.length) {
        const numbers = this.make(Math.min(BLOCK, Math.max(FIRST, 2 * offset)));
        numbers.set(last.numbers.subarray(0, offset));
        last = { numbers, used: offset };
        blocks = [...blocks.slice(0, -1), last];
      }
      const some = more.slice(taken, taken + last.numbers.length - offset);
      last.numbers.set(some, offset);
      last.used = offset + some.length;
      length += some.length;
      taken += some.length;
    }
    return new Packed(blocks, length, this.make);
  }

  at(index: number): number {
    return this.blocks[Math.floor(index / BLOCK)]!.numbers[index % BLOCK]!;
  }

  /** How many are less than the limit. */
  below(limit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
