import { Ctx, Field, FieldResolver, ID, InputType, ObjectType, Resolver, Root } from 'type-graphql';
import { keys, type ConfigDocument } from '../projections/entities';
import { rolloutStatuses, statusType } from './concept-types';
import type { Context } from './context';
import { Entity } from './entity';
import { Key, KeyValue, KeyValueInput } from './key';
import { listOf } from './list';
import { named } from './perform';
import { rolloutInputs, rolloutResolvers, RowInput, rowsOf } from './rows';

const ConfigStatus = rolloutStatuses('config', 'its keys');

@ObjectType({
  simpleResolvers: true,
  description: 'Who gets which values. For each key, the first row that matches the user and has the key wins.',
})
export class ConfigRow {
  @Field(() => ID, { name: 'row', simple: false, description: 'Its id in the config, and unique only there, which it keeps.' })
  id: string;

  @Field(() => [KeyValue], { description: 'What they get: values for some or all of the config’s keys.', complexity: listOf(5) })
  values: KeyValue[];
}

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'Several keys with values per segment.' })
export class Config extends statusType('config', ConfigStatus) {}

@InputType({ description: 'Who gets which values of a config.' })
export class ConfigRowInput extends RowInput {
  @Field(() => [KeyValueInput], { description: 'What they get: values for some or all of the config’s keys, at least one.' })
  values: KeyValueInput[];
}

const { NewRollout, OneInput, RolloutChanges } = rolloutInputs('config', ConfigRowInput, 'Who gets which values');

@InputType({ description: 'A new config, which begins as a draft.' })
export class CreateConfigInput extends NewRollout {
  @Field(() => [String], { description: 'The names of the 1 to 50 keys that it gives values for. No other config may have one of them.' })
  keys: string[];
}

@InputType({ description: 'What to change of a config; a field that is left out stays as it is.' })
export class EditConfigInput extends RolloutChanges {
  @Field(() => [String], { nullable: true, description: 'The names of all its keys from now on: 1 to 50.' })
  keys?: string[] | null;
}

@Resolver(() => Config)
class ConfigResolver {
  @FieldResolver(() => [Key], { description: 'The keys that it gives values for.', complexity: listOf(5) })
  keys(@Root() config: ConfigDocument, @Ctx() { loaders }: Context) {
    return loaders.loadAll(keys, config.projectId, config.keys);
  }
}

const rows = 'Who gets which values, the first row first.';

export const configResolvers = [
  ConfigResolver,
  ...rolloutResolvers(
    'config',
    { type: Config, row: ConfigRow, statuses: ConfigStatus, rows, oneInput: OneInput, holds: 'keys' },
    {
      create: [CreateConfigInput, 'Creates a config, as a draft.', ({ keys, rows }, localId) => ({ keys, rows: rowsOf(rows, localId) })],
      edit: [
        EditConfigInput,
        'Changes a config’s name, description, keys or rows. What is live is served with the change at once.',
        ({ keys, rows }, localId) => ({ keys: named(keys), rows: rowsOf(rows, localId) }),
      ],
    },
  ),
];
