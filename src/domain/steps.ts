/**
 * Work in pieces: it pauses after each of them, so that a caller who shares its thread with others can give them their turn in between. Pure work
 * stays pure: how long it takes, and what happens meanwhile, changes no result.
 */
export type Steps<Result> = Generator<void, Result, void>;

/** Does all the work at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Makes something of each item, and pauses after each. */
export function* mapSteps<Item, Made>(items: readonly Item[], make: (item: Item, index: number) => Made): Steps<Made[]> {
  const made: Made[] = [];
  for (const [index, item] of items.entries()) {
    made.push(make(item, index));
    yield;
  }
  return made;
}
