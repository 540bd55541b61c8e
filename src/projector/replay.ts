import type { Envelope } from '../domain/event';
import type { Upcaster } from '../event-store/upcast';
import type { Projection } from '../read-model/projection';
import type { ReadModel } from '../read-model/read-model';
import { Applier } from './apply';

const BATCH_EVENTS = 1_000;

export interface Replay {
  /** Each project's events from revision 0 on, in order; projects may be mixed. A prefix gives the documents as of its last event. */
  readonly events: Iterable<Envelope> | AsyncIterable<Envelope>;
  /** A fresh read model that is used for nothing else. */
  readonly readModel: ReadModel;
  readonly projections: readonly Projection[];
  readonly upcast: Upcaster;
}

/**
 * Projects the events by the very code that the projector runs. Unlike the projector it does not park: the first event that cannot be
 * projected rejects, as does a gap, because a half replayed read model is no answer to anything.
 */
export async function replay({ events, readModel, projections, upcast }: Replay): Promise<void> {
  const applier = new Applier({ readModel, projections, upcast, read: incomplete });
  const pending = new Map<string, Envelope[]>();

  async function apply(projectId: string, batch: readonly Envelope[]): Promise<void> {
    const failure = await applier.apply(projectId, batch);
    if (!failure) return;
    const { event, error } = failure;
    throw new Error(`replay stopped at ${event.type}, revision ${event.revision} of project ${projectId}: ${error.message}`, {
      cause: error,
    });
  }

  for await (const event of events) {
    const batch = pending.get(event.projectId);
    if (!batch) {
      pending.set(event.projectId, [event]);
    } else if (batch.push(event) >= BATCH_EVENTS) {
      pending.delete(event.projectId);
      await apply(event.projectId, batch);
    }
  }
  for (const [projectId, batch] of pending) await apply(projectId, batch);
}

// eslint-disable-next-line require-yield -- it stands for a stream, and there is none to read on from
async function* incomplete(projectId: string, from = 0): AsyncGenerator<Envelope> {
  throw new Error(`the events given for project ${projectId} have a gap at revision ${from}; a replay needs all of them from revision 0`);
}
