import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { keys } from '../projections/entities';
import type { Json } from '../src/domain/json';
import type { ValueType } from '../src/domain/value';
import { AcknowledgingInput } from './acknowledge';
import { resultOf } from './command-result';
import { queriesOf, usedByField } from './concept-fields';
import { moveMutations } from './concept-mutations';
import type { Context } from './context';
import { Entity } from './entity';
import type { GlobalId } from './global-id';
import { CommandInput, described, named, perform } from './perform';
import { JsonScalar } from './scalars';
import { thingOf } from './thing';
import { ValueTypeEnum } from './enums';

@ObjectType({
  implements: Entity,
  simpleResolvers: true,
  description:
    'A named, typed value that an app reads, with a default. Its name is its identity: unique in the project for ever, and never changed.',
})
export class Key extends Entity {
  @Field(() => String, { description: 'The name that the app’s code reads.' })
  name: string;

  @Field(() => ValueTypeEnum, { description: 'What values it has.' })
  type: ValueType;

  @Field(() => JsonScalar, { nullable: true, description: 'What the app gets where nothing else applies. null only if the type is JSON.' })
  defaultValue: Json;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => Boolean, { description: 'Whether it is archived: not served, and not to be chosen for new use. It keeps its name.' })
  archived: boolean;
}

const CreateKeyResult = resultOf('CreateKey', Key);
const EditKeyResult = resultOf('EditKey', Key);

@InputType({ description: 'A new key.' })
export class CreateKeyInput extends CommandInput {
  @Field(() => String, { description: 'Letters, digits, `_`, `.` and `-`, beginning with a letter or `_`; at most 120. It never changes.' })
  name: string;

  @Field(() => ValueTypeEnum, { description: 'What values it has. It never changes.' })
  type: ValueType;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What the app gets where nothing else applies: of the type, at most 32 KiB as JSON.',
  })
  defaultValue?: Json;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;
}

@InputType()
abstract class OneKeyInput extends AcknowledgingInput {
  @Field(() => ID, { nullable: true, description: 'The key; or `projectId` and `name`.' })
  id?: GlobalId | null;

  @Field(() => String, { nullable: true, description: 'The key’s name, with `projectId` instead of `id`.' })
  name?: string | null;
}

@InputType({ description: 'What to change of a key; a field that is left out stays as it is.' })
export class EditKeyInput extends OneKeyInput {
  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The new default, of the key’s type. null is a value, and allowed if the type is JSON.',
  })
  defaultValue?: Json;

  @Field(() => String, { nullable: true, description: 'The new description: at most 2,000 characters.' })
  description?: string | null;
}

@Resolver(() => Key)
class KeyResolver {
  @Mutation(() => CreateKeyResult, { description: 'Creates a key.' })
  createKey(@Arg('input', () => CreateKeyInput, { description: 'The new key.' }) input: CreateKeyInput, @Ctx() context: Context) {
    const { name, type, defaultValue = null } = input;
    const command = { type: 'CreateKey', name, valueType: type, defaultValue, description: described(input.description) } as const;
    return perform(context, input, command, keys);
  }

  @Mutation(() => EditKeyResult, { description: 'Changes a key’s default value or description; nothing else of it can change.' })
  editKey(@Arg('input', () => EditKeyInput, { description: 'What to change.' }) input: EditKeyInput, @Ctx() context: Context) {
    const { defaultValue } = input;
    const { projectId, id: name } = thingOf('key', input);
    const command = {
      type: 'EditKey',
      name,
      defaultValue,
      description: described(input.description),
      expectedVersion: named(input.expectedVersion),
    } as const;
    return perform(context, { ...input, projectId }, command, keys, name);
  }
}

export const keyResolvers = [
  KeyResolver,
  ...queriesOf('key', Key),
  usedByField(Key, 'key', 'Every flag, config and experiment that uses it, and so keeps it from being archived.'),
  ...moveMutations('key', Key, OneKeyInput, {
    ArchiveKey: 'Archives a key that nothing uses.',
    RestoreKey: 'Brings an archived key back.',
  }),
];

@ObjectType({ simpleResolvers: true, description: 'A value for one key.' })
export class KeyValue {
  @Field(() => String, { description: 'The key’s name.' })
  key: string;

  @Field(() => JsonScalar, { nullable: true, description: 'The value, of the key’s type. null only if the type is JSON.' })
  value: Json;
}

@InputType({ description: 'A value for one key.' })
export class KeyValueInput {
  @Field(() => String, { description: 'The key’s name.' })
  key: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The value, of the key’s type. null is a value, and allowed if the type is JSON; it must not be left out.',
  })
  value: Json;
}
