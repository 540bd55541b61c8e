import type { Envelope } from '../domain/event';
import type { Json, JsonObject } from '../domain/json';
import { inPercent } from '../domain/percent';
import type { ChangedFields } from '../domain/concept';
import { changedFields, schemaVersions, sentence, sentenceParts, upcasts } from '../domain/decider';
import type { TextPart } from '../domain/text-part';
import { createUpcaster, showing, UpgradeRequired, type Upcaster } from '../event-store/upcast';
import { differences, type Difference } from './difference';

/** An event as an auditor reads it: who did what, and what that changed. Made of the event alone. */
export interface HistoryEntry extends ChangedFields {
  readonly event: Envelope;
  /** Begins with the actor's id: "ana archived goal *Purchase*". */
  readonly sentence: string;
  /** What it says after the actor's id, in parts that can be linked. Found when first asked for. */
  readonly parts: readonly TextPart[];
  /** Each field that changed; inside rules, rows and values, each place. Found when first asked for. */
  readonly changes: readonly Difference[];
}

/**
 * Reads a stored event as this version knows it; with no upcaster, one that has been upcast already. One of a type or shape that this version
 * does not know reads as its type, with its data as it is, so that there is no event that cannot be shown.
 */
export function entryOf(event: Envelope, upcast?: Upcaster): HistoryEntry {
  const known = upcast ? upcasted(event, upcast) : event;
  const { words, before, after } = understood(known) ?? { words: event.type, before: undefined, after: event.data as JsonObject };
  let changes: readonly Difference[] | undefined;
  let parts: readonly TextPart[] | undefined;
  return {
    event,
    sentence: `${event.actor.id} ${words}`,
    before,
    after,
    get parts() {
      return (parts ??= understood(known) ? sentenceParts(known) : [{ kind: 'TEXT', text: event.type }]);
    },
    get changes() {
      return (changes ??= differences(before as Json | undefined, after as Json | undefined));
    },
  };
}

/** What cannot be upcast, or is of a retired type, stays as it is. */
function upcasted(event: Envelope, upcast: Upcaster): Envelope {
  try {
    return upcast(event) ?? event;
  } catch (error) {
    if (error instanceof UpgradeRequired) return event;
    throw error;
  }
}

/** As the API has it: shares in percent. The event itself keeps basis points. */
const shown = ({ entity }: Envelope, fields: JsonObject | undefined) => fields && inPercent(entity.kind, fields);

function understood(event: Envelope): (ChangedFields & { readonly words: string }) | undefined {
  if (schemaVersions.get(event.type) !== event.schemaVersion) return undefined;
  try {
    const fields = changedFields(event);
    return fields && { words: sentence(event), before: shown(event, fields.before), after: shown(event, fields.after) };
  } catch (error) {
    // Its data is not what its type promises: nothing of this ledger wrote it, and an auditor must see it all the more.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The read boundary of a command line that looks into a store by itself. */
export const upcast = createUpcaster(schemaVersions, upcasts, new Set());

/** An event as this version knows it; one that it does not know as it is. */
export const understand = showing(upcast);
