import { cursorOf, encodeCursor } from '../src/domain/cursor';
import type { Actor, Envelope } from '../src/domain/event';
import type { Json } from '../src/domain/json';

/** The place of a document in the ledger, and who brought it there. */
export interface Stamp {
  readonly projectId: string;
  /** How many events the entity has had: what an editor saw (A2). */
  readonly version: number;
  /** UTC milliseconds. */
  readonly createdAt: number;
  readonly createdBy: Actor;
  readonly updatedAt: number;
  readonly updatedBy: Actor;
  readonly createdRevision: number;
  readonly updatedRevision: number;
  /** The cursor of the entity's last event, opaque. */
  readonly cursor: string;
}

/** When, by what actor and at which revision a document was made. */
export type Creation = Pick<Stamp, 'createdAt' | 'createdBy' | 'createdRevision'>;

export function creationBy({ occurredAt, actor, revision }: Envelope): Creation {
  return { createdAt: occurredAt, createdBy: actor, createdRevision: revision };
}

/** The stamp after the last event so far. `version` is given where the event is not the entity's own. */
export function stampOf({ createdAt, createdBy, createdRevision }: Creation, last: Envelope, version = last.version): Stamp {
  const { projectId, occurredAt, revision, actor } = last;
  return {
    projectId,
    version,
    createdAt,
    createdBy,
    updatedAt: occurredAt,
    updatedBy: actor,
    createdRevision,
    updatedRevision: revision,
    cursor: encodeCursor(cursorOf(last)),
  };
}

const STAMP: ReadonlySet<string> = new Set<keyof Stamp>([
  'projectId',
  'version',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'createdRevision',
  'updatedRevision',
  'cursor',
]);
/** What only counts how many ids were given, and what only says which thing it is. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'rowIdsGiven', 'variantIdsGiven']);

/** What a document says that someone decided: without its stamp, which says who and when, and without what the ledger counts for itself. */
export function contentOf(document: object): { readonly [field: string]: Json } {
  const fields = Object.entries(document) as [string, Json][];
  return Object.fromEntries(fields.filter(([name]) => !STAMP.has(name) && !BOOKKEEPING.has(name)));
}
