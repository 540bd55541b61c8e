/**
 * Turns a list of random numbers into choices, going round when it has come to its end. The smaller the numbers, the plainer the choices (zero is
 * always the first of them), so a counterexample shrinks to one that can be read.
 */
export class Dice {
  private next = 0;

  constructor(private readonly rolls: readonly number[]) {}

  /** A whole number from 0 up to, but not including, `sides`. */
  roll(sides: number): number {
    const length = Math.max(1, this.rolls.length);
    const roll = (this.rolls[this.next % length] ?? 0) + Math.floor(this.next / length) * 7;
    this.next += 1;
    return roll % Math.max(1, sides);
  }

  /** True once in so many times. */
  once(inSoMany: number): boolean {
    return this.roll(inSoMany) === inSoMany - 1;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('there is nothing to pick from');
    return from[this.roll(from.length)] as T;
  }

  /** Mostly one of the good ones. */
  mostly<T>(good: readonly T[], bad: readonly T[], inSoMany = 25): T {
    return this.once(inSoMany) || good.length === 0 ? this.pick(bad) : this.pick(good);
  }

  /** Left out about half of the time. */
  maybe<Name extends string, T>(name: Name, value: () => T): { readonly [name in Name]?: T } {
    return this.roll(2) === 0 ? {} : ({ [name]: value() } as { readonly [name in Name]?: T });
  }

  /** Up to `most` of them, mostly each once. */
  some<T>(from: readonly T[], least: number, most: number): T[] {
    const left = [...from];
    const chosen: T[] = [];
    const count = least + this.roll(most - least + 1);
    while (chosen.length < count && left.length > 0) chosen.push(...left.splice(this.roll(left.length), 1));
    const [first] = chosen;
    if (first !== undefined && this.once(20)) chosen.push(first);
    return chosen;
  }
}
