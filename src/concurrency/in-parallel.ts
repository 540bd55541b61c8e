/**
 * Does something for each item, at most `atOnce` at a time, begun in order. When one fails no further one is begun, but those under way
 * are waited for before the failure is thrown, so that nothing goes on after the caller was answered.
 */
export async function inParallel<Item>(items: Iterable<Item>, atOnce: number, act: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  async function work(): Promise<void> {
    while (next < queue.length && failure === undefined) {
      const item = queue[next] as Item;
      next += 1;
      try {
        await act(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed !== undefined) throw failed.error;
}
