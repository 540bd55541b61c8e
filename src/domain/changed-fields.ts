import type { Change, Fact } from './event';
import type { JsonObject } from './json';

/** The fields that an event changed: what they were and what they are, as far as the event itself says it. */
export interface ChangedFields {
  /** undefined: nothing was before, or the event does not carry it. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** For each event type of a concept, how to read what it changed. */
export type ChangedByType<F extends Fact> = { readonly [Type in F['type']]: (event: Extract<F, { type: Type }>) => ChangedFields };

/* How the events that all concepts have are read. Data is read as it is: an event that is damaged must still be shown. */

export function changes(before: object | undefined, after: object | undefined): ChangedFields {
  return { before: before as JsonObject | undefined, after: after as JsonObject | undefined };
}

export const created = ({ entity, data }: Fact): ChangedFields => changes(undefined, { name: entity.name, ...data });

/** An edit carries what was and what is. */
export const changed =
  (field: string) =>
  ({ data: { from, to } }: Fact<string, Change<unknown>>): ChangedFields =>
    changes({ [field]: from }, { [field]: to });

/** An edit of several fields that go together. */
export const redefined = ({ data: { from, to } }: Fact<string, Change<object>>): ChangedFields => changes(from, to);

export const movedBetween = (field: string, from: string | boolean, to: string | boolean) => (): ChangedFields =>
  changes({ [field]: from }, { [field]: to });

export const archived = movedBetween('archived', false, true);
export const restored = movedBetween('archived', true, false);

/** Of what has a status: it is archived from one, and restored to one. */
export const archivedFromStatus = ({ data: { from } }: Fact<string, { readonly from: string }>): ChangedFields =>
  changes({ status: from }, { status: 'ARCHIVED' });
export const restoredToStatus = ({ data: { to } }: Fact<string, { readonly to: string }>): ChangedFields =>
  changes({ status: 'ARCHIVED' }, { status: to });
