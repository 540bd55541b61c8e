import type { Envelope } from '../domain/event';
import { labelled } from '../domain/label';
import type { Upcaster } from '../event-store/upcast';
import type { Projection } from '../read-model/projection';
import type { Batch, Document, ReadModel, Write } from '../read-model/read-model';

/** The event that could not be projected, and why. Everything before it can. */
export interface Failure {
  readonly event: Pick<Envelope, 'projectId' | 'revision' | 'type'>;
  readonly error: Error;
}

/** The result of folding a run of events: the batch of changed documents, and the event that could not be projected, if there is one. */
export interface Folded {
  readonly batch?: Batch;
  readonly failure?: Failure;
}

/** A document while events are folded into it. */
interface Slot {
  readonly projection: Projection;
  readonly id: string;
  stored: Document | undefined;
  /** By its first event, so that a document which cannot be opened is a failure of that event. */
  open: boolean;
  opened: unknown;
  draft: unknown;
}

interface Step {
  readonly event?: Envelope;
  readonly slots: readonly Slot[];
}

/** The step of an event that no document heeds, or whose type is retired. */
const NOTHING: Step = { slots: [] };

/**
 * Folds a dense run of one project's events, the first of them at `expectedRevision + 1`, into the documents that they touch. Writes
 * nothing. An event counts whole or not at all: when it fails, the batch ends just before it, wherever the run was cut.
 *
 * Rejects only when the read model cannot be read; whatever a projection or the upcast throws is a `failure`.
 */
export async function fold(
  events: readonly Envelope[],
  expectedRevision: number,
  { readModel, projections, upcast }: { readModel: Pick<ReadModel, 'get'>; projections: readonly Projection[]; upcast: Upcaster },
): Promise<Folded> {
  const projectId = events[0]!.projectId;
  const slots = projections.map(() => new Map<string, Slot>());
  const steps: Step[] = [];
  const unplanned = attempt(events.length, (at) => steps.push(plan(upcast(events[at]!), projections, slots)));
  // Of a project that is not there yet there is nothing to read.
  if (expectedRevision >= 0) await load(projectId, slots, readModel);
  const stopped = attempt(steps.length, (at) => take(steps[at]!)) ?? unplanned;

  const failure = stopped && { event: events[stopped.at]!, error: stopped.error };
  const done = stopped?.at ?? events.length;
  const last = events[done - 1];
  if (!last) return { failure };
  try {
    const writes = slots.flatMap((bySlot) => Array.from(bySlot.values()).filter(changed).map(write));
    const checkpoint = { revision: last.revision, hash: last.hash, occurredAt: last.occurredAt };
    const taken = done === events.length ? events : events.slice(0, done);
    const log = { times: taken.map(({ occurredAt }) => occurredAt), labels: labelled(taken) };
    return { batch: { projectId, expectedRevision, checkpoint, writes, log }, failure };
  } catch (error) {
    // A document that cannot be indexed: fewer and fewer events, until that event is alone in its batch.
    if (done === 1) return { failure: { event: last, error: asError(error) } };
    return fold(events.slice(0, Math.ceil(done / 2)), expectedRevision, { readModel, projections, upcast });
  }
}

/** Does something for each place in order, until it throws: where, and what. */
function attempt(places: number, act: (at: number) => void): { readonly at: number; readonly error: Error } | undefined {
  for (let at = 0; at < places; at++) {
    try {
      act(at);
    } catch (error) {
      return { at, error: asError(error) };
    }
  }
  return undefined;
}

function plan(event: Envelope | undefined, projections: readonly Projection[], slots: readonly Map<string, Slot>[]): Step {
  if (!event) return NOTHING;
  let touched: Slot[] | undefined;
  for (let at = 0; at < projections.length; at++) {
    const projection = projections[at]!;
    const ids = projection.touches(event);
    if (ids.length === 0) continue;
    const known = slots[at]!;
    for (const id of ids.length === 1 ? ids : new Set(ids)) {
      let slot = known.get(id);
      if (!slot) known.set(id, (slot = { projection, id, stored: undefined, open: false, opened: undefined, draft: undefined }));
      (touched ??= []).push(slot);
    }
  }
  return touched ? { event, slots: touched } : NOTHING;
}

/** One `get` for each collection that is touched. */
async function load(projectId: string, slots: readonly Map<string, Slot>[], readModel: Pick<ReadModel, 'get'>): Promise<void> {
  const reads = slots.map(async (known) => {
    const [first] = known.values();
    if (!first) return;
    const documents = await readModel.get(projectId, first.projection.collection, [...known.keys()]);
    let at = 0;
    for (const slot of known.values()) slot.stored = documents[at++];
  });
  await Promise.all(reads);
}

function take({ event, slots }: Step): void {
  if (!event) return;
  if (slots.length === 1) {
    slots[0]!.draft = evolve(slots[0]!, event);
    return;
  }
  // All of them or none: a failure in the last must not leave the first changed.
  const evolved: unknown[] = [];
  for (const slot of slots) evolved.push(evolve(slot, event));
  for (let at = 0; at < slots.length; at += 1) slots[at]!.draft = evolved[at];
}

function evolve(slot: Slot, event: Envelope): unknown {
  if (!slot.open) {
    slot.opened = slot.draft = slot.projection.open(slot.stored, slot.id);
    slot.open = true;
  }
  return slot.projection.evolve(slot.draft, event);
}

function changed(slot: Slot): boolean {
  return slot.draft !== slot.opened;
}

function write({ projection, id, draft }: Slot): Write {
  const document = projection.close(draft);
  return { collection: projection.collection, id, document, index: projection.index(document) };
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
