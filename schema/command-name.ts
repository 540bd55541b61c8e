import { CONCEPTS } from '../src/domain/decider';
import { describedEnum } from './described-enum';

const types = Object.values(CONCEPTS).flatMap(({ decide }) => Object.keys(decide));
const mutation = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

/** By their types, as the types of events are: `EditSegment`. */
export const CommandName = describedEnum(
  'CommandName',
  'The commands about one thing that this version of the ledger knows. Newer versions add some.',
  Object.fromEntries(types.sort().map((type) => [type, `That of the mutation ${mutation(type)}.`])),
);
