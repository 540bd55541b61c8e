import { randomUUID } from 'node:crypto';
import type { Envelope } from '../../src/domain/event';
import type { Chunk, EventStore, Position, Recorded } from '../../src/event-store/event-store';

/** A store under test, and what an adapter's own test file must provide for it. */
export interface Subject {
  readonly store: EventStore;
  /** Closes the store and opens it again on what it kept. */
  reopen(): Promise<EventStore>;
  /** Closes the store and removes what it kept. */
  dispose(): Promise<void>;
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** What the parts of the contract work with: a store for each test, which may hold events of others. */
export class Probe {
  store: EventStore;
  aborter: AbortController;
  private subject: Subject;
  /** An end that was found before: a real server keeps what all runs have left. */
  private known: Position | undefined;

  constructor(private readonly open: () => Promise<Subject>) {}

  async start(): Promise<void> {
    this.subject = await this.open();
    this.store = this.subject.store;
    this.aborter = new AbortController();
    this.known = undefined;
  }

  async stop(): Promise<void> {
    this.aborter.abort();
    await this.subject.dispose();
  }

  reopen(): Promise<EventStore> {
    return this.subject.reopen();
  }

  /** A project that no one else uses. */
  project(label = 'p'): string {
    return `${label}-${randomUUID().slice(0, 13)}`;
  }

  /** The position of the last event. */
  async end(): Promise<Position | undefined> {
    return (this.known = (await this.readAll(this.known)).at(-1)?.position ?? this.known);
  }

  /** All events of the store, which may also hold what others have left in the streams of their projects. */
  readAll(after?: Position): Promise<Recorded[]> {
    return all(this.store.readAll(after, () => {}));
  }

  read(projectId: string, from?: number): Promise<Envelope[]> {
    return all(this.store.read(projectId, from));
  }

  /** Takes from a subscription until it has `count` events of these projects and the live end. */
  async take(chunks: AsyncIterable<Chunk>, projects: readonly string[], count: number): Promise<Recorded[]> {
    const taken: Recorded[] = [];
    for await (const chunk of chunks) {
      taken.push(...chunk.events.filter(({ event }) => projects.includes(event.projectId)));
      if (taken.length >= count && chunk.caughtUp) break;
    }
    return taken;
  }
}
