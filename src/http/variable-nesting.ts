import { limitExceeded } from './query-limits';

/** Lists and objects inside one another that variables may have: far more than any input takes, so that what is a little too deep is refused in its own words. */
const MOST_NESTED = 300;
/** Lists and objects in all. Each costs its coercion: a megabyte of empty ones would take seconds. */
const MOST_IN_ALL = 25_000;

/**
 * Refuses variables that nest so deeply that coercing, hashing or printing them could end the stack, each of which calls itself once for
 * every level, or that have so many parts that it would take long: to be asked before anything else looks at them. Throws an error with the code `LIMIT_EXCEEDED`.
 *
 * A walk level by level, not a recursion, which ends at the limit.
 */
export function refuseDeepVariables(variables: Readonly<Record<string, unknown>> | null | undefined): void {
  let level = inside([variables ?? {}]);
  let all = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MOST_NESTED) {
      throw limitExceeded(`The variables have more than ${MOST_NESTED} lists and objects inside one another, which is the limit.`);
    }
    all += level.length;
    if (all > MOST_IN_ALL) {
      throw limitExceeded(`The variables have more than ${MOST_IN_ALL} lists and objects in all, which is the limit. Send less at once.`);
    }
    level = inside(level);
  }
}

/** The lists and objects that are members of these. */
function inside(containers: readonly object[]): object[] {
  const found: object[] = [];
  for (const container of containers) {
    for (const member of Object.values(container)) if (typeof member === 'object' && member !== null) found.push(member as object);
  }
  return found;
}
