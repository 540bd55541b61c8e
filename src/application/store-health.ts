export interface FailingCalls {
  readonly operation: string;
  /** When the first failure was that no success has followed, in UTC milliseconds. */
  readonly since: number;
}

/** After so long without another failure the calls count as untried: without calls, nothing would ever show that they succeed again. */
const FORGET_MS = 15_000;

/** Whether calls of a store succeed, operation by operation, as those that were made show it. */
export class StoreHealth {
  private readonly failures = new Map<string, { readonly since: number; lastMs: number }>();

  /** `isAway`: whether an error says that the store did not answer. */
  constructor(
    private readonly isAway: (error: unknown) => boolean,
    private readonly nowMs = () => performance.now(),
  ) {}

  /** A call has ended. A conflict, or a history that is damaged, is an answer of the store like any other. */
  observe(operation: string, error?: unknown): void {
    if (!this.isAway(error)) {
      this.failures.delete(operation);
      return;
    }
    const known = this.failures.get(operation);
    if (known) known.lastMs = this.nowMs();
    else this.failures.set(operation, { since: Date.now(), lastMs: this.nowMs() });
  }

  failing(): readonly FailingCalls[] {
    const now = this.nowMs();
    return [...this.failures].flatMap(([operation, { since, lastMs }]) => (now - lastMs < FORGET_MS ? [{ operation, since }] : []));
  }
}
