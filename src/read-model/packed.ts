type Numbers = Float64Array | Uint32Array;

/**
 * Numbers in ascending order, packed, that are only ever added to: what they are kept in grows by doubling.
 *
 * A fork shares it. Whoever has all that is in it adds to it in place, which the other, who knows how much of it is his, does not see; any
 * other takes a copy of his own first.
 */
export class Packed {
  private constructor(
    private kept: { numbers: Numbers; used: number },
    private count: number,
  ) {}

  static of(numbers: Numbers): Packed {
    return new Packed({ numbers, used: 0 }, 0);
  }

  get length(): number {
    return this.count;
  }

  fork(): Packed {
    return new Packed(this.kept, this.count);
  }

  append(more: readonly number[]): void {
    const { numbers, used } = this.kept;
    const count = this.count + more.length;
    if (used !== this.count || count > numbers.length) {
      const larger = new (numbers.constructor as new (length: number) => Numbers)(Math.max(count, 2 * this.count));
      larger.set(numbers.subarray(0, this.count));
      this.kept = { numbers: larger, used };
    }
    this.kept.numbers.set(more, this.count);
    this.kept.used = count;
    this.count = count;
  }

  at(index: number): number {
    return this.kept.numbers[index]!;
  }

  /** How many are less than the limit. */
  below(limit: number): number {
    const { numbers } = this.kept;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
