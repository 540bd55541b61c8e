import { evolve, NOTHING } from '../domain/project';
import type { ProjectState } from '../domain/project-state';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';

/**
 * Brings a state up to the end of the project's stream, by the events it has not seen. Throws `UpgradeRequired` at an event that this
 * version does not know: a decision on half a truth could break a rule.
 *
 * The event that the state ends on is read once more. If it is not there, or is another, the store was restored from an older copy: then the state
 * is of a history that is no more, and a new one is made of the whole stream.
 */
export async function readTail(
  store: Pick<EventStore, 'read'>,
  upcast: Upcaster,
  projectId: string,
  state: ProjectState,
): Promise<ProjectState> {
  const end = state.head;
  let standsOnStream = end.revision < 0;
  let current = state;
  for await (const stored of store.read(projectId, Math.max(0, end.revision))) {
    const { revision, hash, occurredAt } = stored;
    if (revision === end.revision) {
      if (hash !== end.hash) break;
      standsOnStream = true;
      continue;
    }
    if (!standsOnStream) break;
    const event = upcast(stored);
    // A retired type changes nothing, but it is a link of the chain.
    current = event ? evolve(current, event) : { ...current, head: { revision, hash, occurredAt } };
  }
  return standsOnStream ? current : readTail(store, upcast, projectId, NOTHING);
}
