import { Arg, Args, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HistoryEntry as Entry } from '../src/audit/entry';
import { soughtBy, type HistoryPage, type HistoryQuery } from '../src/audit/history';
import { EventMissing } from '../src/audit/read-revisions';
import { cursorOf, encodeCursor, type Cursor } from '../src/domain/cursor';
import { DamagedRecord } from '../src/event-store/event-store';
import { PageInfo } from './connection';
import type { Context } from './context';
import { RequestError } from './error';
import type { About } from './global-id';
import { forbidden } from './guard';
import { HistoryEntry } from './history-entry';
import { HISTORY_COST, aboutEntity, HistoryArgs, historyQuery, type HistoryPageArgs } from './history-args';
import { may } from '../src/application/authorization';
import { reach, refuseForeign, refuseRewritten, unknownProject } from './reach';
import { CursorScalar, DateTimeScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'One entry of a history.' })
export class HistoryEntryEdge {
  @Field(() => HistoryEntry, { description: 'The entry.' })
  node: Entry;

  @Field(() => CursorScalar, { description: 'Its place in the history: give it as `after` or `before`.' })
  cursor: Cursor;
}

@ObjectType({ simpleResolvers: true, description: 'A page of a history.' })
export class HistoryConnection {
  @Field(() => [HistoryEntryEdge], { description: 'The entries, each with its place in the history.' })
  edges: HistoryEntryEdge[];

  @Field(() => [HistoryEntry], { description: 'The entries alone.' })
  nodes: readonly Entry[];

  @Field(() => PageInfo, {
    description: 'Which part of the history this page is. Its cursors are places in the history, like all others here.',
  })
  pageInfo: PageInfo;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many there are in all pages; null with `search` or `commandId`, or two of `entity`, `actor` and `types`, where counting would be looking at each.',
  })
  totalCount: number | null;

  @Field(() => Boolean, {
    description:
      'Whether the search stopped because it had looked at as many events as one request may, and not because the page was full or the history at its end. Go on after `endCursor` (with `last`: before `startCursor`), also when the page is empty.',
  })
  cutShort: boolean;

  @Field(() => CursorScalar, { description: 'The place of the history that this page reflects.' })
  cursor: Cursor;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when the read model of this project is parked, although its history goes on; null: it is not parked.',
  })
  staleSince: number | undefined;
}

