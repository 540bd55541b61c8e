import pRetry from 'p-retry';
import { inParallel } from '../concurrency/limiter';
import type { Envelope } from '../domain/event';
import {
  AppendTooLarge,
  OutcomeUnknown,
  RevisionConflict,
  sizeOf,
  StoreUnavailable,
  type EventStore,
  type StreamHead,
} from '../event-store/event-store';

/** How much is gathered before it is written: the most that is in memory at a time. */
const PENDING_EVENTS = 4_000;
const PENDING_BYTES = 4 * 1024 * 1024;
/** How many projects are written at a time. SQLite commits what comes together as one; KurrentDB lets 12 in, and the others wait. */
const PROJECTS_AT_ONCE = 48;
/** How often an append is sent again whose store was away, or did not say. The waits between come to half a minute. */
const RETRIES = 7;

/** The target has another history of a project than what is brought, or has more of it. */
export class HistoryMismatch extends Error {}

/**
 * Appends histories that exist already to a store, as they are. Events come in the order of their project; what the store has already is passed
 * over, so whatever ended in the middle can be begun again.
 */
export class BulkAppend {
  private readonly heads: Map<string, StreamHead>;
  private pending = new Map<string, Envelope[]>();
  private events = 0;
  private bytes = 0;
  private written = 0;

  /** `heads`: where the target's projects are. */
  constructor(
    private readonly target: Pick<EventStore, 'append' | 'appendLimitBytes'>,
    heads: readonly StreamHead[],
  ) {
    this.heads = new Map(heads.map((head) => [head.projectId, head]));
  }

  /** How many events it has appended. */
  get appended(): number {
    return this.written;
  }

  /** Takes one event, which has been verified. What it answers is to be waited for. */
  add(event: Envelope): Promise<void> | undefined {
    const head = this.heads.get(event.projectId);
    if (head !== undefined && event.revision <= head.revision) {
      if (event.revision === head.revision && event.hash !== head.hash) throw new HistoryMismatch(differs(head));
      return undefined;
    }
    const events = this.pending.get(event.projectId);
    if (events === undefined) this.pending.set(event.projectId, [event]);
    else events.push(event);
    this.events += 1;
    this.bytes += sizeOf(event);
    return this.events >= PENDING_EVENTS || this.bytes >= PENDING_BYTES ? this.flush() : undefined;
  }

  /** Resolves when all that was given is in the store. */
  async flush(): Promise<void> {
    const { pending: gathered } = this;
    this.pending = new Map();
    this.events = this.bytes = 0;
    await inParallel(gathered, PROJECTS_AT_ONCE, ([projectId, events]) => this.write(projectId, events));
  }

  /** A project's events in as few appends as the store takes, which may learn meanwhile that its server takes less. */
  private async write(projectId: string, events: readonly Envelope[]): Promise<void> {
    for (let from = 0; from < events.length;) {
      let [end, bytes] = [from, 0];
      while (end < events.length && (end === from || bytes + sizeOf(events[end]!) <= this.target.appendLimitBytes))
        bytes += sizeOf(events[end++]!);
      try {
        await this.append(projectId, events.slice(from, end));
        from = end;
      } catch (error) {
        const canBeSplit = end - from > 1 && bytes > this.target.appendLimitBytes;
        if (!(error instanceof AppendTooLarge) || !canBeSplit) throw error;
      }
    }
  }

  private async append(projectId: string, events: readonly Envelope[]): Promise<void> {
    const before = events[0]!.revision - 1;
    try {
      await pRetry(() => this.target.append(projectId, before, events), {
        retries: RETRIES,
        minTimeout: 250,
        shouldRetry: ({ error }) => error instanceof StoreUnavailable || error instanceof OutcomeUnknown,
      });
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      throw new HistoryMismatch(`project "${projectId}" is being written in the target by someone else: it is at revision ${error.actual}`);
    }
    const { revision, hash } = events.at(-1)!;
    this.heads.set(projectId, { projectId, revision, hash });
    this.written += events.length;
  }
}

export function differs({ projectId, revision }: StreamHead): string {
  return `project "${projectId}": the target has another history of it: the hashes of revision ${revision} differ`;
}

/** Where the projects of a store are. */
export async function headsOf(store: Pick<EventStore, 'heads'>): Promise<StreamHead[]> {
  const heads: StreamHead[] = [];
  for await (const head of store.heads()) heads.push(head);
  return heads;
}
