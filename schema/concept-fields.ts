import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root, type ClassType } from 'type-graphql';
import { ENTITY_PROJECTIONS } from '../projections/entities';
import type { ProjectDocument } from '../projections/projects';
import type { ProjectionOf } from '../projections/projection';
import type { Cursor } from '../src/domain/cursor';
import { PLURALS, type PluralKind } from '../src/domain/project-state';
import type { Use } from '../src/domain/usage';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Usage } from './entity';
import { ListArgs, RowsArgs } from './list';
import { Project } from './project';
import { reach } from './reach';
import { CursorScalar } from './scalars';
import { listedWith, STATUS_FILTER } from './status-filter';

/* Fields that several concepts have, but for a word. */

/**
 * One of a kind and a page of them: below `Query`, and below the project, so that all of it can be asked as it was as easily as it is. Without
 * `statuses` it is archived or not, and has no status.
 */
export function queriesOf(kind: PluralKind, type: ClassType, statuses?: object): readonly ClassType[] {
  const connection = connectionType(type, kind.charAt(0).toUpperCase() + kind.slice(1));
  const projection: ProjectionOf<object> = ENTITY_PROJECTIONS[kind];
  const plural = PLURALS[kind];
  const by = kind === 'key' ? 'name' : 'id';
  const idType = kind === 'key' ? String : ID;
  const one = { name: kind, nullable: true, description: `One ${kind} by its ${by}, archived or not; null if there is none.` };
  const rowsArgs = withStatuses(RowsArgs, statuses);
  const listArgs = withStatuses(ListArgs, statuses);

  @Resolver()
  class Queries {
    @Query(() => type, one)
    async one(
      @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
      @Arg(by, () => idType, { description: `The ${by}.` }) id: string,
      @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
      atLeast: Cursor | null,
      @Ctx() context: Context,
    ) {
      await reach(context, projectId, atLeast);
      return context.reader.get(projection, projectId, id);
    }

    @Query(() => connection, { name: plural, description: `The ${plural} of a project.` })
    many(
      @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
      @Args(() => listArgs) args: ListArgs & WithStatuses,
      @Ctx() context: Context,
    ) {
      return page(context, projectId, projection, listedWith(args, args.status), args.status);
    }
  }

  // A field resolver is found by the name of its method.
  @Resolver(() => Project)
  class Contents {
    @FieldResolver(() => type, one)
    [kind](@Root() project: ProjectDocument, @Arg(by, () => idType, { description: `The ${by}.` }) id: string, @Ctx() { reader }: Context) {
      return reader.get(projection, project.id, id);
    }

    @FieldResolver(() => connection, { description: `Its ${plural}.` })
    [plural](@Root() { id }: ProjectDocument, @Args(() => rowsArgs) args: RowsArgs & WithStatuses, @Ctx() context: Context) {
      return page(context, id, projection, listedWith(args, args.status), args.status);
    }
  }
  return [Queries, Contents];
}

interface WithStatuses {
  readonly status?: string[] | null;
}

function withStatuses(base: ClassType<RowsArgs>, statuses: object | undefined): ClassType<RowsArgs> {
  if (statuses === undefined) return base;
  @ArgsType()
  class ArgsWithStatuses extends base {
    @Field(() => [statuses], { nullable: true, description: STATUS_FILTER })
    status?: string[] | null;
  }
  return ArgsWithStatuses;
}

/** What uses a key, a segment or a goal. */
export function usedByField(type: ClassType, kind: Use['kind'], description: string): ClassType {
  @Resolver(() => type)
  class UsedByField {
    @FieldResolver(() => [Usage], { description, complexity: 20 })
    usedBy(@Root() { projectId, id, name }: Used, @Ctx() context: Context) {
      return context.reader.usagesOf(projectId, { kind, id: id ?? name });
    }
  }
  return UsedByField;
}

/** Of a key, its name is its id. */
interface Used {
  readonly projectId: string;
  readonly id?: string;
  readonly name: string;
}
