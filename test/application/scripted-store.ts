import type { Envelope } from '../../src/domain/event';
import {
  OutcomeUnknown,
  StoreUnavailable,
  type Chunk,
  type EventStore,
  type Position,
  type Recorded,
  type StreamHead,
} from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';

/** How an append goes wrong: refused; its acknowledgement lost after, or before, it was written; no answer at all. */
export type Fault = 'unavailable' | 'lost after writing' | 'lost before writing' | 'silent';

/** A memory store that fails as it is asked, and records what it was asked. */
export class ScriptedStore implements EventStore {
  readonly inner: MemoryEventStore;
  /** What happens to the next appends, in order; when it is empty, they succeed. */
  faults: (Fault | undefined)[] = [];
  /** Runs before an append is looked at, and may hold it up, write first, or throw. */
  beforeAppend: (projectId: string, events: readonly Envelope[]) => Promise<void> = async () => {};
  beforeRead: (projectId: string) => Promise<void> = async () => {};
  /** The ids of each append's events, and how often a stream was read, by project. */
  readonly appends: string[][] = [];
  readonly reads = new Map<string, number>();

  constructor(options: { readonly appendLimitBytes?: number } = {}) {
    this.inner = new MemoryEventStore(options);
  }

  get appendLimitBytes(): number {
    return this.inner.appendLimitBytes;
  }

  ledgerId(): Promise<string> {
    return this.inner.ledgerId();
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    this.appends.push(events.map(({ id }) => id));
    const fault = this.faults.shift();
    await this.beforeAppend(projectId, events);
    if (fault === 'unavailable') throw new StoreUnavailable('scripted: not reached');
    if (fault === 'silent') return new Promise(() => {});
    if (fault === 'lost before writing') throw new OutcomeUnknown('scripted: connection lost');
    await this.inner.append(projectId, expectedRevision, events);
    if (fault === 'lost after writing') throw new OutcomeUnknown('scripted: acknowledgement lost');
  }

  async *read(projectId: string, from?: number, limit?: number): AsyncIterable<Envelope> {
    this.reads.set(projectId, (this.reads.get(projectId) ?? 0) + 1);
    await this.beforeRead(projectId);
    yield* this.inner.read(projectId, from, limit);
  }

  readAll(after?: Position): AsyncIterable<Recorded> {
    return this.inner.readAll(after);
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    return this.inner.subscribe(after, signal);
  }

  anchored(position: string): Promise<string> {
    return this.inner.anchored(position);
  }

  heads(): AsyncIterable<StreamHead> {
    return this.inner.heads();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** All of a project's events, past every fault. */
  async stored(projectId = 'shop'): Promise<Envelope[]> {
    const events: Envelope[] = [];
    for await (const event of this.inner.read(projectId)) events.push(event);
    return events;
  }
}
