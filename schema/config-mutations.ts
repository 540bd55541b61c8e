import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { configs } from '../projections/entities';
import type { Context } from './context';
import { Config } from './config';
import { atInputPaths, type InputNames } from './input-path';
import { KeyValueInput } from './key-value';
import { resultOf } from './outcome';
import { CommandInput, EditInput, named, perform } from './perform';

@InputType({ description: 'Who gets which values of a config.' })
export class ConfigRowInput {
  @Field(() => ID, { nullable: true, description: 'The id of the row that this one goes on as; left out, it is a new row.' })
  id?: string | null;

  @Field(() => ID, { nullable: true, description: 'The segment; null or left out: everyone.' })
  segmentId?: string | null;

  @Field(() => [KeyValueInput], { description: 'What they get: values for some or all of the config’s keys, at least one.' })
  values: KeyValueInput[];
}

@InputType({ description: 'A new config, which begins as a draft.' })
export class CreateConfigInput extends CommandInput {
  @Field(() => String, { description: 'Its name: 1 to 120 characters, unique among the configs that are not archived.' })
  name: string;

  @Field(() => [String], { description: 'The names of the 1 to 50 keys that it gives values for. No other config may have one of them.' })
  keys: string[];

  @Field(() => [ConfigRowInput], { nullable: true, description: 'Who gets which values, the first row first; at most 100.' })
  rows?: ConfigRowInput[] | null;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'What to change of a config; a field that is left out stays as it is.' })
export class EditConfigInput extends EditInput {
  @Field(() => ID, { description: 'The config.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Its new name: 1 to 120 characters.' })
  name?: string | null;

  @Field(() => [String], { nullable: true, description: 'The names of all its keys from now on: 1 to 50.' })
  keys?: string[] | null;

  @Field(() => [ConfigRowInput], { nullable: true, description: 'All of its rows from now on, the first row first; at most 100.' })
  rows?: ConfigRowInput[] | null;

  @Field(() => String, { nullable: true, description: 'Its new description: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'Which config.' })
export class ConfigInput extends EditInput {
  @Field(() => ID, { description: 'The config.' })
  id: string;
}

const ConfigResult = resultOf(Config, 'Config');

const NAMES: InputNames = [[/^(rows\.\d+)\.segment$/, '$1.segmentId']];

const rowsOf = (rows: readonly ConfigRowInput[] | null | undefined) =>
  rows?.map(({ id, segmentId, values }) => ({ id, segment: segmentId ?? null, values }));

type Move = 'PublishConfig' | 'PauseConfig' | 'ResumeConfig' | 'ArchiveConfig' | 'RestoreConfig';

const move = (type: Move, input: ConfigInput, context: Context) =>
  perform(context, input, { type, id: input.id, expectedVersion: named(input.expectedVersion) }, configs, input.id);

@Resolver(() => Config)
export class ConfigMutations {
  @Mutation(() => ConfigResult, { description: 'Creates a config, as a draft.' })
  createConfig(
    @Arg('input', () => CreateConfigInput, { description: 'The new config.' }) input: CreateConfigInput,
    @Ctx() context: Context,
  ) {
    const { name, rows, description } = input;
    const command = { type: 'CreateConfig', name, keys: input.keys, rows: rowsOf(rows), description: named(description) } as const;
    return atInputPaths(perform(context, input, command, configs), NAMES);
  }

  @Mutation(() => ConfigResult, {
    description: 'Changes a config’s name, description, keys or rows. What is live is served with the change at once.',
  })
  editConfig(@Arg('input', () => EditConfigInput, { description: 'What to change.' }) input: EditConfigInput, @Ctx() context: Context) {
    const { id, name, rows, description, expectedVersion } = input;
    const command = {
      type: 'EditConfig',
      id,
      name: named(name),
      keys: named(input.keys),
      rows: rowsOf(rows),
      description: named(description),
      expectedVersion: named(expectedVersion),
    } as const;
    return atInputPaths(perform(context, input, command, configs, id), NAMES);
  }

  @Mutation(() => ConfigResult, { description: 'Publishes a draft: it is served from now on.' })
  publishConfig(@Arg('input', () => ConfigInput, { description: 'Which config.' }) input: ConfigInput, @Ctx() context: Context) {
    return move('PublishConfig', input, context);
  }

  @Mutation(() => ConfigResult, { description: 'Pauses a live config: it is not served until it is resumed.' })
  pauseConfig(@Arg('input', () => ConfigInput, { description: 'Which config.' }) input: ConfigInput, @Ctx() context: Context) {
    return move('PauseConfig', input, context);
  }

  @Mutation(() => ConfigResult, { description: 'Resumes a paused config: it is served again.' })
  resumeConfig(@Arg('input', () => ConfigInput, { description: 'Which config.' }) input: ConfigInput, @Ctx() context: Context) {
    return move('ResumeConfig', input, context);
  }

  @Mutation(() => ConfigResult, { description: 'Archives a config, live or not: it is not served, and its name and keys are free.' })
  archiveConfig(@Arg('input', () => ConfigInput, { description: 'Which config.' }) input: ConfigInput, @Ctx() context: Context) {
    return move('ArchiveConfig', input, context);
  }

  @Mutation(() => ConfigResult, { description: 'Brings an archived config back: as a draft if it was one, else as paused.' })
  restoreConfig(@Arg('input', () => ConfigInput, { description: 'Which config.' }) input: ConfigInput, @Ctx() context: Context) {
    return move('RestoreConfig', input, context);
  }
}
