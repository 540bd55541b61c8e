/** How far a catch-up with history is. `total` is what the event store says is still to come, and `done`. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
}

const REPORT_MS = 500;

/** Counts the events of one catch-up and reports at most twice a second, and once more at the end. */
export class ProgressMeter {
  private readonly began = performance.now();
  private reported = this.began;
  private done = 0;
  private total = 0;

  constructor(private readonly report: (progress: Progress) => void) {}

  /** `left`: how many are still to come, where that is known. */
  add(events: number, left: number | undefined): void {
    this.done += events;
    this.total = this.done + (left ?? 0);
    if (performance.now() - this.reported >= REPORT_MS) this.tell();
  }

  tell(): void {
    this.reported = performance.now();
    const seconds = (this.reported - this.began) / 1_000;
    const perSecond = seconds > 0 ? Math.round(this.done / seconds) : 0;
    this.report({ done: this.done, total: this.total, perSecond });
  }
}
