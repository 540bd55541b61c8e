import { setImmediate as turn } from 'node:timers/promises';
import { GENESIS, headOf, type Envelope, type Head } from '../domain/event';
import type { Batch, ForkableReadModel, ReadModel } from '../read-model/read-model';

/** What events make of documents: the very fold of the projector, over the very projections. `failure`: the event that it cannot take. */
export type Fold = (
  events: readonly Envelope[],
  expectedRevision: number,
  readModel: Pick<ReadModel, 'get'>,
) => Promise<{ readonly batch?: Batch; readonly failure?: { readonly error: Error } }>;

/** The documents of one project as they were just after one event. */
export interface Snapshot {
  readonly head: Head;
  readonly readModel: ForkableReadModel;
  /** The documents that differ from those of the snapshot before it, and about how many bytes each takes. */
  readonly written: ReadonlyMap<string, number>;
}

/** Before the first event. */
export function beginning(readModel: ForkableReadModel): Snapshot {
  return { head: GENESIS, readModel, written: new Map() };
}

/** How many events are folded before other work has a turn. */
const BATCH = 100;

/** The snapshot after these events, which follow the one that is given; that one stays as it is. Throws what the first event it cannot take says. */
export async function advance(from: Snapshot, events: readonly Envelope[], fold: Fold): Promise<Snapshot> {
  const readModel = from.readModel.fork();
  const written = new Map<string, number>();
  let { head } = from;
  for (let at = 0; at < events.length; at += BATCH) {
    const some = events.slice(at, at + BATCH);
    const { batch, failure } = await fold(some, head.revision, readModel);
    if (failure) throw failure.error;
    if (!batch || !(await readModel.commit(batch))) throw new Error(`no batch was made of the events after revision ${head.revision}`);
    for (const { collection, id, document } of batch.writes) written.set(`${collection}/${id}`, bytesOf(document));
    head = headOf(some.at(-1) as Envelope);
    await turn();
  }
  return { head, readModel, written };
}

/** Joins two consecutive snapshots: the later one, whose own writes are those of both. */
export function merged(earlier: Snapshot, later: Snapshot): Snapshot {
  return { ...later, written: new Map([...earlier.written, ...later.written]) };
}

/** About what a document takes beside its text, with its places in its collection, in the log, and among what was written. */
const PLACES = 1_200;

/** About how many bytes the snapshot takes beside the one before it, with which it shares all that it has not written. */
export function weightOf({ written }: Snapshot): number {
  let bytes = 0;
  for (const weight of written.values()) bytes += weight;
  return bytes;
}

function bytesOf(document: object): number {
  return PLACES + JSON.stringify(document).length;
}
