/**
 * A clock that keeps its last value while the given one is set back. Cut-offs of counters and stamps of events are compared, so in one process they come
 * from one such clock.
 */
export function neverBackwards(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  return () => (last = Math.max(last, clock()));
}
