import type { Envelope } from '../domain/event';
import type { Document, IndexEntry } from './read-model';

/**
 * How events become the documents of one collection. Pure: the same events give the same documents, byte for byte and however they are divided
 * into batches, which is what lets a rebuild, a replay and an as-of question run the very same code.
 *
 * A document is opened as a draft, takes any number of events, and is closed again: what is only worth saying at the end is worked out once.
 */
export interface Projection<Draft = unknown> {
  readonly collection: string;
  /** The ids of the documents that the event may change. It looks at nothing but the event. */
  touches(event: Envelope): readonly string[];
  /** undefined: there is no such document yet. */
  open(document: Document | undefined, id: string): Draft;
  /** The draft after the event, in order of revision; the draft itself if nothing in the document changes. It is never changed in place. */
  evolve(draft: Draft, event: Envelope): Draft;
  /** The document that an evolved draft stands for. */
  close(draft: Draft): Document;
  /** What the document is found and ordered by. */
  index(document: Document): IndexEntry;
}
