/** Someone who waits for events to be appended, or for the store to be closed. */
export interface Listener {
  appended(): void;
  closed(error: Error): void;
}

/**
 * Wakes those who wait for new events. It says only *that* something was appended: each reads the store from where it is, so a slow
 * one costs no memory, and a notice that comes twice or for several appends at once does no harm.
 */
export class Notifier {
  protected readonly listeners = new Set<Listener>();

  /** Answers how to stop listening. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  notify(): void {
    for (const listener of this.listeners) listener.appended();
  }

  close(error: Error): void {
    for (const listener of [...this.listeners]) listener.closed(error);
  }
}

/** For a store that another process writes: looks at it every `interval` milliseconds, as long as anybody listens. */
export class PollingNotifier extends Notifier {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pollMs: number) {
    super();
  }

  override listen(listener: Listener): () => void {
    const leave = super.listen(listener);
    this.timer ??= setInterval(() => this.notify(), this.pollMs);
    return () => {
      leave();
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }
}
