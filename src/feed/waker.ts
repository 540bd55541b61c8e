import type { Subscriber } from './subscriber';

const SLICE_MS = 5;
const LOOK_AT_THE_CLOCK = 32;

/**
 * Wakes all subscribers of a project when there is something new, in a later turn of the event loop, and many of them in several: those who
 * write must not wait until ten thousand have been reported.
 */
export class Waker {
  private scheduled = false;
  private again = false;
  private left: Iterator<Subscriber> | undefined;

  constructor(private readonly subscribers: ReadonlySet<Subscriber>) {}

  wake(): void {
    if (this.left !== undefined) this.again = true;
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.run);
  }

  private readonly run = (): void => {
    this.scheduled = false;
    this.left ??= this.subscribers.values();
    const until = performance.now() + SLICE_MS;
    for (let count = 1; ; count += 1) {
      const { done, value } = this.left.next();
      if (done === true) break;
      value.wake();
      if (count % LOOK_AT_THE_CLOCK !== 0 || performance.now() < until) continue;
      this.scheduled = true;
      setImmediate(this.run);
      return;
    }
    this.left = undefined;
    if (!this.again) return;
    this.again = false;
    this.wake();
  };
}
