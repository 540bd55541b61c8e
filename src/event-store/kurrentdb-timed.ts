import { TimedOut } from './kurrentdb-failure';

/**
 * The items, and `TimedOut` if the source keeps one back for too long. One timer watches over all of them, since there may be a million.
 * A source that hangs is left behind: to ask it to return would be to wait for it.
 */
export async function* timedItems<Item>(source: AsyncIterable<Item>, timeoutMs: number): AsyncIterable<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let asked = Number.POSITIVE_INFINITY;
  let refuse = (_: Error): void => {};
  const watch = setInterval(() => {
    if (performance.now() - asked >= timeoutMs) refuse(new TimedOut(timeoutMs));
  }, timeoutMs / 10).unref();
  try {
    for (;;) {
      asked = performance.now();
      const result = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) return;
      asked = Number.POSITIVE_INFINITY;
      yield result.value;
    }
  } finally {
    clearInterval(watch);
  }
}
