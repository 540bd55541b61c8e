import { createUnionType, type ClassType } from 'type-graphql';
import { refusalsOf, type CommandType } from '../src/application/refusals';
import type { Refusal as DomainRefusal, RefusalCode } from '../src/domain/refusal';
import { BaselineOfRunning, NoReach } from './acknowledge';
import {
  Accepted,
  AlreadyExists,
  CannotRevert,
  CommandIdReused,
  IllegalState,
  InUse,
  InvalidInput,
  LimitReached,
  NotFound,
  Preview,
  Stale,
  typeOfRefusal,
  type Refusal,
} from './outcome';

const REFUSALS = {
  INVALID_INPUT: InvalidInput,
  NOT_FOUND: NotFound,
  ALREADY_EXISTS: AlreadyExists,
  LIMIT_REACHED: LimitReached,
  IN_USE: InUse,
  ILLEGAL_STATE: IllegalState,
  STALE: Stale,
  COMMAND_ID_REUSED: CommandIdReused,
  CANNOT_REVERT: CannotRevert,
  NO_REACH: NoReach,
  BASELINE_OF_RUNNING: BaselineOfRunning,
} as const satisfies { readonly [Code in RefusalCode]: ClassType<Refusal> };

/** The answer of the mutation of a command: what it is about, or `Accepted`, or a refusal that the command can have, and no other. */
export function resultOf(command: CommandType, type: ClassType): object {
  const { name } = type;
  return createUnionType({
    name: `${command}Result`,
    description: `${name}: as it is now. Accepted: stored, but not to be seen yet. Preview: what it would do, if that was asked. Everything else is a refusal: nothing was written.`,
    types: () => [type, Accepted, Preview, ...refusalsOf(command).map((code) => REFUSALS[code])] as const,
    resolveType: (value: object) => {
      if (value instanceof Accepted) return 'Accepted';
      if (value instanceof Preview) return 'Preview';
      return 'code' in value ? typeOfRefusal(value as DomainRefusal) : name;
    },
  });
}
