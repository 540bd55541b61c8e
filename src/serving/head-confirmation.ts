/** For how long the event store may not have said that nothing newer is stored. */
const UNCONFIRMED_MS = 5_000;
/** It is not asked again so soon. */
const ASK_AGAIN_MS = 1_000;
/** The longest that a request waits for its answer. */
const WAIT_MS = 1_000;

/** This instance may not know the newest revision of the project, and so not what is to be counted: what was sent is to be sent again. */
export class HeadUnconfirmed extends Error {
  constructor(cause: unknown) {
    super(`the event store has not confirmed the newest revision of the project for ${UNCONFIRMED_MS / 1_000} s`, { cause });
  }
}

/** When the newest revision of one project was last confirmed. Asked again in the background, so that requests rarely wait for it. */
export class HeadConfirmation {
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private failure: unknown;
  private asking: Promise<void> | undefined;

  /** `ask` resolves when all that was stored when it was called is known; rejects where that cannot be said. `nowMs` only ever goes forward. */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Rejects with `HeadUnconfirmed` if it was confirmed too long ago, and is not now. */
  async assertConfirmed(): Promise<void> {
    if (this.ageMs < ASK_AGAIN_MS) return;
    this.asking ??= this.confirm().finally(() => (this.asking = undefined));
    if (this.ageMs < UNCONFIRMED_MS) return;
    await soon(this.asking);
    if (this.ageMs >= UNCONFIRMED_MS) throw new HeadUnconfirmed(this.failure);
  }

  private get ageMs(): number {
    return this.nowMs() - this.confirmedAtMs;
  }

  /** Never rejects: what has failed is the cause of the refusals that follow. */
  private async confirm(): Promise<void> {
    const askedAtMs = this.nowMs();
    try {
      await this.ask();
      this.confirmedAtMs = askedAtMs;
    } catch (error) {
      this.failure = error;
    }
  }
}

async function soon(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, WAIT_MS)))]);
  clearTimeout(timer);
}
