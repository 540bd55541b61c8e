import type { EntityKind, Envelope } from '../domain/event';
import type { Json, JsonObject } from '../domain/json';

/** The fields that an event changed: what they were and what they are, as far as the event itself says it. */
export interface ChangedFields {
  /** undefined: nothing was before, or the event does not carry it. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

type Read = (data: JsonObject, event: Envelope) => ChangedFields;

const of = (before: JsonObject | undefined, after: JsonObject | undefined): ChangedFields => ({ before, after });
const created: Read = (data, { entity }) => of(undefined, { name: entity.name, ...data });
/** An edit carries what was and what is. */
const changed =
  (field: string): Read =>
  ({ from, to }) =>
    of({ [field]: from! }, { [field]: to! });
const redefined: Read = ({ from, to }) => of(from as JsonObject, to as JsonObject);
const moved =
  (from: string, to: string): Read =>
  () =>
    of({ status: from }, { status: to });

/**
 * By what follows the kind of thing in the event's type: names of events say what they do in the same words for every kind, so a new concept
 * that uses them is read here without an edit.
 */
const VERBS: Readonly<Record<string, Read>> = {
  Created: created,
  Cloned: created,
  Renamed: changed('name'),
  Described: changed('description'),
  DefaultChanged: changed('defaultValue'),
  RuleChanged: changed('rule'),
  RowsChanged: changed('rows'),
  Redefined: redefined,
  Redesigned: redefined,
  Published: moved('DRAFT', 'LIVE'),
  Paused: moved('LIVE', 'PAUSED'),
  Resumed: moved('PAUSED', 'LIVE'),
  Stopped: moved('RUNNING', 'STOPPED'),
  Started: ({ audience, intake }) => of({ status: 'DRAFT' }, { status: 'RUNNING', started: { audience: audience! }, intake: intake! }),
  TrafficRaised: ({ from, to, intake }) => of({ traffic: from! }, { traffic: to!, intake: intake! }),
  RolledOut: ({ variant }) => of({ status: 'RUNNING' }, { status: 'ROLLED_OUT', rolledOut: { variant: variant! } }),
  /** The event carries what is new of the list and not the list. */
  GoalsAdded: ({ goals }) => of(undefined, { addedGoals: goals! }),
  /** What has a status is archived from one, and restored to one; anything else is archived or not. */
  Archived: ({ from }) => (from === undefined ? of({ archived: false }, { archived: true }) : of({ status: from }, { status: 'ARCHIVED' })),
  Restored: ({ to }) => (to === undefined ? of({ archived: true }, { archived: false }) : of({ status: 'ARCHIVED' }, { status: to })),
  Enabled: () => of({ enabled: false }, { enabled: true }),
  Disabled: () => of({ enabled: true }, { enabled: false }),
};

/** undefined: its type does not say in known words what it does. */
export function changedFields(event: Envelope): ChangedFields | undefined {
  const { type, entity } = event;
  const verb = Object.hasOwn(VERBS, verbOf(type, entity.kind)) ? VERBS[verbOf(type, entity.kind)] : undefined;
  return verb?.(event.data as { readonly [name: string]: Json }, event);
}

/** `Described` of `KeyDescribed`. */
const verbOf = (type: string, kind: EntityKind): string => (type.toLowerCase().startsWith(kind) ? type.slice(kind.length) : '');
