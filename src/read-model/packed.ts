type Numbers = Float64Array | Uint32Array;

/**
 * Numbers in ascending order, packed, never changed: with more of them it is another. Both share what the numbers are kept in, which grows by
 * doubling: whoever has all that is in it adds in place, where the other, who knows how much of it is his, does not look. Only a second one that
 * goes on from the same numbers takes a copy.
 */
export class Packed {
  private constructor(
    private readonly kept: { readonly numbers: Numbers; used: number },
    readonly length: number,
  ) {}

  /** None yet, to be kept in this. */
  static of(empty: Numbers): Packed {
    return new Packed({ numbers: empty, used: 0 }, 0);
  }

  with(more: readonly number[]): Packed {
    let { kept } = this;
    const length = this.length + more.length;
    if (kept.used !== this.length || length > kept.numbers.length) {
      const larger = new (kept.numbers.constructor as new (length: number) => Numbers)(Math.max(length, 2 * this.length));
      larger.set(kept.numbers.subarray(0, this.length));
      kept = { numbers: larger, used: this.length };
    }
    kept.numbers.set(more, this.length);
    kept.used = length;
    return new Packed(kept, length);
  }

  at(index: number): number {
    return this.kept.numbers[index]!;
  }

  /** How many are less than the limit. */
  below(limit: number): number {
    const { numbers } = this.kept;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
