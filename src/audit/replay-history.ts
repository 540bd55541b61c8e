import type { Envelope } from '../domain/event';
import { DamagedRecord, type EventStore } from '../event-store/event-store';
import { Chain } from './chain';
import { NotWhole } from './copy';
import { isAfter, NoSuchPoint, type HistoryPoint } from './history-point';
import { damageProblem } from './verify-chain';

export interface HistoryReplay {
  readonly store: Pick<EventStore, 'read'>;
  readonly projectId: string;
  /** Where to end; otherwise at the end that the history has at the beginning. */
  readonly to?: Extract<HistoryPoint, { readonly kind: 'revision' | 'time' }>;
}

/**
 * A project's events in their order, up to a place and each verified. Throws `NotWhole` at the first problem, and `NoSuchPlace`, at the end or at once,
 * for a place that the history does not have. Of an unknown project there is none.
 */
export async function* replayHistory({ store, projectId, to }: HistoryReplay): AsyncIterable<Envelope> {
  const chain = new Chain(projectId);
  try {
    for await (const event of store.read(projectId, 0, to?.kind === 'revision' ? to.revision + 1 : undefined)) {
      const problem = chain.follow(event);
      if (problem !== undefined) throw new NotWhole('source', problem);
      if (to !== undefined && isAfter(to, event)) {
        if (event.revision > 0) return;
        throw new NoSuchPoint(
          `The project "${projectId}" did not exist then: its history begins at ${new Date(event.occurredAt).toISOString()}.`,
        );
      }
      yield event;
    }
  } catch (error) {
    if (error instanceof DamagedRecord) throw new NotWhole('source', damageProblem(error));
    throw error;
  }
  const { revision } = chain.head(projectId);
  if (to?.kind === 'revision' && chain.events > 0 && revision < to.revision) {
    throw new NoSuchPoint(`The history of "${projectId}" has no revision ${to.revision}: it goes from 0 to ${revision}.`);
  }
}
