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

/** A projection with the shape of its documents, so that anyone who reads its collection gets them typed. */
export interface ProjectionOf<D extends object, Draft = unknown> extends Projection<Draft> {
  open(document: (D & Document) | undefined, id: string): Draft;
  close(draft: Draft): D & Document;
  index(document: D & Document): IndexEntry;
}

/** For an event that changes no document: one list for all of them, since most events of a rebuild are none of a projection's business. */
export const NONE: readonly string[] = [];

/** The event changes what no event before it has made: the stream is broken, and whatever was shown for it would be made up. */
export function neverCreated({ type, revision, projectId }: Envelope, what: string): Error {
  return new Error(`${type} at revision ${revision} of project ${projectId} changes ${what}, which no earlier event created`);
}
