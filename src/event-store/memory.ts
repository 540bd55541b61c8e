import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { pauseIfLong } from '../concurrency/in-slices';
import type { Envelope } from '../domain/event';
import {
  RevisionConflict,
  StoreUnavailable,
  type Chunk,
  type EventStore,
  type Position,
  type Recorded,
  type StreamHead,
  APPEND_LIMIT,
  prepare,
} from './event-store';
import { Notifier } from './notifier';
import { anchoredPosition, countOf, positionOf } from './position';
import { subscription } from './subscription';

const CHUNK_EVENTS = 500;

/**
 * The event store without a disk: everything is gone with the process.
 *
 * It keeps the events' text, not the objects, so that no one can change history through a reference, and so that what comes back is
 * what a disk would give back.
 */
export class MemoryEventStore implements EventStore {
  readonly appendLimitBytes: number;
  private readonly id = randomUUID();
  private readonly log: string[] = [];
  private readonly ids: string[] = [];
  private readonly known = new Set<string>();
  /** Where in the log each project's events are, by revision. */
  private readonly streams = new Map<string, number[]>();
  private readonly notifier = new Notifier();
  private closed = false;

  constructor(options: { readonly appendLimitBytes?: number } = {}) {
    this.appendLimitBytes = options.appendLimitBytes ?? APPEND_LIMIT;
  }

  async ledgerId(): Promise<string> {
    this.assertOpen();
    return this.id;
  }

  async append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void> {
    this.assertOpen();
    const { texts } = prepare(projectId, expectedRevision, events, this.appendLimitBytes);
    const stream = this.streams.get(projectId) ?? [];
    if (stream.length - 1 !== expectedRevision) {
      if (events.every((event) => this.ids[stream[event.revision] ?? -1] === event.id)) return;
      throw new RevisionConflict(projectId, expectedRevision, stream.length - 1);
    }
    const stray = events.find((event) => this.known.has(event.id));
    if (stray !== undefined) throw new Error(`event ${stray.id} is already in the store, at another place`);
    events.forEach((event, index) => {
      stream.push(this.log.length);
      this.log.push(texts[index] as string);
      this.ids.push(event.id);
      this.known.add(event.id);
    });
    this.streams.set(projectId, stream);
    this.notifier.notify();
  }

  async *read(projectId: string, from = 0, limit = Infinity): AsyncIterable<Envelope> {
    this.assertOpen();
    const stream = this.streams.get(projectId) ?? [];
    const start = Math.max(from, 0);
    const end = Math.min(stream.length, start + limit);
    for (let revision = start; revision < end; revision += 1) {
      const pause = pauseIfLong();
      if (pause !== undefined) await pause;
      this.assertOpen();
      yield this.at(stream[revision] as number);
    }
  }

  async *readAll(after?: Position): AsyncIterable<Recorded> {
    this.assertOpen();
    const end = this.log.length;
    for (let count = countOf(after, end, this.idAt); count < end;) {
      const { events } = this.chunk(count, end);
      yield* events;
      count += events.length;
      if (count < end) await turn();
    }
  }

  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = countOf(after, this.log.length, this.idAt);
    const read = (position: Position | undefined) => this.chunk(position === after ? start : Number(position), this.log.length);
    return subscription(read, this.notifier, after, signal);
  }

  async *heads(): AsyncIterable<StreamHead> {
    this.assertOpen();
    for (const projectId of [...this.streams.keys()].sort()) {
      const { revision, hash } = this.at(this.streams.get(projectId)?.at(-1) as number);
      yield { projectId, revision, hash };
    }
  }

  async anchored(position: Position): Promise<Position> {
    return anchoredPosition(position, this.idAt);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.notifier.close(new StoreUnavailable('the event store has been closed'));
  }

  private chunk(after: number, end: number): Chunk {
    this.assertOpen();
    const upTo = Math.min(after + CHUNK_EVENTS, end);
    const events: Recorded[] = [];
    for (let index = after; index < upTo; index += 1) events.push({ position: positionOf(index + 1), event: this.at(index) });
    return { events, caughtUp: upTo === end, left: end - upTo };
  }

  private readonly idAt = (count: number): string | undefined => {
    const event = this.log[count - 1];
    return event === undefined ? undefined : (JSON.parse(event) as Envelope).id;
  };

  private at(index: number): Envelope {
    return JSON.parse(this.log[index] as string) as Envelope;
  }

  private assertOpen(): void {
    if (this.closed) throw new StoreUnavailable('the event store has been closed');
  }
}
