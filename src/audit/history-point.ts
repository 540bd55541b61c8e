import { pointsBehind, type Cursor } from '../domain/cursor';
import type { EntityKind, Envelope } from '../domain/event';
import type { Checkpoint, ReadModel } from '../read-model/read-model';

/** A point in one project's history, as someone may name it. What is asked of it is answered as it was just after that point. */
export type HistoryPoint =
  | { readonly kind: 'revision'; readonly revision: number }
  /** UTC milliseconds: after the last event that is not later. A time to come is the end of the history as it is now. */
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'cursor'; readonly cursor: Cursor }
  /** After the entity's event of that version, and before its next: `collection` is where its document is. */
  | { readonly kind: 'version'; readonly entity: EntityAt; readonly version: number };

interface EntityAt {
  readonly kind: EntityKind;
  readonly id: string;
  readonly collection: string;
}

/** What can be said of a place that is there: just after an event. */
export type ReachedPoint = Pick<Checkpoint, 'revision' | 'occurredAt'>;

/** The history has no such place. The message says what it has, and may be shown to who asked. */
export class NoSuchPoint extends Error {}

/** Whether the spot, at which these documents stand, is later than the place. */
export async function isPast(
  place: HistoryPoint,
  projectId: string,
  spot: ReachedPoint,
  readModel: Pick<ReadModel, 'get'>,
): Promise<boolean> {
  switch (place.kind) {
    case 'revision':
      return spot.revision > place.revision;
    case 'cursor':
      return spot.revision > place.cursor.revision;
    case 'time':
      return spot.occurredAt > place.time;
    case 'version': {
      const [document] = await readModel.get(projectId, place.entity.collection, [place.entity.id]);
      return document !== undefined && Number(document['version']) > place.version;
    }
  }
}

/** Whether the event comes after the place. */
export function isAfter(
  place: HistoryPoint,
  event: ReachedPoint & { readonly entity: { readonly kind: string; readonly id: string }; readonly version: number },
): boolean {
  switch (place.kind) {
    case 'revision':
      return event.revision > place.revision;
    case 'cursor':
      return event.revision > place.cursor.revision;
    case 'time':
      return event.occurredAt > place.time;
    case 'version':
      return event.entity.kind === place.entity.kind && event.entity.id === place.entity.id && event.version > place.version;
  }
}

/** The place's revision, where the place itself says it. */
export function revisionOf(place: HistoryPoint): number | undefined {
  return place.kind === 'revision' ? place.revision : place.kind === 'cursor' ? place.cursor.revision : undefined;
}

/** Throws `NoSuchPlace` unless the history, of which `end` is the last event up to the place, has it. */
export function assertExists(place: HistoryPoint, projectId: string, end: Pick<Checkpoint, 'revision' | 'hash'>): void {
  switch (place.kind) {
    case 'revision':
      if (end.revision === place.revision) return;
      throw new NoSuchPoint(
        `The history of "${projectId}" has no revision ${place.revision}: it goes from 0 to ${end.revision}. Ask for one of these.`,
      );
    case 'cursor':
      if (pointsBehind(place.cursor, end)) return;
      throw new NoSuchPoint(
        `The cursor is a place that the history of "${projectId}" does not have: it was rewritten or restored since, or the cursor is of another ledger.`,
      );
    case 'time':
    case 'version':
  }
}

/** The point is before the first event. */
export function tooEarly(projectId: string, first: Pick<Envelope, 'occurredAt'>): NoSuchPoint {
  return new NoSuchPoint(
    `"${projectId}" was not there yet: it was created at ${new Date(first.occurredAt).toISOString()}, with revision 0.`,
  );
}
