import { registerEnumType } from 'type-graphql';
import { schemaVersions } from '../src/domain/decider';

/** `KeyArchived` in words: `Key archived`. */
function inWords(type: string): string {
  const words = type.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words}.`;
}

const types = [...schemaVersions.keys()].sort();

/** The types of events that this version knows. What is stored may be of others, so that the type of an event is a text. */
export const EventTypeEnum: Readonly<Record<string, string>> = Object.fromEntries(types.map((type) => [type, type]));
registerEnumType(EventTypeEnum, {
  name: 'EventType',
  description: 'The types of events that this version of the ledger knows. Newer versions add types.',
  valuesConfig: Object.fromEntries(types.map((type) => [type, { description: inWords(type) }])),
});
