import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Actor as LedgerActor } from '../src/domain/event';
import { excerpt } from '../src/domain/text';
import type { Session as OpenSession, SignedInBy } from '../src/sessions/sessions';
import { ProjectRoles, projectRoles } from './token';
import { Actor, actorOf } from './actor';
import { PageInfo } from './connection';
import type { Context } from './context';
import { RequestError, WrongId } from './error';
import type { GlobalId } from './global-id';
import { DEFAULT_PAGE, PAGE } from './history-args';
import { InvalidInput, outcomeOf } from './outcome';
import { DateTimeScalar } from './scalars';

const SignedInByEnum = { LINK: 'link', TOKEN: 'token', PROVIDER: 'provider' } as const satisfies Record<string, SignedInBy>;
registerEnumType(SignedInByEnum, {
  name: 'SignedInBy',
  description: 'How a person signed in.',
  valuesConfig: {
    LINK: { description: 'By a link that the server printed.' },
    TOKEN: { description: 'By a token.' },
    PROVIDER: { description: 'At an identity provider.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A browser that is signed in.' })
export class Session {
  @Field(() => Actor, { description: 'Who signed in.' })
  actor: LedgerActor;

  @Field(() => SignedInByEnum, { description: 'How.' })
  by: SignedInBy;

  @Field(() => DateTimeScalar, { description: 'When.' })
  startedAt: number;

  @Field(() => DateTimeScalar, { description: 'When it ends at the latest, however much it is used.' })
  endsAt: number;
}

@ObjectType({ simpleResolvers: true, description: 'A page of the browsers that are signed in.' })
export class SessionPage {
  @Field(() => [Session], { description: 'The newest first.' })
  nodes: readonly OpenSession[];

  @Field(() => Int, { description: 'How many there are in all pages.' })
  totalCount: number;

  @Field(() => PageInfo, { description: 'Which part of the list this page is.' })
  pageInfo: PageInfo;
}

@ArgsType()
class SessionsArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of this actor: its `id`.' })
  actor?: GlobalId | null;

  @Field(() => Int, { nullable: true, description: `How many at most: up to ${PAGE}. Left out: ${DEFAULT_PAGE}.` })
  first?: number | null;

  @Field(() => ID, { nullable: true, description: 'Only what comes after this `endCursor` of the same list.' })
  after?: string | null;
}

@InputType({ description: 'The session to be ended.' })
class EndSessionInput {
  @Field(() => ID, { description: 'Its `id`.' })
  session: GlobalId;
}

@InputType({ description: 'Whose sessions are to be ended.' })
class EndSessionsOfInput {
  @Field(() => ID, { description: 'The `id` of the actor.' })
  actor: GlobalId;
}

@ObjectType({ simpleResolvers: true, description: 'Browsers are signed out, here at once and at other instances within two seconds.' })
class EndedSessions {
  @Field(() => Int, { description: 'How many sessions were ended; 0: there was none any more.' })
  count: number;
}

const EndSessionResult = outcomeOf('EndSession', EndedSessions, InvalidInput);
const EndSessionsOfResult = outcomeOf('EndSessionsOf', EndedSessions, InvalidInput);

@Resolver(() => Session)
export class SessionsResolver {
  @Query(() => SessionPage, {
    description: 'The browsers that are signed in, at all instances. For admins and auditors of the instance.',
    complexity: ({ args, childComplexity }) => 1 + Number(args['first'] ?? DEFAULT_PAGE) * childComplexity,
  })
  async sessions(@Args(() => SessionsArgs) { actor: given, first, after }: SessionsArgs, @Ctx() context: Context): Promise<SessionPage> {
    const limit = first ?? DEFAULT_PAGE;
    if (limit < 0 || limit > PAGE)
      throw new RequestError('BAD_REQUEST', `\`first\` must be from 0 to ${PAGE}, not ${limit}. Page with \`after\`.`);
    const actor = given === null || given === undefined ? undefined : actorOf(given, 'actor');
    const found = (await sessionsOf(context).list()).filter((session) => actor === undefined || isOf(session, actor));
    const keyed = found.map((session) => ({ session, key: cursorOf(session) })).sort((a, b) => (a.key < b.key ? 1 : -1));
    const rest = keyed.filter(({ key }) => after === null || after === undefined || key < after);
    const page = rest.slice(0, limit);
    return {
      nodes: page.map(({ session }) => session),
      totalCount: found.length,
      pageInfo: {
        hasNextPage: rest.length > page.length,
        hasPreviousPage: rest.length < keyed.length,
        startCursor: page[0]?.key ?? null,
        endCursor: page.at(-1)?.key ?? null,
      },
    };
  }

  @Mutation(() => EndSessionResult, { description: 'Ends one session: that browser is signed out. An instance admin’s.' })
  async endSession(
    @Arg('input', () => EndSessionInput, { description: 'Which.' }) { session }: EndSessionInput,
    @Ctx() context: Context,
  ): Promise<EndedSessions> {
    return { count: (await sessionsOf(context).end(localOf(session))) ? 1 : 0 };
  }

  @Mutation(() => EndSessionsOfResult, {
    description: 'Ends all sessions of an actor. A token that is still valid signs in again. An instance admin’s.',
  })
  async endSessionsOf(
    @Arg('input', () => EndSessionsOfInput, { description: 'Whose.' }) { actor }: EndSessionsOfInput,
    @Ctx() context: Context,
  ): Promise<EndedSessions> {
    return { count: await sessionsOf(context).endAllOf(actorOf(actor, 'actor')) };
  }

  @FieldResolver(() => ID, { description: 'Its id, unique over everything that has one: what inputs take. It opens nothing.' })
  id(@Root() { id }: OpenSession): string {
    return `${PREFIX}${id}`;
  }

  @FieldResolver(() => [ProjectRoles], { description: 'What the browser may do, by project.' })
  roles(@Root() { roles }: OpenSession): readonly ProjectRoles[] {
    return projectRoles(roles);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the one that this is asked with.' })
  isCurrent(@Root() { id }: OpenSession, @Ctx() { caller }: Context): boolean {
    return caller.sessionId === id;
  }
}

/** As an actor, a session is of no project. */
const PREFIX = '*/session/';

function localOf(given: GlobalId): string {
  const text = given as unknown as string;
  if (text.startsWith(PREFIX) && text.length > PREFIX.length) return text.slice(PREFIX.length);
  throw new WrongId('session', `must be the \`id\` of a session as this API gave it, not "${excerpt(text)}"`);
}

/** In the order of their starts, and of those at one time in that of their ids. */
function cursorOf({ startedAt, id }: OpenSession): string {
  return `${String(startedAt).padStart(15, '0')}:${id}`;
}

function isOf({ actor }: OpenSession, { kind, id }: LedgerActor): boolean {
  return actor.kind === kind && actor.id === id;
}

function sessionsOf({ sessions }: Context): NonNullable<Context['sessions']> {
  if (sessions !== undefined) return sessions;
  throw new RequestError('BAD_REQUEST', 'This server signs no browsers in: the setting DASHBOARD is false.');
}
