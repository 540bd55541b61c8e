import type { Actor, Envelope } from '../src/domain/event';
import { foldName } from '../src/domain/text';
import type { Document } from '../src/read-model/read-model';
import type { ProjectionOf } from '../src/read-model/projection';

/** What one actor did in a project, counted. */
export interface ActorDocument {
  readonly actor: Actor;
  /** How many events. */
  readonly changes: number;
  /** UTC milliseconds, of the first and of the last of them. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly createdRevision: number;
  readonly updatedRevision: number;
}

/** The id of the actor's document. */
export const actorDocumentId = ({ kind, id }: Actor): string => `${kind}:${id}`;

type Draft = ActorDocument | typeof NOTHING_DONE;
/** Of an actor who is new. */
const NOTHING_DONE = { changes: 0 } as const;

/** One document per actor of a project: who there is, and how much each has done. */
export const actors: ProjectionOf<ActorDocument, Draft> = {
  collection: 'actors',
  touches: ({ actor }) => [actorDocumentId(actor)],
  open: (document) => document ?? NOTHING_DONE,
  evolve(draft, { actor: { id, kind }, occurredAt, revision }: Envelope) {
    if (draft.changes === 0) {
      const at = { firstAt: occurredAt, lastAt: occurredAt, createdRevision: revision, updatedRevision: revision };
      return { actor: { id, kind }, changes: 1, ...at };
    }
    const { actor, changes, firstAt, createdRevision } = draft as ActorDocument;
    return { actor, changes: changes + 1, firstAt, lastAt: occurredAt, createdRevision, updatedRevision: revision };
  },
  close: (draft) => draft as ActorDocument as unknown as ActorDocument & Document,
  index({ actor, createdRevision, updatedRevision }) {
    const name = foldName(actor.id);
    return { name, created: createdRevision, updated: updatedRevision, archived: false, text: name, tags: [] };
  },
};
