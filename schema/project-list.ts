import { Args, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { ProjectDocument } from '../projections/entities';
import { foldName } from '../src/domain/text';
import { PageInfo } from './connection';
import type { Context } from './context';
import { ArchivedFilter, encodeEdge, listQuery, PageArgs, Sort, SortDirection, type ListArgs, type ListName } from './list';
import { may } from '../src/application/authorization';
import { Project } from './project';

@ObjectType({ simpleResolvers: true, description: 'One row of a list: Project.' })
export class ProjectEdge {
  @Field(() => Project, { description: 'The row.' })
  node: ProjectDocument;

  @Field(() => String, { description: 'Its place in the list: give it as `after` or `before`.' })
  cursor: string;
}

/** Not as the connections inside a project: it spans projects, each with a history of its own, so it has no one place in a history. */
@ObjectType({ simpleResolvers: true, description: 'A page of a list: Project.' })
export class ProjectConnection {
  @Field(() => [ProjectEdge], { description: 'The rows, each with its place in the list.' })
  edges: ProjectEdge[];

  @Field(() => [Project], { description: 'The rows alone.' })
  nodes: ProjectDocument[];

  @Field(() => PageInfo, { description: 'Which part of the list this page is.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many there are in all pages.' })
  totalCount: number;
}

const NAME: ListName = { projectId: '*', collection: 'projects' };

@Resolver(() => Project)
export class ProjectListResolver {
  @Query(() => ProjectConnection, {
    description: 'The projects in which the caller has any role, by id. `search` looks into the id as well.',
  })
  async projects(@Args(() => PageArgs) args: PageArgs, @Ctx() context: Context): Promise<ProjectConnection> {
    const byId: ListArgs = { ...args, archived: ArchivedFilter.INCLUDE, sort: Sort.NAME, direction: SortDirection.ASCENDING };
    const { after, before, limit, from, text } = listQuery(NAME, byId);
    const ids = await matching(context, text);
    // Ids are ASCII, so this is the order in which they came.
    const begin = after === undefined ? 0 : ids.filter((id) => id <= after.id).length;
    const finish = before === undefined ? ids.length : Math.max(begin, ids.filter((id) => id < before.id).length);
    const start = from === 'start' ? begin : Math.max(begin, finish - limit);
    const end = from === 'start' ? Math.min(finish, begin + limit) : finish;
    const nodes = [...(await context.reader.projects(ids.slice(start, end)))];
    const edges = nodes.map((node) => ({ node, cursor: encodeEdge(NAME, byId, { value: node.id, id: node.id }) }));
    return {
      edges,
      nodes,
      pageInfo: {
        hasNextPage: end < ids.length,
        hasPreviousPage: start > 0,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      totalCount: ids.length,
    };
  }
}

/** The ids alone, unless a text is looked for: an instance may hold many projects, and a page shows few of them. */
async function matching({ reader, caller }: Context, text: string | undefined): Promise<readonly string[]> {
  const ids = (await reader.projectIds()).filter((id) => may(caller, 'list projects', id));
  if (text === undefined) return ids;
  const documents = await reader.projects(ids);
  return documents.filter(({ id, name, description }) => foldName(`${id}\n${name}\n${description}`).includes(text)).map(({ id }) => id);
}
