/** A line of a file, and what is wrong with it. */
export class BrokenFile extends Error {
  constructor(
    readonly line: number,
    readonly why: string,
  ) {
    super(`line ${line}: ${why}`);
  }
}
