import { Arg, Args, ArgsType, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { actorDocumentId, actors, type ActorDocument } from '../projections/actors';
import { may } from '../src/application/authorization';
import { historyOfActor, type ActedIn, type ActorPlace } from '../src/audit/actor-history';
import type { HistoryEntry as Entry } from '../src/audit/entry';
import { inParallel } from '../src/concurrency/limiter';
import type { Cursor } from '../src/domain/cursor';
import type { Actor as LedgerActor } from '../src/domain/event';
import { Actor, actorOf } from './actor';
import { connectionType, page, PageInfo } from './connection';
import type { Context } from './context';
import { RequestError } from './error';
import type { GlobalId } from './global-id';
import { readingHistory } from './history';
import { HistoryEntry } from './history-entry';
import { DEFAULT_PAGE, ENTRY, PAGE } from './history-args';
import { ArchivedFilter, Sort, SortDirection } from './list';
import { CursorScalar, DateTimeScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'What one actor did in a project, counted.' })
export class ActorActivity {
  @Field(() => Actor, { description: 'Who.' })
  actor: LedgerActor;

  @Field(() => Int, { description: 'How many events: `history(actor:)` has them.' })
  changes: number;

  @Field(() => DateTimeScalar, { description: 'When the first of them happened.' })
  firstAt: number;

  @Field(() => DateTimeScalar, { description: 'When the last of them happened.' })
  lastAt: number;
}

const ActorActivityConnection = connectionType(ActorActivity, 'ActorActivity');

@ObjectType({ simpleResolvers: true, description: 'A page of what one actor did, in all projects whose history the caller may read.' })
export class ActorHistory {
  @Field(() => [HistoryEntry], { description: 'The newest first. Each says in its event which project it is of.' })
  nodes: readonly Entry[];

  @Field(() => PageInfo, { description: 'Which part of the history this page is.' })
  pageInfo: PageInfo;
}

@ArgsType()
class ActorsArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the start.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this edge cursor of the same list.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many from the end.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this edge cursor of the same list.' })
  before?: string | null;

  @Field(() => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
  atLeast?: Cursor | null;
}

@ArgsType()
class ActorHistoryArgs {
  @Field(() => ID, { description: 'The actor: its `id`.' })
  actor: GlobalId;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only what happened at this time or later.' })
  since?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only what happened before this time.' })
  until?: Date | null;

  @Field(() => Int, { nullable: true, description: `How many at most: up to ${PAGE}. Left out: ${DEFAULT_PAGE}.` })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this `endCursor` of the same actor.' })
  after?: string | null;
}

/** How many projects are looked into at a time. */
const AT_ONCE = 16;
/** What looking into all projects takes, in fields. */
const ALL_PROJECTS = 1_000;

@Resolver()
export class ActorsResolver {
  @Query(() => ActorActivityConnection, {
    nullable: true,
    description: 'Who changed anything in a project, and how much: who did so last comes first. It takes the right to read history.',
  })
  actors(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Args(() => ActorsArgs) args: ActorsArgs,
    @Ctx() context: Context,
  ) {
    const lastFirst = { archived: ArchivedFilter.INCLUDE, sort: Sort.UPDATED, direction: SortDirection.DESCENDING };
    return page<ActorDocument>(context, projectId, actors, { ...lastFirst, ...args });
  }

  @Query(() => ActorHistory, {
    description: 'What one actor did, in all projects whose history the caller may read: the newest first, at one time by project.',
    complexity: ({ args, childComplexity }) => ALL_PROJECTS + Number(args['first'] ?? DEFAULT_PAGE) * (ENTRY + childComplexity),
  })
  async actorHistory(@Args(() => ActorHistoryArgs) args: ActorHistoryArgs, @Ctx() context: Context): Promise<ActorHistory> {
    const actor = actorOf(args.actor, 'actor');
    const limit = args.first ?? DEFAULT_PAGE;
    if (limit < 0 || limit > PAGE)
      throw new RequestError('BAD_REQUEST', `\`first\` must be from 0 to ${PAGE}, not ${limit}. Page with \`after\`.`);
    const after = args.after === null || args.after === undefined ? undefined : placeIn(args.after);
    const readPage: Parameters<typeof historyOfActor>[0] = (projectId, query) =>
      readingHistory(context, projectId, () => context.history.page(projectId, query));
    const { entries, more } = await historyOfActor(readPage, {
      actor,
      projects: await projectsOf(context, actor),
      since: args.since?.getTime(),
      until: args.until?.getTime(),
      after,
      limit,
    });
    const cursors = [entries[0], entries.at(-1)].map((entry) => entry && encode(entry));
    return {
      nodes: entries,
      pageInfo: {
        hasNextPage: more,
        hasPreviousPage: after !== undefined,
        startCursor: cursors[0] ?? null,
        endCursor: cursors[1] ?? null,
      },
    };
  }
}

/** Those in which the actor did anything, and of which the caller may read the history. */
async function projectsOf({ reader, caller }: Context, actor: LedgerActor): Promise<readonly ActedIn[]> {
  const found: ActedIn[] = [];
  const readable = (await reader.projectIds()).filter((projectId) => may(caller, 'read history', projectId));
  await inParallel(readable, AT_ONCE, async (projectId) => {
    const document = await reader.get(actors, projectId, actorDocumentId(actor));
    if (document !== undefined) found.push({ projectId, lastAt: document.lastAt });
  });
  return found;
}

function encode({ event: { occurredAt, projectId, revision } }: Entry): string {
  return Buffer.from(JSON.stringify([occurredAt, projectId, revision])).toString('base64url');
}

function placeIn(text: string): ActorPlace {
  const [time, projectId, revision] = parsed(text);
  if (typeof time === 'number' && typeof projectId === 'string' && typeof revision === 'number') return { time, projectId, revision };
  throw new RequestError('BAD_REQUEST', '`after` is no `endCursor` of such a history: give it back exactly as it was received.');
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
