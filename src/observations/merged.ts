import type { StoredEvent } from './observations';

/** Joins sequences that are each in the order of their users into one in that order; reads no further than one event ahead in each. */
export async function* mergedByUser(sources: readonly AsyncGenerator<StoredEvent>[]): AsyncGenerator<StoredEvent> {
  try {
    const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const head of heads) {
        if (head.next.done !== true && (first === undefined || head.next.value.user < (first.next.value as StoredEvent).user)) first = head;
      }
      if (first === undefined) return;
      yield first.next.value as StoredEvent;
      first.next = await first.source.next();
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}
