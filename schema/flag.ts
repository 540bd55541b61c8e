import { Ctx, Field, FieldResolver, ID, InputType, ObjectType, Resolver, Root } from 'type-graphql';
import { keys, type FlagDocument } from '../projections/entities';
import type { Json } from '../src/domain/json';
import { rolloutStatuses, statusType } from './concept-types';
import type { Context } from './context';
import { Entity } from './entity';
import { Key } from './key';
import { rolloutInputs, rolloutResolvers, RowInput, rowsOf } from './rows';
import { JsonScalar, PercentScalar } from './scalars';

const FlagStatus = rolloutStatuses('flag', 'its key');

@ObjectType({
  simpleResolvers: true,
  description: 'Who gets the value. The first row that matches the user, and whose sample takes the user, wins.',
})
export class FlagRow {
  @Field(() => ID, {
    name: 'row',
    simple: false,
    description: 'Its id in the flag, and unique only there, which it keeps: the sample of users is drawn by it.',
  })
  id: string;

  @Field(() => PercentScalar, { description: 'The part of those users who get the value, in percent.' })
  percentage: number;

  @Field(() => JsonScalar, { nullable: true, description: 'What they get: of the key’s type. null only if the type is JSON.' })
  value: Json;
}

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'One key with a value for some users.' })
export class Flag extends statusType('flag', FlagStatus) {}

@InputType({ description: 'Who gets the value of a flag.' })
export class FlagRowInput extends RowInput {
  @Field(() => PercentScalar, { defaultValue: 10_000, description: 'The part of those users who get the value, in percent.' })
  percentage: number;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What they get: of the key’s type. null is a value, and allowed if the type is JSON; it must not be left out.',
  })
  value: Json;
}

const { NewRollout, OneInput, RolloutChanges } = rolloutInputs('flag', FlagRowInput, 'Who gets which value');

@InputType({ description: 'A new flag, which begins as a draft.' })
export class CreateFlagInput extends NewRollout {
  @Field(() => String, { description: 'The name of the key that it gives values for. It never changes, and no other flag may have it.' })
  key: string;
}

@InputType({ description: 'What to change of a flag; a field that is left out stays as it is.' })
export class EditFlagInput extends RolloutChanges {}

@Resolver(() => Flag)
class FlagResolver {
  @FieldResolver(() => Key, { description: 'The key that it gives values for.' })
  key(@Root() { projectId, key }: FlagDocument, @Ctx() { loaders }: Context) {
    return loaders.load(keys, projectId, key);
  }
}

const rows = 'Who gets which value, the first row first.';

export const flagResolvers = [
  FlagResolver,
  ...rolloutResolvers(
    'flag',
    { type: Flag, row: FlagRow, statuses: FlagStatus, rows, oneInput: OneInput, holds: 'key' },
    {
      create: [CreateFlagInput, 'Creates a flag, as a draft.', ({ key, rows }, localId) => ({ key, rows: rowsOf(rows, localId) })],
      edit: [
        EditFlagInput,
        'Changes a flag’s name, description or rows. What is live is served with the change at once.',
        ({ rows }, localId) => ({ rows: rowsOf(rows, localId) }),
      ],
    },
  ),
];
