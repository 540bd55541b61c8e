import { canonical, sha256 } from './json';
import { jsonForms } from './json-forms';

/** The kinds of thing an event can be about. Stored for ever: names are only ever added. */
export const ENTITY_KINDS = ['project', 'key', 'segment', 'goal', 'exclusivity', 'flag', 'config', 'experiment', 'holdout'] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** What an event is about. `name` is the name after the event. A key's id is its name, which never changes (K1). */
export interface EntityRef {
  readonly kind: EntityKind;
  readonly id: string;
  readonly name: string;
}

/** The id under which clients of the API know a thing; of what it was, with the revision of the point that it is shown at. */
export function globalId(projectId: string, { kind, id }: Pick<EntityRef, 'kind' | 'id'>, revision?: number): string {
  // There is one setting per project, so it has no id of its own.
  const thing = kind === 'project' ? projectId : `${projectId}/${kind}${kind === 'exclusivity' ? '' : `/${id}`}`;
  return revision === undefined ? thing : `${thing}@${revision}`;
}

/** Who acted. The id is opaque; display names live outside the ledger, where they can be erased. */
export interface Actor {
  readonly id: string;
  readonly kind: 'user' | 'service';
}

/** A fact that a decision proposes: not yet numbered, dated or signed for. */
export interface Fact<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly entity: EntityRef;
  readonly data: Data;
}

/** What an edit records: what was, and what is. */
export interface Change<T> {
  readonly from: T;
  readonly to: T;
}

/** What the caller of a command brings, the same on every event that the command causes (A5). */
export interface Provenance {
  readonly actor: Actor;
  readonly reason?: string;
  readonly commandId: string;
  readonly commandHash: string;
  readonly correlationId: string;
  readonly causationId: string;
}

/** An event as it is stored, for ever. */
export interface Envelope<Type extends string = string, Data extends object = object> extends Fact<Type, Data>, Provenance {
  /** UUIDv8 made from `hash`: the same id is the same bytes, so a retried append is the same append. */
  readonly id: string;
  readonly schemaVersion: number;
  readonly projectId: string;
  /** How many events the entity has had, this one included. */
  readonly version: number;
  /** The event's number in its project's stream: from 0, no gaps. */
  readonly revision: number;
  /** UTC milliseconds. Never before the previous event's of the same project. */
  readonly occurredAt: number;
  /** The `hash` of the event before it in the stream; 64 zeros at revision 0. */
  readonly previousHash: string;
  /** SHA-256 (hex) over the RFC 8785 form of every field but `id` and `hash`. */
  readonly hash: string;
}

/** The end of a stream: all that the next event must know of what came before. */
export interface Head {
  readonly revision: number;
  readonly hash: string;
  readonly occurredAt: number;
}

export const GENESIS: Head = { revision: -1, hash: '0'.repeat(64), occurredAt: 0 };

/** The end of a stream whose last event is this one. */
export function headOf(event: Pick<Envelope, 'revision' | 'hash' | 'occurredAt'>): Head {
  return { revision: event.revision, hash: event.hash, occurredAt: event.occurredAt };
}

export interface Sealing extends Provenance {
  readonly projectId: string;
  readonly schemaVersion: number;
  readonly version: number;
  /** Now, in UTC milliseconds. */
  readonly now: number;
}

const texts = new WeakMap<Envelope, string>();

/** Turns a fact into the event that follows `head`: numbers it, dates it and chains it to what came before. */
export function seal(fact: Fact, sealing: Sealing, head: Head): Envelope {
  const unsigned: Omit<Envelope, 'id' | 'hash'> = {
    type: fact.type,
    entity: fact.entity,
    data: fact.data,
    projectId: sealing.projectId,
    actor: sealing.actor,
    commandId: sealing.commandId,
    commandHash: sealing.commandHash,
    correlationId: sealing.correlationId,
    causationId: sealing.causationId,
    schemaVersion: sealing.schemaVersion,
    version: sealing.version,
    ...(sealing.reason !== undefined && { reason: sealing.reason }),
    revision: head.revision + 1,
    occurredAt: Math.max(sealing.now, head.occurredAt),
    previousHash: head.hash,
  };
  const { members, canonical: covered } = jsonForms(unsigned, []);
  const hash = sha256(covered);
  const id = eventId(hash);
  const event = { id, ...unsigned, hash };
  // Its members in their order, as JSON.stringify would write them.
  texts.set(event, `{"id":"${id}",${members},"hash":"${hash}"}`);
  return event;
}

/** An event as it is written. Made once: an event is never changed. */
export function textOf(event: Envelope): string {
  let text = texts.get(event);
  if (text === undefined) texts.set(event, (text = JSON.stringify(event)));
  return text;
}

/** The members that its hash does not cover, since they are made of it. */
export const NOT_HASHED = ['id', 'hash'] as const satisfies readonly (keyof Envelope)[];

/** The hash an event should have: audit compares it with the one that is stored. */
export function hashOf(event: Envelope): string {
  const { id: _id, hash: _hash, ...unsigned } = event;
  return sha256(canonical(unsigned));
}

/** A UUID of version 8 (RFC 9562, section 5.8) whose free bits are the first of the hash. */
export function eventId(hash: string): string {
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
