import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { holdouts } from '../projections/entities';
import type { HoldoutStatus as Status } from '../src/domain/holdout';
import { queriesOf } from './concept-fields';
import { moveMutations } from './concept-mutations';
import type { Context } from './context';
import { Entity } from './entity';
import type { GlobalId } from './global-id';
import { resultOf } from './command-result';
import { CommandInput, perform, ThingInput } from './perform';
import { PercentScalar } from './scalars';

const HoldoutStatus: { readonly [status in Status]: status } = { ACTIVE: 'ACTIVE', ENDED: 'ENDED' };
registerEnumType(HoldoutStatus, {
  name: 'HoldoutStatus',
  description: 'Whether a holdout still takes effect.',
  valuesConfig: {
    ACTIVE: { description: 'Experiments that start now pass over its users. It can be ended.' },
    ENDED: { description: 'For good. Its name is free.' },
  },
});

@ObjectType({
  implements: Entity,
  simpleResolvers: true,
  description:
    'A share of users who get no values from the experiments that start while it is active. Nothing of it can change but that it ends.',
})
export class Holdout extends Entity {
  @Field(() => String, { description: 'Its name: unique among the holdouts that are active.' })
  name: string;

  @Field(() => PercentScalar, { description: 'Which part of all users it holds out, in percent: at most 20.' })
  share: number;

  @Field(() => HoldoutStatus, { description: 'Whether it is active.' })
  status: Status;
}

const CreateHoldoutResult = resultOf('CreateHoldout', Holdout);

@InputType({ description: 'A new holdout, which is active at once.' })
export class CreateHoldoutInput extends CommandInput {
  @Field(() => String, { description: 'Its name: 1 to 120 characters.' })
  name: string;

  @Field(() => PercentScalar, { description: 'Which part of all users it holds out, in percent: more than 0, and at most 20.' })
  share: number;
}

@InputType()
abstract class OneHoldoutInput extends ThingInput {
  @Field(() => ID, { description: 'The holdout.' })
  id: GlobalId;
}

@Resolver()
class HoldoutMutations {
  @Mutation(() => CreateHoldoutResult, {
    description: 'Creates a holdout, which is active at once. A project has at most one that is active.',
  })
  createHoldout(
    @Arg('input', () => CreateHoldoutInput, { description: 'The new holdout.' }) input: CreateHoldoutInput,
    @Ctx() context: Context,
  ) {
    return perform(context, input, { type: 'CreateHoldout', name: input.name, share: input.share }, holdouts);
  }
}

export const holdoutResolvers = [
  HoldoutMutations,
  ...queriesOf('holdout', Holdout, HoldoutStatus),
  ...moveMutations('holdout', Holdout, OneHoldoutInput, {
    EndHoldout: 'Ends a holdout, for good: its users get values as all others do.',
  }),
];
