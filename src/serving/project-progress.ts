import { EMPTY_PROJECT, evolve } from '../domain/decider';
import type { Envelope } from '../domain/event';
import type { ProjectState } from '../domain/project-state';
import { servingRevisionAfter } from '../evaluation/serving-digest';
import { DamagedRecord } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';

/** A project as far as it has been read. */
export interface Progress {
  readonly state: ProjectState;
  readonly servingRevision: number;
}

export const UNREAD: Progress = { state: EMPTY_PROJECT, servingRevision: -1 };

/** With the next event. Throws `DamagedRecord` where it does not follow the one before. */
export function follow(projectId: string, { state, servingRevision }: Progress, event: Envelope, upcast: Upcaster): Progress {
  const { head } = state;
  if (event.revision !== head.revision + 1 || event.previousHash !== head.hash) {
    throw new DamagedRecord(projectId, head.revision + 1, `revision ${event.revision} does not follow revision ${head.revision}`);
  }
  const known = upcast(event);
  const { revision, hash, occurredAt } = event;
  const next = known === undefined ? { ...state, head: { revision, hash, occurredAt } } : evolve(state, known);
  return { state: next, servingRevision: servingRevisionAfter(servingRevision, state, next, event.entity) };
}
