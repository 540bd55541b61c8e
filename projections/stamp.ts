import { cursorOf, encodeCursor } from '../src/domain/cursor';
import type { Envelope } from '../src/domain/event';

/** Where a document stands in the ledger, and who brought it there. */
export interface Stamp {
  readonly projectId: string;
  /** How many events the entity has had: what an editor saw (A2). */
  readonly version: number;
  /** UTC milliseconds. */
  readonly createdAt: number;
  /** An actor's id. */
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly createdRevision: number;
  readonly updatedRevision: number;
  /** Of the entity's last event, opaque. */
  readonly cursor: string;
}

/** The stamp after the event. `version` is given where the event is not the entity's own. */
export function stampAfter(previous: Stamp | undefined, event: Envelope, version = event.version): Stamp {
  const { projectId, occurredAt, revision, actor } = event;
  return {
    projectId,
    version,
    createdAt: previous ? previous.createdAt : occurredAt,
    createdBy: previous ? previous.createdBy : actor.id,
    updatedAt: occurredAt,
    updatedBy: actor.id,
    createdRevision: previous ? previous.createdRevision : revision,
    updatedRevision: revision,
    cursor: encodeCursor(cursorOf(event)),
  };
}
