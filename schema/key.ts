import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { keys, type KeyDocument } from '../projections/entities';
import type { Cursor } from '../src/domain/cursor';
import type { Json } from '../src/domain/json';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Entity, Usage } from './entity';
import { ListArgs } from './list';
import { resultOf } from './outcome';
import { CommandInput, EditInput, named, perform } from './perform';
import { reach } from './reach';
import { CursorScalar, JsonScalar } from './scalars';
import { ValueTypeEnum } from './value-type';

@ObjectType({
  implements: Entity,
  simpleResolvers: true,
  description:
    'A named, typed value that an app reads, with a default. Its name is its identity: unique in the project for ever, and never changed. (It has no `id`: caches should know it by `projectId` and `name`.)',
})
export class Key extends Entity {
  @Field(() => String, { description: 'The name that the app’s code reads.' })
  name: string;

  @Field(() => ValueTypeEnum, { description: 'What values it has.' })
  type: ValueTypeEnum;

  @Field(() => JsonScalar, { nullable: true, description: 'What the app gets where nothing else applies. null only if the type is JSON.' })
  defaultValue: Json;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => Boolean, { description: 'Whether it is archived: not served, and not to be chosen for new use. It keeps its name.' })
  archived: boolean;
}

const KeyResult = resultOf(Key, 'Key');
export const KeyConnection = connectionType(Key, 'Key');

@InputType({ description: 'A new key.' })
export class CreateKeyInput extends CommandInput {
  @Field(() => String, { description: 'Letters, digits, `_`, `.` and `-`, beginning with a letter or `_`; at most 120. It never changes.' })
  name: string;

  @Field(() => ValueTypeEnum, { description: 'What values it has. It never changes.' })
  type: ValueTypeEnum;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What the app gets where nothing else applies: of the type, at most 32 KiB as JSON.',
  })
  defaultValue?: Json;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'What to change of a key; a field that is left out stays as it is.' })
export class EditKeyInput extends EditInput {
  @Field(() => String, { description: 'The key.' })
  name: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The new default, of the key’s type. null is a value, and allowed if the type is JSON.',
  })
  defaultValue?: Json;

  @Field(() => String, { nullable: true, description: 'The new description: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'Which key.' })
export class KeyInput extends EditInput {
  @Field(() => String, { description: 'The key.' })
  name: string;
}

@Resolver(() => Key)
export class KeyResolver {
  @Query(() => Key, { nullable: true, description: 'One key by its name, archived or not; null if there is none.' })
  async key(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('name', () => String, { description: 'The name.' }) name: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<KeyDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(keys, projectId, name);
  }

  @Query(() => KeyConnection, { description: 'The keys of a project.' })
  keys(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() context: Context,
  ) {
    return page(context, projectId, keys, args);
  }

  @FieldResolver(() => [Usage], {
    description: 'Every flag, config and experiment that uses it, and so keeps it from being archived.',
    complexity: 20,
  })
  usedBy(@Root() key: KeyDocument, @Ctx() context: Context) {
    return context.reader.usagesOf(key.projectId, { kind: 'key', id: key.name });
  }

  @Mutation(() => KeyResult, { description: 'Creates a key.' })
  createKey(@Arg('input', () => CreateKeyInput, { description: 'The new key.' }) input: CreateKeyInput, @Ctx() context: Context) {
    const { name, type, defaultValue = null } = input;
    const command = { type: 'CreateKey', name, valueType: type, defaultValue, description: named(input.description) } as const;
    return perform(context, input, command, keys);
  }

  @Mutation(() => KeyResult, { description: 'Changes a key’s default value or description; nothing else of it can change.' })
  editKey(@Arg('input', () => EditKeyInput, { description: 'What to change.' }) input: EditKeyInput, @Ctx() context: Context) {
    const { name, defaultValue } = input;
    const command = {
      type: 'EditKey',
      name,
      defaultValue,
      description: named(input.description),
      expectedVersion: named(input.expectedVersion),
    } as const;
    return perform(context, input, command, keys, name);
  }

  @Mutation(() => KeyResult, { description: 'Archives a key that nothing uses.' })
  archiveKey(@Arg('input', () => KeyInput, { description: 'Which key.' }) input: KeyInput, @Ctx() context: Context) {
    const { name, expectedVersion } = input;
    return perform(context, input, { type: 'ArchiveKey', name, expectedVersion: named(expectedVersion) }, keys, name);
  }

  @Mutation(() => KeyResult, { description: 'Brings an archived key back.' })
  restoreKey(@Arg('input', () => KeyInput, { description: 'Which key.' }) input: KeyInput, @Ctx() context: Context) {
    const { name, expectedVersion } = input;
    return perform(context, input, { type: 'RestoreKey', name, expectedVersion: named(expectedVersion) }, keys, name);
  }
}
