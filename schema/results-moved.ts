import { Arg, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { tokenOf } from '../src/application/caller';
import type { Cursor } from '../src/domain/cursor';
import { TooManyWatched, type ResultsMoved as Moved } from '../src/reporting/results-watch';
import type { Context } from './context';
import { RequestError } from './error';
import type { GlobalId } from './global-id';
import { reportOf } from './report';
import { CursorScalar, DateTimeScalar } from './scalars';
import { thingOf } from './thing';

@ObjectType({ simpleResolvers: true, description: 'The results of an experiment are other ones than before: read them again.' })
export class ResultsMoved {
  @Field(() => ID, { description: 'The local id of the experiment.' })
  entityId: string;

  @Field(() => CursorScalar, { description: 'The place of the history that they reach to.' })
  cursor: Cursor;

  @Field(() => DateTimeScalar, { description: 'The time up to which observations had been received.' })
  receivedUpTo: number;

  @Field(() => String, { description: 'Of all that they are made of.' })
  digest: string;
}

interface MovedArgs {
  readonly id: GlobalId;
  readonly projectId?: string | null;
}

@Resolver()
export class ResultsMovedResolver {
  @Subscription(() => ResultsMoved, {
    subscribe: ({ args, context }) => follow(args as MovedArgs, context as Context),
    description:
      'Says how the results of an experiment stand, and then each time they have moved: at most once a minute, the newest alone. It keeps no place: begin again after it has ended.',
  })
  resultsMoved(
    @Root() { id, cursor, receivedUpToMs, digest }: Moved,
    @Arg('id', () => ID, { description: 'The experiment, which has started.' }) _id: GlobalId,
    @Arg('projectId', () => ID, {
      nullable: true,
      description: 'The project, which the id names as well: an id of another one is refused.',
    })
    _projectId: string | null,
  ): ResultsMoved {
    return { entityId: id, cursor, receivedUpTo: receivedUpToMs, digest };
  }
}

async function follow({ id, projectId }: MovedArgs, context: Context): Promise<AsyncIterable<Moved>> {
  const thing = thingOf('experiment', { id, projectId: projectId ?? null });
  if ((await reportOf(context, thing)) === undefined) {
    throw new RequestError('NOT_FOUND', `There is no experiment "${thing.id}" in "${thing.projectId}".`);
  }
  try {
    return context.watchResults({ ...thing, owner: tokenOf(context.caller), expiresAt: context.caller.expiresAt });
  } catch (error) {
    if (error instanceof TooManyWatched) throw new RequestError('LIMIT_EXCEEDED', error.message, error);
    throw error;
  }
}
