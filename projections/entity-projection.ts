import type { EntityKind, Envelope } from '../src/domain/event';
import { apply, EMPTY_ALONE } from '../src/domain/decider';
import type { ProjectState } from '../src/domain/project-state';
import { foldName } from '../src/domain/text';
import type { Document, IndexEntry } from '../src/read-model/read-model';
import { neverCreated, NONE, type ProjectionOf } from '../src/read-model/projection';
import { creationBy, stampOf, type Creation, type Stamp } from './stamp';

/** An entity as the domain holds it, with its stamp. */
export type DocumentOf<E> = E & Stamp;

interface Described {
  readonly name: string;
  readonly description?: string;
}

interface Concept<E> {
  readonly collection: string;
  readonly kind: EntityKind;
  /** A state in which there is nothing but this one entity. */
  readonly alone: (entity: E, id: string) => ProjectState;
  readonly find: (state: ProjectState, id: string) => E | undefined;
  readonly standing: (entity: E) => Standing;
}

type Standing = Pick<IndexEntry, 'archived' | 'status'>;

/** An entity in a state of its own, and its place in the ledger. */
export interface EntityDraft {
  readonly id: string;
  readonly state: ProjectState;
  /** undefined: no event has made it yet. */
  readonly creation: Creation | undefined;
  readonly last: Envelope | undefined;
}

/**
 * One document per entity of a kind, with its id.
 *
 * How an event changes an entity is decided once, in the domain: the document is put into a state of its own, the events applied by the
 * domain's own fold, and the entity taken out again. So a document cannot say anything else than the state that commands are decided on.
 */
export function entityProjection<E extends Described>({
  collection,
  kind,
  alone,
  find,
  standing,
}: Concept<E>): ProjectionOf<DocumentOf<E>, EntityDraft> {
  return {
    collection,
    touches: ({ entity }) => (entity.kind === kind ? [entity.id] : NONE),
    open: (document, id) => ({ id, state: document ? alone(document, id) : EMPTY_ALONE, creation: document, last: undefined }),
    evolve({ id, state: before, creation }, event) {
      const state = apply(before, event);
      if (!find(state, id)) throw neverCreated(event, `the ${kind} "${id}"`);
      return { id, state, creation: creation ?? creationBy(event), last: event };
    },
    close({ id, state, creation, last }) {
      // Not by two spreads in a literal: of entities of many shapes, those can take five times as long.
      return Object.assign({}, find(state, id)!, stampOf(creation!, last!)) as DocumentOf<E> & Document;
    },
    index(document) {
      const name = foldName(document.name);
      const text = `${name}\n${foldName(document.description ?? '')}`;
      return { name, created: document.createdRevision, updated: document.updatedRevision, ...standing(document), text, tags: [] };
    },
  };
}

/** For what is only ever archived or not. */
export function byArchived({ archived }: { readonly archived: boolean }): Standing {
  return { archived };
}

/** For what has a status, of which one is archived (E4). */
export function byStatus({ status }: { readonly status: string }): Standing {
  return { archived: status === 'ARCHIVED', status };
}
