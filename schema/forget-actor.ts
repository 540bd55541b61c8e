import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Actor as LedgerActor } from '../src/domain/event';
import { Actor, actorOf } from './actor';
import type { Context } from './context';
import type { GlobalId } from './global-id';
import { InvalidInput, outcomeOf } from './outcome';

@InputType({ description: 'The actor whose display name is to be erased.' })
class ForgetActorInput {
  @Field(() => ID, { description: 'Its `id`.' })
  actor: GlobalId;
}

@ObjectType({ description: 'No display name of the actor is kept any more. What the actor did stays in the history, under its id.' })
class ForgottenActor {
  @Field(() => Actor, { description: 'The actor.' })
  actor: LedgerActor;

  @Field(() => Boolean, { description: 'Whether a name was kept.' })
  wasKnown: boolean;
}

const ForgetActorResult = outcomeOf('ForgetActor', ForgottenActor, InvalidInput);

@Resolver()
export class ForgetActorResolver {
  @Mutation(() => ForgetActorResult, {
    description:
      'Erases the display name of an actor. Tokens that were issued until now do not bring it back; one that is issued later does, so remove the person from the identity provider first. An instance admin’s.',
  })
  async forgetActor(
    @Arg('input', () => ForgetActorInput, { description: 'Of which actor.' }) { actor: id }: ForgetActorInput,
    @Ctx() { actorNames }: Context,
  ): Promise<ForgottenActor> {
    const actor = actorOf(id, 'actor');
    return { actor, wasKnown: await actorNames.forget(actor) };
  }
}
