/** A store over the network: every method answers a promise, or an async iterable. */
interface RemoteStore {
  close(): Promise<void>;
}

/**
 * A store that could not be reached at the start: it is opened by the first call that finds it, and until then every call rejects as opening it does.
 * `iterables` are its methods that answer an async iterable.
 */
export function openedLater<Store extends RemoteStore>(
  open: () => Promise<Store>,
  iterables: readonly (keyof Store)[],
  retryMs = 1_000,
): Store {
  type Method = (...args: unknown[]) => unknown;
  let opening: Promise<Store> | undefined;
  let hasFailed = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  const opened = (): Promise<Store> => {
    // No request waits for another attempt so soon: a server that does not answer costs each the whole time-out.
    if (opening !== undefined && (!hasFailed || performance.now() - failedAt < retryMs)) return opening;
    hasFailed = false;
    opening = open().catch((error: unknown) => {
      [hasFailed, failedAt] = [true, performance.now()];
      throw error;
    });
    return opening;
  };
  const call =
    (name: keyof Store): Method =>
    async (...args) =>
      (await opened().then((store) => (store[name] as Method).call(store, ...args))) as unknown;
  const iterate = (name: keyof Store): Method =>
    async function* (...args) {
      const store = await opened();
      yield* (store[name] as Method).call(store, ...args) as AsyncIterable<unknown>;
    };
  const close = async (): Promise<void> => {
    // One that was never reached has nothing to close.
    await opening?.then(
      (store) => store.close(),
      () => undefined,
    );
  };
  return new Proxy({} as Store, {
    get: (_target, name) => {
      // A promise that resolves with this store must not take it for another promise.
      if (name === 'then') return undefined;
      if (name === 'close') return close;
      return iterables.includes(name as keyof Store) ? iterate(name as keyof Store) : call(name as keyof Store);
    },
  });
}
