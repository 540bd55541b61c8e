import type { UserKey } from '../domain/user-key';

interface OfUser {
  readonly user: UserKey;
}

/** Joins sequences that are each in the order of their users into one in that order; reads no further than one item ahead in each. */
export async function* mergedByUser<Item extends OfUser>(sources: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item> {
  try {
    const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const head of heads) {
        if (head.next.done !== true && (first === undefined || head.next.value.user < (first.next.value as Item).user)) first = head;
      }
      if (first === undefined) return;
      yield first.next.value as Item;
      first.next = await first.source.next();
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}
