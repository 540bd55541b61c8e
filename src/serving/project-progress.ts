import { EMPTY_PROJECT, evolve } from '../domain/decider';
import { headOf, type Envelope } from '../domain/event';
import type { Folded, ProjectState } from '../domain/project-state';
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
export function follow(projectId: string, progress: Progress, event: Envelope, upcast: Upcaster): Progress {
  const { state } = progress;
  const { head } = state;
  if (!isNext(progress, event)) {
    throw new DamagedRecord(projectId, head.revision + 1, `revision ${event.revision} does not follow revision ${head.revision}`);
  }
  const known = upcast(event);
  return advanced(progress, { event, state: known === undefined ? { ...state, head: headOf(event) } : evolve(state, known) });
}

export function isNext({ state: { head } }: Progress, { revision, previousHash }: Envelope): boolean {
  return revision === head.revision + 1 && previousHash === head.hash;
}

/** The same where the event is the next one, and was folded already. */
export function advanced({ state: before, servingRevision }: Progress, { event, state }: Folded): Progress {
  return { state, servingRevision: servingRevisionAfter(servingRevision, before, state, event.entity) };
}
