/** A store whose methods answer promises, or async iterables. */
type Method = (...args: unknown[]) => unknown;

/**
 * The store with `around` about each of its calls, which is given the name and what carries it out. Methods that are named as `untouched` are called
 * as they are: those that answer an async iterable, and what the store is looked after by.
 */
export function aroundCalls<Store extends object>(
  store: Store,
  untouched: readonly (keyof Store)[],
  around: <Result>(name: string, run: () => Promise<Result>) => Promise<Result>,
): Store {
  const methods = new Map<string | symbol, Method>();
  const method = (name: string): Method => {
    const run: Method = (...args) => (store[name as keyof Store] as Method).apply(store, args);
    return untouched.includes(name as keyof Store) ? run : (...args) => around(name, () => run(...args) as Promise<unknown>);
  };
  return new Proxy(store, {
    get: (_target, name) => {
      // A promise that resolves with this store must not take it for another promise.
      if (typeof name !== 'string' || name === 'then') return undefined;
      const known = methods.get(name) ?? method(name);
      methods.set(name, known);
      return known;
    },
  });
}
