import type { Envelope } from '../domain/event';
import { DamagedRecord, type EventStore } from '../event-store/event-store';
import { Chain } from './chain';
import { NotWhole } from './copy';
import { isAfter, NoSuchPlace, type Place } from './place';
import { flawOf } from './walk';

export interface Retelling {
  readonly store: Pick<EventStore, 'read'>;
  readonly projectId: string;
  /** Where to end; otherwise at the end that the history has at the beginning. */
  readonly to?: Extract<Place, { readonly kind: 'revision' | 'time' }>;
}

/**
 * A project's events in their order, up to a place and each verified. Throws `NotWhole` at the first flaw, and `NoSuchPlace`, at the end or at once,
 * for a place that the history does not have. Of an unknown project there is none.
 */
export async function* retell({ store, projectId, to }: Retelling): AsyncIterable<Envelope> {
  const chain = new Chain(projectId);
  try {
    for await (const event of store.read(projectId, 0, to?.kind === 'revision' ? to.revision + 1 : undefined)) {
      const flaw = chain.follow(event);
      if (flaw !== undefined) throw new NotWhole('source', flaw);
      if (to !== undefined && isAfter(to, event)) {
        if (event.revision > 0) return;
        throw new NoSuchPlace(
          `The project "${projectId}" did not exist then: its history begins at ${new Date(event.occurredAt).toISOString()}.`,
        );
      }
      yield event;
    }
  } catch (error) {
    if (error instanceof DamagedRecord) throw new NotWhole('source', flawOf(error));
    throw error;
  }
  const { revision } = chain.head(projectId);
  if (to?.kind === 'revision' && chain.events > 0 && revision < to.revision) {
    throw new NoSuchPlace(`The history of "${projectId}" has no revision ${to.revision}: it goes from 0 to ${revision}.`);
  }
}
