import { Ctx, Field, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { illegalState } from '../src/domain/refusal';
import type { Context } from './context';
import { IllegalState, outcomeOf } from './outcome';
import { DateTimeScalar } from './scalars';
import type { ShownRefusal } from './shown-refusal';

@ObjectType({ simpleResolvers: true, description: 'The store of users, as this instance knows it.' })
export class UserStoreState {
  @Field(() => Boolean, {
    description: 'Whether it is another one than this instance knows, or was emptied: nothing is assigned until the loss is accepted.',
  })
  isLost: boolean;

  @Field(() => [DateTimeScalar], { description: 'When losses were accepted at this instance.' })
  losses: readonly number[];
}

@ObjectType({ simpleResolvers: true, description: 'The store of users was filled again from what is known, and is gone on with.' })
class RebuiltUserStore {
  @Field(() => Int, { description: 'How many users were assigned to a variant again.' })
  assigned: number;
}

const AcceptUserStoreLossResult = outcomeOf('AcceptUserStoreLoss', UserStoreState, IllegalState);
const RebuildUserStoreResult = outcomeOf('RebuildUserStore', RebuiltUserStore);

@Resolver()
export class UserStoreResolver {
  @Query(() => UserStoreState, { description: 'Whether the store of users is the one that this instance knows. An instance admin’s.' })
  async userStore(@Ctx() { userStore }: Context): Promise<UserStoreState> {
    return userStore.state();
  }

  @Mutation(() => AcceptUserStoreLossResult, {
    description:
      'Goes on with what the store of users has now, at the instance that answers. Assignments that are missing are made anew. An instance admin’s.',
  })
  async acceptUserStoreLoss(@Ctx() { userStore }: Context): Promise<UserStoreState | ShownRefusal> {
    if (await userStore.acceptLoss()) return userStore.state();
    return illegalState('Nothing is lost: the store of users is the one that this instance knows.');
  }

  @Mutation(() => RebuildUserStoreResult, {
    description:
      'Assigns users again to the variants of running experiments that they were exposed to, has counters filled again, and goes on with the store. An instance admin’s.',
  })
  async rebuildUserStore(@Ctx() { userStore }: Context): Promise<RebuiltUserStore> {
    return { assigned: await userStore.rebuild() };
  }
}
