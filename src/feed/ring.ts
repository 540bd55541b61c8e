import type { Envelope } from '../domain/event';
import { sizeOf } from '../event-store/event-store';

export interface RingLimits {
  readonly events: number;
  readonly bytes: number;
}

/** What is kept of one project: its events from `first` on, without a gap. */
interface Strand {
  first: number;
  events: Envelope[];
}

/**
 * The last events of the followed projects, as they came: what live subscribers read. It never holds more than its limits; what
 * came first goes first, also if a subscriber still needs it.
 *
 * Within a project its events are dense, so that an event is found by its revision, by however many.
 */
export class Ring {
  private readonly strands = new Map<string, Strand>();
  /** The strand of each event that is kept, in the order in which they came; from `oldest` on. */
  private order: Strand[] = [];
  private oldest = 0;
  private held = 0;
  private bytes = 0;

  constructor(private readonly limits: RingLimits) {}

  /** Keeps what is added of this project from now on. */
  follow(projectId: string): void {
    if (!this.strands.has(projectId)) this.strands.set(projectId, { first: -1, events: [] });
  }

  /** Keeps nothing of it any more. */
  forget(projectId: string): void {
    const strand = this.strands.get(projectId);
    if (strand === undefined) return;
    this.empty(strand);
    this.strands.delete(projectId);
  }

  /**
   * Adds the event if its project is followed. One that it has had already is passed over; if some are missing before it, those it had are
   * given up, since the rest of the order must hold.
   */
  add(event: Envelope): void {
    const strand = this.strands.get(event.projectId);
    if (strand === undefined) return;
    const next = strand.first + strand.events.length;
    if (strand.first >= 0 && event.revision < next) return;
    if (strand.first < 0 || event.revision > next) {
      this.empty(strand);
      strand.first = event.revision;
    }
    strand.events.push(event);
    this.order.push(strand);
    this.held += 1;
    this.bytes += sizeOf(event);
    this.shrink();
  }

  /** undefined: it is not kept, or not any more. */
  at(projectId: string, revision: number): Envelope | undefined {
    const strand = this.strands.get(projectId);
    return strand?.events[revision - strand.first];
  }

  /** The last revision that was added, also if it is not kept any more; undefined if there was none since the project is followed. */
  last(projectId: string): number | undefined {
    const strand = this.strands.get(projectId);
    return strand === undefined || strand.first < 0 ? undefined : strand.first + strand.events.length - 1;
  }

  get size(): { readonly events: number; readonly bytes: number } {
    return { events: this.held, bytes: this.bytes };
  }

  private empty(strand: Strand): void {
    if (strand.events.length === 0) return;
    for (const event of strand.events) this.release(event);
    strand.events = [];
    this.order = this.order.slice(this.oldest).filter((other) => other !== strand);
    this.oldest = 0;
  }

  private shrink(): void {
    while (this.held > this.limits.events || this.bytes > this.limits.bytes) {
      const strand = this.order[this.oldest++];
      const event = strand?.events.shift();
      if (strand === undefined || event === undefined) throw new Error('the ring has lost count of what it holds');
      strand.first += 1;
      this.release(event);
    }
    if (this.oldest > 1_024 && this.oldest * 2 > this.order.length) {
      this.order = this.order.slice(this.oldest);
      this.oldest = 0;
    }
  }

  private release(event: Envelope): void {
    this.held -= 1;
    this.bytes -= sizeOf(event);
  }
}
