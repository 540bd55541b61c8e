import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root, type ClassType } from 'type-graphql';
import { ENTITY_PROJECTIONS, type ProjectDocument } from '../projections/entities';
import type { ProjectionOf } from '../src/read-model/projection';
import type { Cursor } from '../src/domain/cursor';
import { PLURALS, type PluralKind } from '../src/domain/project-state';
import type { Use } from '../src/domain/usage';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Usage } from './entity';
import type { GlobalId } from './global-id';
import { ListArgs, RowsArgs, listedWith, STATUS_FILTER } from './list';
import { pickingOf, withFilters, type FilteredArgs } from './list-filter';
import { LIST_COST } from './picked-rows';
import { Project } from './project';
import { reach } from './reach';
import { shownUsage, type ShownUsage } from './shown-refusal';
import { thingOf, type Named } from './thing';
import { CursorScalar } from './scalars';
import { PastUsage } from './usage';

/* Fields that several concepts have, but for a word. */

const ONE = 'The `id`.';
const PROJECT = 'The project, which the id names as well: an id of another one is refused.';

@ArgsType()
class BelowArgs {
  @Field(() => ID, { description: ONE })
  id: GlobalId;
}

@ArgsType()
class OneArgs extends BelowArgs {
  @Field(() => ID, { nullable: true, description: PROJECT })
  projectId?: string | null;
}

@ArgsType()
class KeyBelowArgs {
  @Field(() => ID, { nullable: true, description: ONE })
  id?: GlobalId | null;

  @Field(() => String, { nullable: true, description: 'The name, instead of the id.' })
  name?: string | null;
}

@ArgsType()
class KeyArgs extends KeyBelowArgs {
  @Field(() => ID, { nullable: true, description: `${PROJECT} A name needs it.` })
  projectId?: string | null;
}

/**
 * One of a kind and a page of them: below `Query`, and below the project, so that all of it can be asked as it was as easily as it is. Without
 * `statuses` it is archived or not, and has no status.
 */
export function queriesOf(kind: PluralKind, type: ClassType, statuses?: object): readonly ClassType[] {
  const connection = connectionType(type, kind.charAt(0).toUpperCase() + kind.slice(1));
  const projection: ProjectionOf<object> = ENTITY_PROJECTIONS[kind];
  const plural = PLURALS[kind];
  const byName = kind === 'key' ? ' or its name' : '';
  const one = { name: kind, nullable: true, description: `One ${kind} by its id${byName}, archived or not; null if there is none.` };
  const belowArgs = kind === 'key' ? KeyBelowArgs : BelowArgs;
  const oneArgs = kind === 'key' ? KeyArgs : OneArgs;
  const rowsArgs = withStatuses(withFilters(RowsArgs, kind), statuses);
  const listArgs = withStatuses(withFilters(ListArgs, kind), statuses);

  @Resolver()
  class Queries {
    @Query(() => type, one)
    async one(
      @Args(() => oneArgs) args: Named,
      @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
      atLeast: Cursor | null,
      @Ctx() context: Context,
    ) {
      const { projectId, id } = thingOf(kind, args);
      await reach(context, projectId, atLeast);
      return context.reader.get(projection, projectId, id);
    }

    @Query(() => connection, {
      name: plural,
      nullable: true,
      complexity: LIST_COST,
      description: `The ${plural} of a project.`,
    })
    async many(
      @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
      @Args(() => listArgs) args: ListArgs & FilteredArgs & WithStatuses,
      @Ctx() context: Context,
    ) {
      const picking = await pickingOf(context, projectId, kind, args);
      return page(context, projectId, projection, listedWith(args, args.status), args.status, picking);
    }
  }

  // A field resolver is found by the name of its method.
  @Resolver(() => Project)
  class Contents {
    @FieldResolver(() => type, one)
    [kind](@Root() project: ProjectDocument, @Args(() => belowArgs) { id, name }: Named, @Ctx() { reader, asOfRevision }: Context) {
      const thing = thingOf(kind, { id, name, projectId: project.id }, asOfRevision);
      return reader.get(projection, project.id, thing.id);
    }

    @FieldResolver(() => connection, { complexity: LIST_COST, description: `Its ${plural}.` })
    async [plural](@Root() { id }: ProjectDocument, @Args(() => rowsArgs) args: FilteredArgs & WithStatuses, @Ctx() context: Context) {
      const picking = await pickingOf(context, id, kind, args);
      return page(context, id, projection, listedWith(args, args.status), args.status, picking);
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
    async usedBy(@Root() { projectId, id, name }: Used, @Ctx() { reader, asOfRevision }: Context): Promise<ShownUsage[]> {
      const usages = await reader.usagesOf(projectId, { kind, id: id ?? name });
      return usages.map((usage) => shownUsage(projectId, usage, asOfRevision));
    }

    @FieldResolver(() => [PastUsage], {
      description: 'Every flag, config and experiment that uses it or ever did, with from when to when.',
      complexity: 20,
    })
    async everUsedBy(@Root() { projectId, id, name }: Used, @Ctx() { reader, asOfRevision }: Context) {
      const usages = await reader.everUsedBy(projectId, { kind, id: id ?? name });
      return usages.map(({ spans, ...usage }) => ({ ...shownUsage(projectId, usage, asOfRevision), spans }));
    }

    @FieldResolver(() => Int, { description: 'How many flags, configs and experiments use it.' })
    usedByCount(@Root() { projectId, id, name }: Used, @Ctx() { loaders }: Context) {
      return loaders.usageCount(projectId, { kind, id: id ?? name });
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
