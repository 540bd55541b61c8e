import { evolve } from '../domain/project';
import type { ProjectState } from '../domain/project-state';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';

/**
 * Brings a state up to the end of the project's stream, by the events it has not seen. Throws `UpgradeRequired` at an event that this
 * version does not know: a decision on half a truth could break a rule.
 */
export async function readTail(
  store: Pick<EventStore, 'read'>,
  upcast: Upcaster,
  projectId: string,
  state: ProjectState,
): Promise<ProjectState> {
  let current = state;
  for await (const stored of store.read(projectId, state.head.revision + 1)) {
    const event = upcast(stored);
    // A retired type changes nothing, but it is a link of the chain.
    const { revision, hash, occurredAt } = stored;
    current = event ? evolve(current, event) : { ...current, head: { revision, hash, occurredAt } };
  }
  return current;
}
