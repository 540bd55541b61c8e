import { schemaVersions } from '../domain/decider';
import { ENTITY_KINDS, type Envelope } from '../domain/event';
import type { Checkpoint } from '../read-model/read-model';
import { FeedRefused } from './admission';
import type { Ended } from './item';
import type { ReadEvents } from './page-cache';
import type { RingLimits } from './ring';
import type { Wish } from './start';
import type { FeedObserver } from './subscriber';

export interface FeedOptions {
  readonly read: ReadEvents;
  /** How far the read model of a project is; undefined: it shows no such project. */
  readonly checkpoint: (projectId: string) => Promise<Checkpoint | undefined>;
  /** The same as far as it is known without asking: of the generation that is read now. */
  readonly shown: (projectId: string) => Checkpoint | undefined;
  /** After so many milliseconds without an event a subscriber gets a heartbeat. */
  readonly heartbeatMs: number;
  /** How long a subscriber may leave unread what there is, in milliseconds. */
  readonly stallMs: number;
  /** How many may follow at once, in all and with one token. */
  readonly subscriptions: { readonly all: number; readonly perOwner: number };
  readonly ring?: RingLimits;
  readonly observer?: FeedObserver;
}

/** Without `after` and `fromStart`: from what queries show now. */
export interface Following extends FilterRequest, Wish {
  /** Whose limit it counts towards. */
  readonly owner: string;
  /** When the owner's right to it ends, in UTC milliseconds. */
  readonly expiresAt: number;
  /** Called at once when the feed ends it, also if the items are not taken. */
  readonly onEnded?: (ended: Ended) => void;
}

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
