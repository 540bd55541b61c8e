import { registerEnumType } from 'type-graphql';
import { CONCEPTS, schemaVersions } from '../src/domain/decider';
import type { ExperimentStatus } from '../src/domain/experiment-state';
import type { HoldoutStatus } from '../src/domain/holdout';
import type { RolloutStatus } from '../src/domain/lifecycle';
import type { ValueType } from '../src/domain/value';

/** An enum of the schema whose values are named as the code has them, each with its description. One that is missing does not compile. */
export function describedEnum<Name extends string>(name: string, description: string, values: Readonly<Record<Name, string>>) {
  const members = Object.fromEntries(Object.keys(values).map((value) => [value, value])) as { readonly [value in Name]: value };
  const valuesConfig = Object.fromEntries(Object.entries<string>(values).map(([value, text]) => [value, { description: text }]));
  registerEnumType(members, { name, description, valuesConfig: valuesConfig as { [value in Name]: { description: string } } });
  return members;
}

export const ValueTypeEnum = describedEnum<ValueType>('ValueType', 'What values a key has. Fixed at creation.', {
  BOOLEAN: 'true or false.',
  STRING: 'Text.',
  NUMBER: 'A finite number.',
  JSON: 'Any JSON value, null included.',
});

type Status = RolloutStatus | ExperimentStatus | HoldoutStatus;

export const EntityStatus = describedEnum<Status>(
  'EntityStatus',
  'Where a thing of any kind is in its life: FlagStatus, ConfigStatus, ExperimentStatus and HoldoutStatus in one.',
  {
    DRAFT: 'Never published, or not started.',
    LIVE: 'A flag or config that is served.',
    PAUSED: 'A flag or config that is not served for now.',
    RUNNING: 'An experiment that takes users in.',
    STOPPED: 'An experiment that has ended without a winner.',
    ROLLED_OUT: 'An experiment that has ended, and gives its whole audience one variant.',
    ARCHIVED: 'Put away.',
    ACTIVE: 'A holdout that takes effect.',
    ENDED: 'A holdout that takes none any more.',
  },
);

const types = Object.values(CONCEPTS).flatMap(({ decide }) => Object.keys(decide));
const mutation = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

/** By their types, as the types of events are: `EditSegment`. */
export const CommandName = describedEnum(
  'CommandName',
  'The commands about one thing that this version of the ledger knows. Newer versions add some.',
  Object.fromEntries(types.sort().map((type) => [type, `That of the mutation ${mutation(type)}.`])),
);

/** `KeyArchived` in words: `Key archived`. */
function inWords(type: string): string {
  const words = type.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words}.`;
}

/** The types of events that this version knows. What is stored may be of others, so that the type of an event is a text. */
export const EventTypeEnum = describedEnum(
  'EventType',
  'The types of events that this version of the ledger knows. Newer versions add types.',
  Object.fromEntries([...schemaVersions.keys()].sort().map((type) => [type, inWords(type)])),
);
