const TOLERATED_MS = 60_000;
const REPEAT_MS = 3_600_000;

/**
 * Warns, at the start and once an hour, while the newest event is dated ahead of this machine's clock. A clock that was wrong once leaves that
 * behind: no event is dated before the one that it follows, so each later event of the project has that date until the clock has caught up.
 */
export class DatedAhead {
  private readonly timer: NodeJS.Timeout;
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    /** When the newest event that is shown is dated, in UTC milliseconds. */
    private readonly newestMs: () => number | undefined,
    private readonly log: { warn(fields: object, message: string): void },
  ) {
    this.timer = setInterval(() => this.look(), 10_000).unref();
  }

  /** By how much, in milliseconds; 0: it is not. */
  get aheadMs(): number {
    const aheadMs = (this.newestMs() ?? 0) - Date.now();
    return aheadMs > TOLERATED_MS ? aheadMs : 0;
  }

  look(): void {
    const { aheadMs } = this;
    if (aheadMs === 0 || performance.now() - this.warnedAtMs < REPEAT_MS) return;
    this.warnedAtMs = performance.now();
    const newest = new Date(Date.now() + aheadMs).toISOString();
    this.log.warn({ newest }, 'events are dated ahead of this clock: it is behind, or one was ahead when they were written');
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
