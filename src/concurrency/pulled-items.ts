interface Waiter<Item> {
  resolve(result: IteratorResult<Item>): void;
  reject(error: unknown): void;
}

/**
 * An async iterator whose items come from elsewhere: it gives one for each call of `next`, whenever there is one, and holds none back.
 *
 * Not an async generator: `return()` of one that waits in `next()` is queued after that `next()`, so a reader that leaves while nothing
 * happens would stay for ever.
 */
export abstract class PulledItems<Item> implements AsyncIterableIterator<Item, undefined> {
  private readonly waiters: Waiter<Item>[] = [];
  private failure: { readonly error: unknown } | undefined;
  private ended = false;

  next(): Promise<IteratorResult<Item, undefined>> {
    const { failure } = this;
    if (failure !== undefined) {
      this.failure = undefined;
      return Promise.reject(failure.error as Error);
    }
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve: resolve as Waiter<Item>['resolve'], reject });
      this.onAsked();
    });
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.failure = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A reader waits: give it an item as soon as there is one. Called for each. */
  protected abstract onAsked(): void;

  /** Called once, when it ends, by whichever side. */
  protected abstract onEnded(): void;

  protected get isAsked(): boolean {
    return this.waiters.length > 0;
  }

  protected get isEnded(): boolean {
    return this.ended;
  }

  /** To the reader that has waited longest; there must be one. */
  protected give(item: Item): void {
    this.waiters.shift()?.resolve({ done: false, value: item });
  }

  /** The first call of `next` gets the error, as from any iterator; for those after it, the iterator has ended. */
  protected fail(error: unknown): void {
    if (this.ended) return;
    const first = this.waiters.shift();
    if (first === undefined) this.failure = { error };
    else first.reject(error);
    this.end();
  }

  protected end(): void {
    if (this.ended) return;
    this.ended = true;
    this.onEnded();
    for (const waiter of this.waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }
}
