import type { AllStreamRecordedEvent, JSONEventData, JSONEventType, RecordedEvent } from '@kurrent/kurrentdb-client';
import type { Envelope } from '../domain/event';
import { DamagedRecord, StreamDeleted, type Recorded, type Append } from './event-store';
import { eventPosition, type EventPosition } from './kurrentdb-position';

/** All streams of a ledger, and no other, begin so. */
export const PREFIX = 'project-';

/** What a KurrentDB takes in one append by default: data, metadata, and the type in UTF-16. */
const SERVER_LIMIT = 1024 * 1024;
/** The type of the record that ends a stream for good. */
const TOMBSTONE = '$streamDeleted';

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

/**
 * The envelope, as it was written. Throws `DamagedRecord`, and nothing else, if what is there was not written there by a ledger: to pass over
 * it would hide that. A record of ours that is at another place than it was written to is in the error.
 */
export function envelopeOf(record: RecordedEvent): Envelope {
  const { streamId, revision, id, type, data } = record;
  const projectId = streamId.slice(PREFIX.length);
  if (type === TOMBSTONE) throw new StreamDeleted(projectId);
  if (!isEnvelope(data)) {
    throw new DamagedRecord(projectId, Number(revision), `it is ${described(record)}: streams named ${PREFIX}... must be a ledger's alone`);
  }
  if (data.id === id && streamOf(data.projectId) === streamId && BigInt(data.revision) === revision) return data;
  const why = `it is a copy of event ${data.revision} of project ${data.projectId}: streams named ${PREFIX}... must be a ledger's alone`;
  throw new DamagedRecord(projectId, Number(revision), why, data);
}

/** What a subscription finds: an event of ours, or what is in its place. */
export interface Found {
  readonly place: EventPosition;
  readonly event?: Recorded['event'];
  readonly damage?: DamagedRecord;
}

export function foundIn(record: RecordedEvent): Found {
  const place = placeOfRecord(record);
  try {
    return { place, event: envelopeOf(record) };
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    return { place, damage: error };
  }
}

export function placeOfRecord(record: RecordedEvent): EventPosition {
  return eventPosition((record as AllStreamRecordedEvent).position, record.id);
}

function described({ type, isJson, data }: RecordedEvent): string {
  if (type === '$>') return 'a link to an event';
  const size = isJson ? '' : ` of ${(data as Uint8Array).length} bytes`;
  return `another program's event of type ${JSON.stringify(type.slice(0, 100))}, ${isJson ? 'JSON' : 'binary data'}${size}`;
}

/** Whether it has the members that a store and its readers rely on. What they say is compared by their hash, elsewhere. */
function isEnvelope(data: unknown): data is Envelope {
  if (!isObject(data) || !isObject(data['entity']) || !isObject(data['actor']) || !isObject(data['data'])) return false;
  const texts = [data['id'], data['type'], data['projectId'], data['hash'], data['previousHash'], data['commandId'], data['commandHash']];
  const numbers = [data['revision'], data['version'], data['schemaVersion'], data['occurredAt']];
  const named = [data['entity']['kind'], data['entity']['id'], data['actor']['id'], data['actor']['kind']];
  return [...texts, ...named].every((text) => typeof text === 'string') && numbers.every(isCount);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
