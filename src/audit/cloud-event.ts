import { cursorOf, encodeCursor } from '../domain/cursor';
import { eventId, globalId, textOf, type Envelope } from '../domain/event';
import { entryOf } from './entry';

/**
 * An event as CloudEvents 1.0, JSON, structured mode, on one line: `id` is the event's own, and `data` the event as it is stored, to the byte.
 * `understood` is the event as this version knows it, for its sentence.
 */
export function cloudEventOf(event: Envelope, understood: Envelope): string {
  const attributes = {
    ...attributesOf(event),
    time: new Date(event.occurredAt).toISOString(),
    datacontenttype: 'application/json',
    // Extension attributes: their names may have lower-case letters and digits only.
    revision: event.revision,
    cursor: encodeCursor(cursorOf(event)),
    sentence: entryOf(understood).sentence,
  };
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${textOf(event)}}`;
}

/**
 * An event as it is followed: CloudEvents 1.0 as above, but flat, for tools that make a table of it. `data` is the fact alone, as it is stored, and what else
 * the event says are attributes, with kinds in the words of the API.
 */
export function changeEventOf(event: Envelope, understood: Envelope): string {
  const { entity, actor, revision } = event;
  return JSON.stringify({
    ...attributesOf(event),
    time: new Date(event.occurredAt).toISOString(),
    datacontenttype: 'application/json',
    revision,
    cursor: encodeCursor(cursorOf(event)),
    sentence: entryOf(understood).sentence,
    entitykind: entity.kind.toUpperCase(),
    entityid: entity.id,
    nodeid: globalId(event.projectId, entity),
    entityname: entity.name,
    entityversion: event.version,
    actor: actor.id,
    actorkind: actor.kind.toUpperCase(),
    reason: event.reason,
    schemaversion: event.schemaVersion,
    commandid: event.commandId,
    correlationid: event.correlationId,
    causationid: event.causationId,
    previoushash: event.previousHash,
    hash: event.hash,
    data: event.data,
  });
}

/** What says which event it is; all of it is in the event, too. */
export function attributesOf({ id, projectId, type, entity }: Envelope): Readonly<Record<string, string>> {
  return { specversion: '1.0', id, source: `/projects/${projectId}`, type, subject: `${entity.kind}/${entity.id}` };
}

/** A project in which something was wrong, and its first revision that was left out. */
export interface LeftOut {
  readonly projectId: string;
  readonly from: number;
}

/** What was exported, as its last line says. A file without that line was cut short. */
export interface ExportEnd {
  readonly events: number;
  readonly projects: number;
  /** SHA-256 (hex) over the hashes of all events in their order, a line each. */
  readonly digest: string;
  /** Absent: nothing was. */
  readonly leftOut?: readonly LeftOut[];
}

export const EXPORT_END = 'ExportCompleted';

export function exportEndOf(end: ExportEnd): string {
  return JSON.stringify({
    specversion: '1.0',
    id: eventId(end.digest),
    source: '/export',
    type: EXPORT_END,
    datacontenttype: 'application/json',
    data: end,
  });
}
