import {
  createUnionType,
  Field,
  FieldResolver,
  ID,
  Int,
  InterfaceType,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
  type ClassType,
} from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import type { Previewed } from '../src/application/preview';
import type { Actor as LedgerActor, Envelope } from '../src/domain/event';
import type { Refusal as DomainRefusal } from '../src/domain/refusal';
import { Actor } from './actor';
import { EntityKindEnum, EntityReference, Usage } from './entity';
import { listOf } from './list';
import { CursorScalar, DateTimeScalar } from './scalars';
import { shownRefusal, shownUsage, type ShownObstacle, type ShownRefusal, type ShownUsage } from './shown-refusal';

/** The name of the GraphQL type of a refusal: `IN_USE` is `InUse`. */
export const typeOfRefusal = ({ code }: Pick<DomainRefusal, 'code'>): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export enum RefusalCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  ALREADY_EXISTS = 'ALREADY_EXISTS',
  LIMIT_REACHED = 'LIMIT_REACHED',
  IN_USE = 'IN_USE',
  ILLEGAL_STATE = 'ILLEGAL_STATE',
  STALE = 'STALE',
  COMMAND_ID_REUSED = 'COMMAND_ID_REUSED',
  CANNOT_REVERT = 'CANNOT_REVERT',
  NO_REACH = 'NO_REACH',
  BASELINE_OF_RUNNING = 'BASELINE_OF_RUNNING',
  STILL_PARKED = 'STILL_PARKED',
}
registerEnumType(RefusalCode, {
  name: 'RefusalCode',
  description: 'Why a command was refused.',
  valuesConfig: {
    INVALID_INPUT: { description: 'Something in the input is not allowed: see `problems`.' },
    NOT_FOUND: { description: 'What the command is about is not there.' },
    ALREADY_EXISTS: { description: 'The name or id is taken: see `existing`.' },
    LIMIT_REACHED: { description: 'The project, or the command, would hold too much: see `limit`.' },
    IN_USE: { description: 'Others use it: see `usages`.' },
    ILLEGAL_STATE: { description: 'Not in this status, or not with this setting.' },
    STALE: { description: 'It has changed since the version that was expected.' },
    COMMAND_ID_REUSED: { description: 'The same command id came with another input before.' },
    CANNOT_REVERT: { description: 'Something of it cannot go back to what it was: see `obstacles`.' },
    NO_REACH: { description: 'An experiment could take no new user: see `inTheWay`.' },
    BASELINE_OF_RUNNING: { description: 'Running experiments would be compared with something else: see `experiments`.' },
    STILL_PARKED: { description: 'The read model of the project still cannot take its next event: see `parked`.' },
  },
});

@InterfaceType({
  description: 'A command was refused, and nothing was written. Select `... on Refusal { code message }` to handle every reason alike.',
  resolveType: (value: DomainRefusal) => typeOfRefusal(value),
})
export abstract class Refusal {
  @Field(() => RefusalCode, { description: 'The reason, for programs.' })
  code: RefusalCode;

  @Field(() => String, { description: 'The reason, for people: what is wrong, and what to do.' })
  message: string;
}

/** The answer of a mutation that is no command of the ledger: what it did, or a refusal that it can have, and no other. */
export function outcomeOf(mutation: string, done: ClassType, ...refusals: readonly ClassType<Refusal>[]): object {
  return createUnionType({
    name: `${mutation}Result`,
    description: refusals.length === 0 ? `${done.name}: it is never refused.` : `${done.name}, or a refusal: nothing was done.`,
    types: () => [done, ...refusals] as const,
    resolveType: (value: object) => ('code' in value ? typeOfRefusal(value as DomainRefusal) : done.name),
  });
}

@ObjectType({ simpleResolvers: true, description: 'One thing in the input that is not allowed.' })
export class InputProblem {
  @Field(() => String, { description: 'Where in the input, such as `rows[2].percentage`.' })
  path: string;

