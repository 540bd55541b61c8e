import { Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { ProjectionOf } from '../src/read-model/projection';
import type { Context } from './context';
import { encodeEdge, listQuery, type ListArgs, type ListName, type RowsArgs } from './list';
import { pickedPage, type Picking } from './picked-rows';
import { reach, unknownProject } from './reach';
import { CursorScalar, DateTimeScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'Which part of a list a page is.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more comes after this page.' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether more comes before this page.' })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge: give it as `before` for the page before.' })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge: give it as `after` for the next page.' })
  endCursor: string | null;
}

export interface Connection<D> {
  readonly edges: readonly { readonly node: D; readonly cursor: string }[];
  readonly nodes: readonly D[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
  readonly cursor: { readonly projectId: string; readonly revision: number; readonly mark: string };
  readonly staleSince: number | undefined;
}

/** The Relay connection type over a type (https://relay.dev/graphql/connections.htm). */
export function connectionType<D extends object>(node: ClassType<D>, name: string): ClassType<Connection<D>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One row of a list: ${name}.` })
  class Edge {
    @Field(() => node, { description: 'The row.' })
    node: D;

    @Field(() => String, { description: 'Its place in the list: give it as `after` or `before`.' })
    cursor: string;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of a list: ${name}.` })
  class PageOfNodes {
    @Field(() => [Edge], { description: 'The rows, each with its place in the list.' })
    edges: Edge[];

    @Field(() => [node], { description: 'The rows alone.' })
    nodes: D[];

    @Field(() => PageInfo, { description: 'Which part of the list this page is.' })
    pageInfo: PageInfo;

    @Field(() => Int, { description: 'How many there are in all pages.' })
    totalCount: number;

    @Field(() => CursorScalar, { description: 'The place of the history that this page reflects.' })
    cursor: Connection<D>['cursor'];

    @Field(() => DateTimeScalar, {
      nullable: true,
      description: 'Since when the read model of this project is parked, although its history goes on; null: it is not parked.',
    })
    staleSince: number | undefined;
  }
  return PageOfNodes;
}

/** One page of a project's documents. An unknown project is an error, since an empty list would say that it has none. */
export async function page<D extends object>(
  context: Context,
  projectId: string,
  projection: ProjectionOf<D>,
  args: RowsArgs & Pick<ListArgs, 'atLeast'>,
  statuses?: readonly string[] | null,
  picking?: Picking<D>,
): Promise<Connection<D>> {
  const name: ListName = { projectId, collection: projection.collection };
  const { collection: _collection, ...query } = listQuery(name, args, statuses);
  await reach(context, projectId, args.atLeast);
  const { rows, total, hasNext, hasPrevious, checkpoint } = await (picking === undefined
    ? context.reader.list(projection, projectId, query)
    : pickedPage(context.reader, projection, projectId, query, picking));
  if (checkpoint === undefined) throw unknownProject(projectId);
  const cursorOf = (row: (typeof rows)[number] | undefined): string | null => (row ? encodeEdge(name, args, row.key) : null);
  return {
    // Most pages are read by `nodes` alone: the cursor of each row is made only for those who ask.
    get edges() {
      return rows.map((row) => ({ node: row.document, cursor: encodeEdge(name, args, row.key) }));
    },
    nodes: rows.map(({ document }) => document),
    pageInfo: {
      hasNextPage: hasNext,
      hasPreviousPage: hasPrevious,
      startCursor: cursorOf(rows[0]),
      endCursor: cursorOf(rows.at(-1)),
    },
    totalCount: total,
    cursor: { projectId, revision: checkpoint.revision, mark: checkpoint.hash.slice(0, 16) },
    staleSince: context.progress.staleSince(projectId),
  };
}
