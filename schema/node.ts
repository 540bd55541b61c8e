import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { LOOK } from './as-of';
import type { Context } from './context';
import { Node } from './entity';
import { identityOf, type GlobalId } from './global-id';
import { nodeOf } from './thing';

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'Whatever has this id, archived or not; null if there is none. The id of a thing below `asOf` gives it as it was then, which takes the right to read history.',
    // Whether the id is of the past is not known when a cost is kept.
    complexity: ({ childComplexity }) => LOOK + childComplexity,
  })
  // Relay knows it by having this argument and no other.
  node(@Arg('id', () => ID, { description: 'The `id`.' }) id: GlobalId, @Ctx() context: Context): Promise<object | undefined> {
    return nodeOf(context, identityOf(id));
  }
}