  @Field(() => String, { description: 'What is wrong there, or what is allowed, in a sentence by itself.' })
  message: string;
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'Something in the input is not allowed.' })
export class InvalidInput extends Refusal {
  @Field(() => [InputProblem], { description: 'All that is wrong, as far as it was checked.' })
  problems: InputProblem[];
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'What the command is about is not there.' })
export class NotFound extends Refusal {
  @Field(() => EntityKindEnum, { description: 'What kind of thing was looked for.' })
  kind: string;

  @Field(() => ID, { description: "Its local id, as events have it: a key's name, or what the ledger calls anything else." })
  entityId: string;
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'The name or id is taken.' })
export class AlreadyExists extends Refusal {
  @Field(() => EntityReference, { description: 'What holds it.' })
  existing: EntityReference;
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'There is no room for more.' })
export class LimitReached extends Refusal {
  @Field(() => Int, { description: 'The most there can be.' })
  limit: number;
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'Others use it, or hold what was asked for.' })
export class InUse extends Refusal {
  @Field(() => [Usage], { description: 'Every one of them.' })
  usages: Usage[];
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'It cannot be done in this status, or with this setting.' })
export class IllegalState extends Refusal {}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'It has changed since the version that was expected.' })
export class Stale extends Refusal {
  @Field(() => Int, { description: 'The version it is at.' })
  currentVersion: number;

  @Field(() => Actor, { description: 'Who changed it last.' })
  changedBy: LedgerActor;

  @Field(() => DateTimeScalar, { description: 'When it was changed last.' })
  changedAt: number;
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'The command id was used for another input before.' })
export class CommandIdReused extends Refusal {}

@ObjectType({ simpleResolvers: true, description: 'One thing that cannot go back to what it was.' })
export class RevertObstacle {
  @Field(() => String, { description: 'What: a field such as `rows`, or `archived`.' })
  path: string;
}

@Resolver(() => RevertObstacle)
export class RevertObstacleResolver {
  @FieldResolver(() => RefusalCode, { description: 'Why, for programs: the code that the change alone would be refused with.' })
  code(@Root() { refusal }: ShownObstacle): string {
    return refusal.code;
  }

  @FieldResolver(() => String, { description: 'Why, for people, and what to do.' })
  message(@Root() { refusal }: ShownObstacle): string {
    return refusal.message;
  }

  @FieldResolver(() => [Usage], { description: 'The usages, if that is why.' })
  usages(@Root() { refusal }: ShownObstacle): readonly Usage[] {
    return refusal.code === 'IN_USE' ? refusal.usages : [];
  }
}

@ObjectType({ implements: Refusal, simpleResolvers: true, description: 'Something of it cannot go back to what it was.' })
export class CannotRevert extends Refusal {
  @Field(() => [RevertObstacle], { description: 'All of it, one by one.' })
  obstacles: readonly ShownObstacle[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'The command is stored, for ever, but the read model does not show it yet. Query with `atLeast: cursor` to see it.',
})
export class Accepted {
  @Field(() => CursorScalar, { description: 'Where the command stands in the history.' })
  cursor: Cursor;

  @Field(() => EntityReference, { nullable: true, description: 'What was changed; null if the command changed nothing.' })
  entity?: EntityReference | undefined;

  constructor(cursor: Cursor, entity?: EntityReference) {
    this.cursor = cursor;
    this.entity = entity;
  }
}

@ObjectType({
  description:
    'What a command with `preview: true` would do if it were carried out now. Nothing is written, and what is shown elsewhere is as it was.',
})
export class Preview {
  @Field(() => Refusal, { nullable: true, description: 'What it would be refused with; null: it would be carried out.' })
  wouldRefuse: ShownRefusal | null;

  @Field(() => [Usage], { complexity: listOf(5), description: 'What uses the keys, segments and goals that it is about.' })
  usedBy: readonly ShownUsage[];

  readonly events: readonly Envelope[];
  readonly needed: Previewed['needed'];

  constructor(
    readonly projectId: string,
    { events, refusal, usages, needed }: Previewed,
  ) {
    this.events = events;
    this.needed = needed;
    this.wouldRefuse = refusal ? shownRefusal(projectId, refusal) : null;
    this.usedBy = usages.map((usage) => shownUsage(projectId, usage));
  }
}
