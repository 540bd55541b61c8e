import { Ctx, Field, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from './context';
import { RequestError } from './error';
import { DateTimeScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'The store of users, as this instance knows it.' })
export class UserStoreState {
  @Field(() => Boolean, {
    description: 'Whether it is another one than this instance knows, or was emptied: nothing is assigned until the loss is accepted.',
  })
  isLost: boolean;

  @Field(() => [DateTimeScalar], { description: 'When losses were accepted at this instance.' })
  losses: readonly number[];
}

@Resolver()
export class UserStoreResolver {
  @Query(() => UserStoreState, { description: 'Whether the store of users is the one that this instance knows. An instance admin’s.' })
  async userStore(@Ctx() { userStore }: Context): Promise<UserStoreState> {
    return userStore.state();
  }

  @Mutation(() => UserStoreState, {
    description:
      'Goes on with what the store of users has now, at the instance that answers. Assignments that are missing are made anew. An instance admin’s.',
  })
  async acceptUserStoreLoss(@Ctx() { userStore }: Context): Promise<UserStoreState> {
    if (await userStore.acceptLoss()) return userStore.state();
    throw new RequestError('BAD_REQUEST', 'Nothing is lost: the store of users is the one that this instance knows.');
  }

  @Mutation(() => Int, {
    description:
      'Assigns users again to the variants of running experiments that they were exposed to, has counters filled again, and goes on with the store. Gives how many were assigned again. An instance admin’s.',
  })
  async rebuildUserStore(@Ctx() { userStore }: Context): Promise<number> {
    return userStore.rebuild();
  }
}