@Resolver()
export class HistoryResolver {
  @Query(() => HistoryConnection, {
    nullable: true,
    description:
      'Who changed what in a project, when and why: the newest first, unless said otherwise. It takes the right to read history.',
    complexity: HISTORY_COST,
  })
  async history(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<HistoryConnection> {
    await reach(context, projectId, atLeast);
    return historyOf(context, projectId, args, aboutEntity(projectId, args));
  }
}

/** A page of a project's history, or what there is to say instead. The right to read it is asked for here, so that no way leads around it. */
export async function historyOf(
  context: Context,
  projectId: string,
  args: HistoryPageArgs,
  about: About | undefined,
): Promise<HistoryConnection> {
  if (!may(context.caller, 'read history', projectId)) throw forbidden('read history', projectId);
  return readingHistory(context, projectId, () => readHistory(context, projectId, args, about));
}

/** What is read of a project's history, if the read model's index of it is of that history, and the event store holds it. */
export async function readingHistory<Answer>(context: Context, projectId: string, read: () => Promise<Answer>): Promise<Answer> {
  refuseDiffering(context, projectId);
  try {
    const page = await read();
    // It may have been noticed while the page was read.
    refuseDiffering(context, projectId);
    return page;
  } catch (error) {
    if (!(error instanceof EventMissing || error instanceof DamagedRecord)) throw error;
    const message = `The event store does not hold this part of the history of "${projectId}" as it was written: \`experience-ledger verify\` says where.`;
    throw new RequestError('HISTORY_BROKEN', message, error);
  }
}

/** What the read model's index says of one history must not be looked up in another. */
function refuseDiffering({ progress }: Context, projectId: string): void {
  if (!progress.differs(projectId)) return;
  const message = `The read model reflects another history of "${projectId}" than the event store holds, until an operator has it rebuilt. Try again then.`;
  throw new RequestError('HISTORY_BROKEN', message);
}

async function readHistory(
  context: Context,
  projectId: string,
  args: HistoryPageArgs,
  about: About | undefined,
): Promise<HistoryConnection> {
  const query = historyQuery(projectId, args, about);
  const page = await context.history.page(projectId, query);
  const { checkpoint } = page;
  if (checkpoint === undefined) throw unknownProject(projectId);
  for (const name of ['after', 'before'] as const) await mustBeThere(context, name, args[name], projectId, checkpoint);
  if (page.entries.length === 0) await refuseTooEarly(context, projectId, query);
  return connection(projectId, context, args, page, await otherSide(context, projectId, query, args));
}

/** Refuses a cursor of a history that this one is not: the project's was rewritten since, or is behind it. */
async function mustBeThere(
  { history }: Context,
  name: 'after' | 'before',
  cursor: Cursor | null | undefined,
  projectId: string,
  head: { readonly revision: number; readonly hash: string },
): Promise<void> {
  refuseForeign(name, cursor, projectId, head);
  if (!cursor || cursor.revision === head.revision) return;
  await refuseRewritten(name, cursor, history);
}

/** Nothing is found before a project's creation: that is better said than shown as an empty page. */
async function refuseTooEarly({ history }: Context, projectId: string, { until }: HistoryQuery): Promise<void> {
  if (until === undefined) return;
  const first = await history.event(projectId, 0);
  if (first === undefined || until > first.occurredAt) return;
  throw new RequestError(
    'BAD_REQUEST',
    `The history of "${projectId}" begins at ${new Date(first.occurredAt).toISOString()}: nothing of it is before \`until\`, ${new Date(until).toISOString()}.`,
  );
}

/** Whether there is anything on the side of the list that the page was not taken towards. */
async function otherSide({ history }: Context, projectId: string, query: HistoryQuery, args: HistoryPageArgs): Promise<boolean> {
  const from = args.last === null || args.last === undefined ? args.after : args.before;
  if (!from) return false;
  // A search is not made a second time: who gives a place has it from a page of this list.
  if (soughtBy(query) !== undefined) return true;
  const { after: _after, before: _before, ...rest } = query;
  // The place itself belongs to that side.
  const bounds = query.newestFirst ? { after: from.revision - 1 } : { before: from.revision + 1 };
  const { entries, more } = await history.page(projectId, { ...rest, ...bounds, newestFirst: !query.newestFirst, limit: 1 });
  return entries.length > 0 || more;
}

function connection(
  projectId: string,
  { progress }: Context,
  { last }: HistoryPageArgs,
  { entries, more, stoppedAt, total, checkpoint }: HistoryPage,
  others: boolean,
): HistoryConnection {
  const fromEnd = last !== null && last !== undefined;
  const nodes = fromEnd ? entries.toReversed() : entries;
  const cursors = [nodes[0], nodes.at(-1)].map((entry) => entry && cursorOf(entry.event));
  // A page that was cut short is gone on with where the search stopped, not where its last entry is.
  if (stoppedAt) cursors[fromEnd ? 0 : 1] = stoppedAt;
  const [start, end] = cursors.map((cursor) => (cursor ? encodeCursor(cursor) : null));
  return {
    get edges() {
      return nodes.map((node) => ({ node, cursor: cursorOf(node.event) }));
    },
    nodes,
    pageInfo: {
      hasNextPage: fromEnd ? others : more,
      hasPreviousPage: fromEnd ? more : others,
      startCursor: start ?? null,
      endCursor: end ?? null,
    },
    totalCount: total ?? null,
    cutShort: stoppedAt !== undefined,
    cursor: { projectId, revision: checkpoint!.revision, mark: checkpoint!.hash.slice(0, 16) },
    staleSince: progress.staleSince(projectId),
  };
}
