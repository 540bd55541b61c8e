const DAY_MS = 24 * 3_600_000;
const RETRY_MS = 10_000;

/** Another clock than this machine's, asked over the network. */
export interface OtherClock {
  /** Whose it is, in words. */
  readonly name: string;
  /** UTC milliseconds; undefined: it tells nothing yet. Rejects while it cannot be asked. */
  read(): Promise<number | undefined>;
  /** Its time may be long past, so only that it is ahead means anything. */
  readonly isLowerBound?: boolean;
}

/** The clock of this machine cannot be right: what would be written now would be dated wrongly for ever. */
export class ClockDiffers extends Error {
  constructor(
    readonly clock: string,
    readonly differenceMs: number,
    /** What this machine's clock said then, in UTC milliseconds. */
    readonly nowMs: number,
  ) {
    const direction = differenceMs > 0 ? 'behind' : 'ahead of';
    super(`this machine's clock is ${describe(Math.abs(differenceMs))} ${direction} that of ${clock}`);
  }

  /** What both clocks said, for the log. */
  get times(): { readonly here: string; readonly there: string } {
    return { here: new Date(this.nowMs).toISOString(), there: new Date(this.nowMs + this.differenceMs).toISOString() };
  }
}

export interface ClockGuardOptions {
  readonly clocks: readonly OtherClock[];
  readonly nowMs?: () => number;
  readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
}

/**
 * Keeps an instance from starting to write while its clock differs from that of a store by more than a day. Once they have agreed it is not asked
 * again; a clock that cannot be asked stops nothing, and is asked again every ten seconds.
 */
export class ClockGuard {
  private readonly open: Set<OtherClock>;
  /** The clocks that differed when they were last read, each with by how much. */
  private readonly differing = new Map<OtherClock, ClockDiffers>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: ClockGuardOptions) {
    this.open = new Set(options.clocks);
  }

  /** Resolves after the first comparison. */
  async start(): Promise<void> {
    await this.compare();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Why nothing may be written; undefined: nothing prevents it. */
  get problem(): ClockDiffers | undefined {
    const [problem] = this.differing.values();
    return problem;
  }

  /** Throws `ClockDiffers`. */
  assertMayWrite(): void {
    if (this.problem) throw this.problem;
  }

  private async compare(): Promise<void> {
    const before = this.problem;
    await Promise.all([...this.open].map((clock) => this.hear(clock)));
    const { problem } = this;
    if (problem && problem.message !== before?.message)
      this.options.log.error({ err: problem, ...problem.times }, 'nothing is written: set the clock right, or set ALLOW_CLOCK_DIFFERENCE');
    if (before && !problem) this.options.log.info({}, 'the clocks agree again: writing goes on');
    if (this.open.size > 0 && !this.stopped) this.timer = setTimeout(() => void this.compare(), RETRY_MS).unref();
  }

  private async hear(clock: OtherClock): Promise<void> {
    // A clock that is away says nothing: what it said last holds, and its store says that it is away.
    const read = await clock.read().catch(() => undefined);
    if (read === undefined) return;
    const nowMs = (this.options.nowMs ?? Date.now)();
    const differenceMs = read - nowMs;
    if (differenceMs > DAY_MS || (differenceMs < -DAY_MS && !clock.isLowerBound)) {
      this.differing.set(clock, new ClockDiffers(clock.name, differenceMs, nowMs));
    } else {
      this.differing.delete(clock);
      this.open.delete(clock);
    }
  }
}

function describe(milliseconds: number): string {
  const days = milliseconds / DAY_MS;
  return days >= 2 ? `${Math.floor(days)} days` : `${Math.floor(milliseconds / 3_600_000)} hours`;
}
