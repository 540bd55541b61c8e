import type { Envelope } from '../domain/event';
import type { Document, IndexEntry } from './read-model';

/**
 * How events become the documents of one collection. Pure: the same events give the same documents, byte for byte, which is
 * what lets a rebuild, a replay and an as-of question run the very same code.
 */
export interface Projection {
  readonly collection: string;
  /** The ids of the documents that the event may change. It looks at nothing but the event. */
  touches(event: Envelope): readonly string[];
  /** The document after the event. Called in order of revision, once for each id that `touches` named; undefined: there is none. */
  evolve(document: Document | undefined, event: Envelope, id: string): Document | undefined;
  /** What the document is found and ordered by. */
  index(document: Document): IndexEntry;
}
