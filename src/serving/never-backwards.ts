/**
 * A clock that keeps its last value while the given one is set back. Cut-offs of counters and stamps of events are compared, so in one process they come
 * from one such clock. Nothing else is to use it: a clock that was once set ahead would stay there.
 */
export function neverBackwards(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  return () => (last = Math.max(last, clock()));
}
