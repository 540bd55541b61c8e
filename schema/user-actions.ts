import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Forced, OneUser } from '../src/serving/user-actions';
import type { Context } from './context';
import { referenceTo, type GlobalId } from './global-id';
import { IllegalState, InvalidInput, NotFound, outcomeOf } from './outcome';
import { named } from './perform';
import { DateTimeScalar } from './scalars';
import { shownRefusal, type ShownRefusal } from './shown-refusal';
import { thingOf } from './thing';

@InputType({ description: 'One user of a project.' })
class UserInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => String, { description: 'The user id that the app sends.' })
  user: string;
}

@InputType({ description: 'One user, and an experiment.' })
abstract class UserOfExperimentInput {
  @Field(() => ID, { nullable: true, description: 'The project, which the id names as well: an id of another one is refused.' })
  projectId?: string | null;

  @Field(() => String, { description: 'The user id that the app sends.' })
  user: string;
}

@InputType({ description: 'The variant that a user is to get for a test.' })
class ForceVariantInput extends UserOfExperimentInput {
  @Field(() => ID, { description: 'The experiment, which is a draft or running.' })
  id: GlobalId;

  @Field(() => String, { description: 'Which of its variants.' })
  variant: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when, at most 30 days from now, which is what it is if left out. It holds to the end of the hour in which this is.',
  })
  until?: Date | null;
}

@InputType({ description: 'A forced variant that is to end.' })
class ClearOverrideInput extends UserOfExperimentInput {
  @Field(() => ID, { description: 'The experiment, which may have ended.' })
  id: GlobalId;
}

@ObjectType({ description: 'A variant that a user gets for a test. A user who has one is assigned to no experiment, and counted in none.' })
export class ForcedVariant {
  @Field(() => ID, { description: 'The local id of the experiment.' })
  entityId: string;

  @Field(() => ID, { description: 'The `id` of the experiment, as inputs take it.' })
  nodeId: string;

  @Field(() => String, { description: 'The name of the experiment.' })
  name: string;

  @Field(() => String, { description: 'The variant.' })
  variant: string;

  @Field(() => DateTimeScalar, {
    description: 'Until when, or until the experiment ends. It holds to the end of the hour in which this is.',
  })
  until: Date;
}

export function forcedVariantOf(projectId: string, { of, variant, until }: Forced): ForcedVariant {
  const { kind: _kind, ...reference } = referenceTo(projectId, { kind: 'experiment', id: of.id, name: of.name });
  return Object.assign(new ForcedVariant(), { ...reference, variant, until: new Date(until) });
}

@ObjectType({ description: 'The user has no forced variant of the experiment any more.' })
class ClearedOverride {
  @Field(() => Boolean, { description: 'Whether there was one.' })
  wasForced: boolean;
}

@ObjectType({ description: 'Nothing is known of the user any more. Results say how many users were forgotten.' })
class ForgottenUser {
  @Field(() => Boolean, { description: 'Whether anything was known.' })
  wasKnown: boolean;

  @Field(() => Int, { description: 'How many events that the user did, and exposures to variants, were removed.' })
  observations: number;
}

const ForceVariantResult = outcomeOf('ForceVariant', ForcedVariant, InvalidInput, NotFound, IllegalState);
const ClearOverrideResult = outcomeOf('ClearOverride', ClearedOverride, InvalidInput, NotFound);
const ForgetUserResult = outcomeOf('ForgetUser', ForgottenUser, InvalidInput, NotFound);

@Resolver()
export class UserActionsResolver {
  @Mutation(() => ForceVariantResult, {
    description:
      'Gives a user a variant of a draft or running experiment for a test, whatever else would decide. It is a fact of the user store, not of the history.',
  })
  async forceVariant(
    @Arg('input', () => ForceVariantInput, { description: 'Whom, which variant, and until when.' }) input: ForceVariantInput,
    @Ctx() context: Context,
  ): Promise<ForcedVariant | ShownRefusal> {
    const { variant, until } = input;
    const { projectId, id } = thingOf('experiment', input);
    const user = await oneUser(context, { ...input, projectId });
    const forced = await context.userActions.forceVariant(user, id, variant, named(until)?.getTime());
    return 'code' in forced ? shownRefusal(projectId, forced) : forcedVariantOf(projectId, forced);
  }

  @Mutation(() => ClearOverrideResult, { description: 'Ends a forced variant. What is not there is no error.' })
  async clearOverride(
    @Arg('input', () => ClearOverrideInput, { description: 'Whose, and of which experiment.' }) input: ClearOverrideInput,
    @Ctx() context: Context,
  ): Promise<ClearedOverride | ShownRefusal> {
    const { projectId, id } = thingOf('experiment', input);
    const wasForced = await context.userActions.clearOverride(await oneUser(context, { ...input, projectId }), id);
    return typeof wasForced === 'object' ? shownRefusal(projectId, wasForced) : { wasForced };
  }

  @Mutation(() => ForgetUserResult, {
    description:
      'Removes all that is known of a user: properties, counts, assignments, forced variants, events and exposures. If the app goes on to ask for the user, that is a new user.',
  })
  async forgetUser(
    @Arg('input', () => UserInput, { description: 'Whom.' }) input: UserInput,
    @Ctx() context: Context,
  ): Promise<ForgottenUser | ShownRefusal> {
    const forgotten = await context.userActions.forget(await oneUser(context, input));
    return 'code' in forgotten ? shownRefusal(input.projectId, forgotten) : forgotten;
  }
}

async function oneUser({ loadProject }: Context, { projectId, user }: UserInput): Promise<OneUser> {
  return { projectId, state: await loadProject(projectId), userId: user };
}
