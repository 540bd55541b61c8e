import type { RecordedEvent } from '@kurrent/kurrentdb-client';
import type { Envelope } from '../domain/event';
import { HiddenRecord, StreamDeleted } from './event-store';
import { envelopeOf } from './kurrentdb-event';
import type { KurrentHeads } from './kurrentdb-heads';
import type { KurrentReads } from './kurrentdb-read';

/** What is read of a stream before anything is given out: nearly always all of it, in one round trip. */
const FIRST = 256;

/** Reads of one project's stream, without a gap: the server's own may begin later, since a stream can be deleted, or hidden by its metadata. */
export class KurrentStreams {
  constructor(
    private readonly reads: KurrentReads,
    private readonly heads: KurrentHeads,
  ) {}

  /**
   * The stream from a revision on, up to its end as it was at some moment before the first event is given out. Where the server hides or has
   * lost an event it rejects with `DamagedRecord`, and with `StreamDeleted` where the stream is gone.
   */
  async *read(projectId: string, from: number, limit: number): AsyncIterable<Envelope> {
    if (limit <= 0) return;
    const first: RecordedEvent[] = [];
    let missing = false;
    const beginning = this.reads.forwards(projectId, from, Math.min(limit, FIRST), () => (missing = true));
    for await (const record of beginning) first.push(record);
    if (first.length === 0) return from > 0 ? undefined : this.assertUnused(projectId, missing);
    const whole = first.length < FIRST || limit <= FIRST;
    const end = whole ? undefined : Math.min((await this.reads.lastRevision(projectId)) ?? -1, from + limit - 1);
    const next = from + FIRST;
    let expected = from;
    for (const record of first) yield consecutive(projectId, record, expected++);
    if (end === undefined || end < next) return;
    for await (const record of this.reads.forwards(projectId, next, end - next + 1)) yield consecutive(projectId, record, expected++);
  }

  /** A stream that shows nothing may yet have been used: its next event would not be its first. `$all` keeps the last event of each. */
  private async assertUnused(projectId: string, missing: boolean): Promise<void> {
    if (!(await this.heads.met(projectId))) return;
    throw missing ? new StreamDeleted(projectId) : new HiddenRecord(projectId, 0, 'all events of the stream are hidden by its metadata');
  }
}

/** The event, if it is the one that is expected there. */
function consecutive(projectId: string, record: RecordedEvent, expected: number): Envelope {
  if (record.revision === BigInt(expected)) return envelopeOf(record);
  const what = expected === 0 ? 'the beginning of the stream is' : 'it is';
  throw new HiddenRecord(projectId, expected, `${what} deleted or hidden: what is stored goes on at revision ${record.revision}`);
}
