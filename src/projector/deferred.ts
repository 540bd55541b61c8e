/** A promise that is resolved or rejected from outside, once; later calls do nothing. */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly settled: boolean;
  resolve(): void;
  reject(error: Error): void;
}

export function deferred(): Deferred {
  let settle!: Pick<Deferred, 'resolve' | 'reject'>;
  let settled = false;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return {
    promise,
    get settled() {
      return settled;
    },
    resolve: () => ((settled = true), settle.resolve()),
    reject: (error) => ((settled = true), settle.reject(error)),
  };
}
