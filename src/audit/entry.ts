import type { Envelope } from '../domain/event';
import type { Json, JsonObject } from '../domain/json';
import { schemaVersions, sentence } from '../domain/project';
import { changedFields, type ChangedFields } from './changed-fields';
import { differences, type Difference } from './difference';

/** An event as an auditor reads it: who did what, and what that changed. Made of the event alone. */
export interface HistoryEntry extends ChangedFields {
  readonly event: Envelope;
  /** Begins with the actor's id: "ana archived goal *Purchase*". */
  readonly sentence: string;
  /** Each field that changed; inside rules, rows and values, each place. */
  readonly changes: readonly Difference[];
}

/**
 * Reads an event as this version knows it, that is, after upcast. One of a type or shape that this version does not know reads as its type, with
 * its data as it is, so that there is no event that cannot be shown.
 */
export function entryOf(event: Envelope): HistoryEntry {
  const { words, before, after } = understood(event) ?? { words: event.type, before: undefined, after: event.data as JsonObject };
  return { event, sentence: `${event.actor.id} ${words}`, before, after, changes: differences(before as Json | undefined, after as Json) };
}

function understood(event: Envelope): (ChangedFields & { readonly words: string }) | undefined {
  if (schemaVersions.get(event.type) !== event.schemaVersion) return undefined;
  try {
    const fields = changedFields(event);
    return fields && { words: sentence(event), ...fields };
  } catch (error) {
    // Its data is not what its type promises: nothing of this ledger wrote it, and an auditor must see it all the more.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
