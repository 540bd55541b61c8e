import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { Obstacle } from './command-group';
import { readTail, type LoadedProject } from './load';

/** How long is waited for a store whose reads are behind its newest events. */
const BEHIND_PAUSE_MS = 100;

/** Keeps the state of a project, and reads its stream to the end when the state is asked for. */
export class ProjectReader {
  /** How many calls of the store are under way. */
  private waiting = 0;

  constructor(
    private readonly projectId: string,
    public loaded: LoadedProject,
    private readonly options: { readonly store: EventStore; readonly upcast: Upcaster },
  ) {}

  /** Whether the store has been asked and has not answered yet. */
  get isWaiting(): boolean {
    return this.waiting > 0;
  }

  /** Reads to the end of the stream; rejects with the error that stopped the reading. */
  load(): Promise<void> {
    return this.wait(async () => {
      const { store, upcast } = this.options;
      const { failure, ...loaded } = await readTail(store, upcast, this.projectId, this.loaded.state);
      this.loaded = loaded;
      if (failure !== undefined) throw failure;
    });
  }

  /** Whether anything new is loaded. */
  async loadsMore(): Promise<boolean> {
    const before = this.loaded.state.head.hash;
    await this.load();
    return this.loaded.state.head.hash !== before;
  }

  /** What shows that the state is not the newest, now; undefined: it was the newest at some moment after the call. */
  async notCurrent(): Promise<Obstacle | undefined> {
    if (await this.loadsMore()) return 'moved';
    const { store } = this.options;
    if (store.confirmEnd === undefined) return undefined;
    const isEnd = await this.wait(() => store.confirmEnd!(this.projectId, this.loaded.state.head.revision));
    if (isEnd) return undefined;
    await this.wait(() => sleep(BEHIND_PAUSE_MS));
    return 'behind';
  }

  private async wait<Result>(call: () => Promise<Result>): Promise<Result> {
    this.waiting += 1;
    try {
      return await call();
    } finally {
      this.waiting -= 1;
    }
  }
}
