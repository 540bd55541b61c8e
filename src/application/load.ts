import { GENESIS, type Envelope, type Head } from '../domain/event';
import { evolve, EMPTY_PROJECT } from '../domain/decider';
import type { ProjectState } from '../domain/project-state';
import { DamagedRecord, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';

/** What is kept of a project from one of its commands to the next. */
export interface LoadedProject {
  readonly state: ProjectState;
  /** The stream may hold more than the state says: it is read on before anything is decided. */
  readonly mustRead: boolean;
}

/** A project of which nothing has been read. */
export const NOT_LOADED: LoadedProject = { state: EMPTY_PROJECT, mustRead: true };

/**
 * Brings a state up to the end of the project's stream, by the events it has not seen. Where the reading fails, `failure` says why, and the state
 * is the one that was reached: the next reading goes on from there, and fails at once for as long as the cause is there. It is `UpgradeRequired`
 * at an event that this version does not know: a decision on half a truth could break a rule. It is `DamagedRecord` where the stream is not one
 * chain from revision 0 on: where its beginning is hidden, an event is missing, or one follows another than the one that is stored before it.
 *
 * The event that the state ends on is read once more. If it is not there, or is another, the store was restored from an older copy: then the state
 * is of a history that is no more, and a new one is made of the whole stream.
 */
export async function readTail(
  store: Pick<EventStore, 'read'>,
  upcast: Upcaster,
  projectId: string,
  state: ProjectState,
): Promise<LoadedProject & { readonly failure?: unknown }> {
  const end = state.head;
  let isEndStored = end.revision < 0;
  let current = state;
  try {
    for await (const stored of store.read(projectId, Math.max(0, end.revision))) {
      const { revision, hash, occurredAt } = stored;
      if (revision === end.revision) {
        if (hash !== end.hash) break;
        isEndStored = true;
        continue;
      }
      if (!isEndStored) break;
      assertFollows(projectId, stored, current.head);
      const event = upcast(stored);
      // A retired type changes nothing, but it is a link of the chain.
      current = event ? evolve(current, event) : { ...current, head: { revision, hash, occurredAt } };
    }
  } catch (failure) {
    return { state: current, mustRead: true, failure };
  }
  return isEndStored ? { state: current, mustRead: false } : readTail(store, upcast, projectId, EMPTY_PROJECT);
}

/** Only the link is compared, not the event's own hash: `verify` does that, and it would cost each command a hash of every event it reads. */
function assertFollows(projectId: string, stored: Envelope, head: Head): void {
  const expected = head.revision + 1;
  if (stored.revision === expected && stored.previousHash === head.hash) return;
  const why =
    stored.revision !== expected
      ? `revision ${stored.revision} comes where revision ${expected} is expected: ${expected === 0 ? 'the beginning of the stream' : 'a part of the stream'} is deleted or hidden`
      : `it does not follow ${head === GENESIS ? 'the beginning of a history' : `the event that is stored as revision ${head.revision}`}`;
  throw new DamagedRecord(projectId, expected, why);
}
