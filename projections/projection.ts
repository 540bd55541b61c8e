import type { Envelope } from '../src/domain/event';
import type { Projection } from '../src/read-model/projection';
import type { Document, IndexEntry } from '../src/read-model/read-model';

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
