import type { AllStreamRecordedEvent, JSONEventData, JSONEventType, RecordedEvent } from '@kurrent/kurrentdb-client';
import type { Envelope } from '../domain/event';
import type { Append } from './append';
import { DamagedRecord, type Recorded } from './event-store';
import { eventPlace, positionOf, type EventPlace } from './kurrentdb-position';

/** All streams of a ledger, and no other, begin so. */
export const PREFIX = 'project-';

/** What a KurrentDB takes in one append unless it is told otherwise: data, metadata, and the type in UTF-16. */
const SERVER_LIMIT = 1024 * 1024;

export function streamOf(projectId: string): string {
  return `${PREFIX}${projectId}`;
}

/**
 * The events as they are sent: the whole envelope is the data, and the conventional metadata repeats where it came from, for the
 * tools of KurrentDB. If the metadata of very many small events would lift the append over the server's limit, it is left out: the same
 * events always make the same bytes, and nothing here reads it.
 */
export function proposals({ events, texts }: Append): JSONEventData<JSONEventType>[] {
  const metadata = events.map(({ correlationId, causationId }) => ({ $correlationId: correlationId, $causationId: causationId }));
  const bytes = events.reduce(
    (sum, { type }, index) =>
      sum + 2 * type.length + Buffer.byteLength(texts[index] as string) + Buffer.byteLength(JSON.stringify(metadata[index])),
    0,
  );
  return events.map((event, index) => ({
    id: event.id,
    type: event.type,
    contentType: 'application/json',
    data: JSON.parse(texts[index] as string) as JSONEventType['data'],
    metadata: bytes > SERVER_LIMIT ? undefined : metadata[index],
  }));
}

/** The envelope, as it was written. Throws `DamagedRecord` if somebody else has written to the stream: to pass over it would hide that. */
export function envelopeOf({ streamId, revision, id, isJson, data }: RecordedEvent): Envelope {
  const envelope = data as unknown as Envelope;
  const ours = isJson && typeof data === 'object' && envelope.id === id && streamOf(envelope.projectId) === streamId;
  if (ours && BigInt(envelope.revision) === revision) return envelope;
  throw new DamagedRecord(
    streamId.slice(PREFIX.length),
    Number(revision),
    `it was not written by a ledger: streams named ${PREFIX}... must be its alone`,
    isJson ? envelope : undefined,
  );
}

export function recordedOf(event: RecordedEvent): Recorded & { readonly place: EventPlace } {
  const place = eventPlace((event as AllStreamRecordedEvent).position, event.id);
  return { position: positionOf(place), event: envelopeOf(event), place };
}
