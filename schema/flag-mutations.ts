import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { flags } from '../projections/entities';
import type { Json } from '../src/domain/json';
import type { Context } from './context';
import { Flag } from './flag';
import { atInputPaths, type InputNames } from './input-path';
import { resultOf } from './outcome';
import { CommandInput, EditInput, named, perform } from './perform';
import { JsonScalar, PercentScalar } from './scalars';

@InputType({ description: 'Who gets the value of a flag.' })
export class FlagRowInput {
  @Field(() => ID, { nullable: true, description: 'The id of the row that this one goes on as; left out, it is a new row.' })
  id?: string | null;

  @Field(() => ID, { nullable: true, description: 'The segment; null or left out: everyone.' })
  segmentId?: string | null;

  @Field(() => PercentScalar, { defaultValue: 10_000, description: 'The part of those users who get the value, in percent.' })
  percentage: number;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What they get: of the key’s type. null is a value, and allowed if the type is JSON; it must not be left out.',
  })
  value: Json;
}

@InputType({ description: 'A new flag, which begins as a draft.' })
export class CreateFlagInput extends CommandInput {
  @Field(() => String, { description: 'Its name: 1 to 120 characters, unique among the flags that are not archived.' })
  name: string;

  @Field(() => String, { description: 'The name of the key that it gives values for. It never changes, and no other flag may have it.' })
  key: string;

  @Field(() => [FlagRowInput], { nullable: true, description: 'Who gets which value, the first row first; at most 100.' })
  rows?: FlagRowInput[] | null;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'What to change of a flag; a field that is left out stays as it is.' })
export class EditFlagInput extends EditInput {
  @Field(() => ID, { description: 'The flag.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Its new name: 1 to 120 characters.' })
  name?: string | null;

  @Field(() => [FlagRowInput], { nullable: true, description: 'All of its rows from now on, the first row first; at most 100.' })
  rows?: FlagRowInput[] | null;

  @Field(() => String, { nullable: true, description: 'Its new description: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'Which flag.' })
export class FlagInput extends EditInput {
  @Field(() => ID, { description: 'The flag.' })
  id: string;
}

const FlagResult = resultOf(Flag, 'Flag');

const NAMES: InputNames = [[/^(rows\.\d+)\.segment$/, '$1.segmentId']];

const rowsOf = (rows: readonly FlagRowInput[] | null | undefined) =>
  rows?.map(({ id, segmentId, percentage, value }) => ({ id, segment: segmentId ?? null, percentage, value }));

type Move = 'PublishFlag' | 'PauseFlag' | 'ResumeFlag' | 'ArchiveFlag' | 'RestoreFlag';

const move = (type: Move, input: FlagInput, context: Context) =>
  perform(context, input, { type, id: input.id, expectedVersion: named(input.expectedVersion) }, flags, input.id);

@Resolver(() => Flag)
export class FlagMutations {
  @Mutation(() => FlagResult, { description: 'Creates a flag, as a draft.' })
  createFlag(@Arg('input', () => CreateFlagInput, { description: 'The new flag.' }) input: CreateFlagInput, @Ctx() context: Context) {
    const { name, key, rows, description } = input;
    const command = { type: 'CreateFlag', name, key, rows: rowsOf(rows), description: named(description) } as const;
    return atInputPaths(perform(context, input, command, flags), NAMES);
  }

  @Mutation(() => FlagResult, {
    description: 'Changes a flag’s name, description or rows. What is live is served with the change at once.',
  })
  editFlag(@Arg('input', () => EditFlagInput, { description: 'What to change.' }) input: EditFlagInput, @Ctx() context: Context) {
    const { id, name, rows, description, expectedVersion } = input;
    const command = {
      type: 'EditFlag',
      id,
      name: named(name),
      rows: rowsOf(rows),
      description: named(description),
      expectedVersion: named(expectedVersion),
    } as const;
    return atInputPaths(perform(context, input, command, flags, id), NAMES);
  }

  @Mutation(() => FlagResult, { description: 'Publishes a draft: it is served from now on.' })
  publishFlag(@Arg('input', () => FlagInput, { description: 'Which flag.' }) input: FlagInput, @Ctx() context: Context) {
    return move('PublishFlag', input, context);
  }

  @Mutation(() => FlagResult, { description: 'Pauses a live flag: it is not served until it is resumed.' })
  pauseFlag(@Arg('input', () => FlagInput, { description: 'Which flag.' }) input: FlagInput, @Ctx() context: Context) {
    return move('PauseFlag', input, context);
  }

  @Mutation(() => FlagResult, { description: 'Resumes a paused flag: it is served again.' })
  resumeFlag(@Arg('input', () => FlagInput, { description: 'Which flag.' }) input: FlagInput, @Ctx() context: Context) {
    return move('ResumeFlag', input, context);
  }

  @Mutation(() => FlagResult, { description: 'Archives a flag, live or not: it is not served, and its name and key are free.' })
  archiveFlag(@Arg('input', () => FlagInput, { description: 'Which flag.' }) input: FlagInput, @Ctx() context: Context) {
    return move('ArchiveFlag', input, context);
  }

  @Mutation(() => FlagResult, { description: 'Brings an archived flag back: as a draft if it was one, else as paused.' })
  restoreFlag(@Arg('input', () => FlagInput, { description: 'Which flag.' }) input: FlagInput, @Ctx() context: Context) {
    return move('RestoreFlag', input, context);
  }
}
