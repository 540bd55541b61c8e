import { Field, ID, ObjectType } from 'type-graphql';
import type { SingleCommand } from '../src/domain/decider';
import { CommandName } from './enums';
import { EntityKindEnum } from './entity';
import { FieldChange, type ChangeInProject } from './field-change';
import { PARTS, TextPart, type PartInProject } from './text-part';
import { listOf } from './list';
import { RefusalCode } from './outcome';
import { JsonScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'A command of a plan, and what it makes of the thing it is about.' })
export class PlanStep {
  @Field(() => CommandName, { description: 'The command.' })
  command: SingleCommand['type'];

  @Field(() => EntityKindEnum, { description: 'The kind of thing it is about.' })
  kind: string;

  @Field(() => ID, {
    nullable: true,
    description: "Its local id: a key's name, or what the ledger calls anything else; null if it is still to be created.",
  })
  entityId: string | null;

  @Field(() => ID, { nullable: true, description: 'Its `id`: what `node` and inputs take; null if it is still to be created.' })
  nodeId: string | null;

  @Field(() => String, { description: 'Its name, once the command is carried out.' })
  name: string;

  @Field(() => String, { description: 'What the command does, in words.' })
  sentence: string;

  @Field(() => [TextPart], { complexity: PARTS, description: 'The sentence in parts, so that a page can link them.' })
  sentenceParts: readonly PartInProject[];

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'How a set-up file would describe it before the command, in full; null if it is not there, or archived.',
  })
  before: object | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The same, after the command.' })
  after: object | null;
}

@ObjectType({ simpleResolvers: true, description: 'A command that would be refused. While a plan has one, nothing of it can be applied.' })
export class PlanObstacle {
  @Field(() => CommandName, { description: 'The command.' })
  command: SingleCommand['type'];

  @Field(() => EntityKindEnum, { description: 'The kind of thing it is about.' })
  kind: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => RefusalCode, { description: 'The reason, for programs.' })
  code: RefusalCode;

  @Field(() => String, { description: 'The reason, for people.' })
  message: string;

  @Field(() => [FieldChange], {
    complexity: listOf(2),
    description: 'What the file asks for that cannot be, field by field: what is now, and what the file says.',
  })
  changes: readonly ChangeInProject[];

  @Field(() => String, { description: 'What to do instead, for people.' })
  wayOut: string;
}
