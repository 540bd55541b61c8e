import type { EvaluationDetails, FlagValue, Hook, HookContext } from '@openfeature/web-sdk';

/** What a page says it has shown. */
export interface Shown {
  readonly user: string;
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly context: object;
}

const FLUSH_MS = 1_000;
const MAX_BATCH = 1_000;

/**
 * Reports the keys whose values were really read, in batches, so that results count their users. Reading all values at once exposes a user to nothing:
 * a page may never show most of them. Every key is reported, also one with the value that all get: that may be the control of a test, which only the
 * server knows. Each value is reported once for each user.
 */
export class ExposureHook implements Hook {
  private readonly reported = new Set<string>();
  private pending: Shown[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` delivers a batch; what it rejects with is sent again with the next one. */
  constructor(private readonly send: (exposures: readonly Shown[]) => Promise<void>) {}

  after({ flagKey, context }: Readonly<HookContext>, { value, variant }: EvaluationDetails<FlagValue>): void {
    const { targetingKey: user, ...properties } = context;
    if (user === undefined) return;
    const id = JSON.stringify([user, flagKey, variant, value]);
    if (this.reported.has(id)) return;
    this.reported.add(id);
    this.pending.push({ user, key: flagKey, at: new Date().toISOString(), context: properties });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Sends what is pending now, as when a page is left. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.pending.slice(0, MAX_BATCH);
    if (batch.length === 0) return;
    this.pending = this.pending.slice(MAX_BATCH);
    try {
      await this.send(batch);
    } catch {
      this.pending = [...batch, ...this.pending];
    }
    if (this.pending.length > 0) this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }
}
