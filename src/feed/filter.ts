import { ENTITY_KINDS, type Envelope } from '../domain/event';
import { schemaVersions } from '../domain/decider';
import { FeedRefused } from './admission';

/** Which events a subscriber wants to see; what is left out does not narrow it. */
export interface FilterRequest {
  readonly types?: readonly string[];
  readonly entity?: string;
  readonly entityId?: string;
}

export type Filter = (event: Envelope) => boolean;

/** undefined: everything passes. Throws `FeedRefused` if no event could ever pass. */
export function filterOf({ types, entity, entityId }: FilterRequest): Filter | undefined {
  const unknown = types?.find((type) => !schemaVersions.has(type));
  if (unknown !== undefined) {
    const known = [...schemaVersions.keys()].sort().join(', ');
    throw new FeedRefused('BAD_REQUEST', `"${unknown.slice(0, 100)}" is not a type of event. Types are ${known}.`);
  }
  if (entity !== undefined && !(ENTITY_KINDS as readonly string[]).includes(entity)) {
    throw new FeedRefused('BAD_REQUEST', `"${entity.slice(0, 100)}" is not a kind of entity. Kinds are ${ENTITY_KINDS.join(', ')}.`);
  }
  if (entityId !== undefined && entity === undefined) {
    throw new FeedRefused('BAD_REQUEST', 'An entity id says nothing without its kind: give `entity` as well.');
  }
  const wanted = types === undefined ? undefined : new Set(types);
  if (wanted === undefined && entity === undefined) return undefined;
  return (event) =>
    (wanted === undefined || wanted.has(event.type)) &&
    (entity === undefined || event.entity.kind === entity) &&
    (entityId === undefined || event.entity.id === entityId);
}
