/** Chance that can be repeated: the same seed makes the same choices in the same order. */
export class Luck {
  constructor(private state: number) {}

  /** A whole number from 0 up to, but not including, `below`. */
  number(below: number): number {
    // mulberry32: small, and even enough for a story.
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** True once in so many times. */
  once(inSoMany: number): boolean {
    return this.number(inSoMany) === 0;
  }

  /** undefined: there is nothing to pick from. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[this.number(from.length)];
  }

  /** So many of them, each once, as far as there are as many. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.number(left.length), 1)[0] as T);
  }
}
