import { Arg, createUnionType, Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { may } from '../src/application/authorization';
import { tokenOf } from '../src/application/caller';
import { entryOf, type HistoryEntry } from '../src/audit/entry';
import type { Cursor } from '../src/domain/cursor';
import { ENTITY_KINDS, type EntityKind, type Envelope } from '../src/domain/event';
import type { Json } from '../src/domain/json';
import type { FeedItem } from '../src/feed/item';
import { iterate } from '../src/feed/subscriber';
import type { Context } from './context';
import { Entity, EntityKindEnum } from './entity';
import { RequestError } from './error';
import { ParkedReasonEnum } from './maintenance';
import { LedgerEvent } from './event';
import { EventTypeEnum } from './enums';
import { aboutOf, type GlobalId } from './global-id';
import { nodeOf } from './thing';
import { PARTS, sentencePartsOf, TextPart, type PartInProject } from './text-part';
import { CursorScalar, DateTimeScalar, JsonScalar } from './scalars';

const GO_ON = 'To go on after all that came before, give it back as `after`.';

@ObjectType({ description: 'Something has changed.' })
export class Change {
  @Field(() => CursorScalar, { description: GO_ON })
  cursor: string;

  @Field(() => LedgerEvent, { description: 'The event, as it is stored. Its id is the same whenever it comes again.' })
  event: Envelope;
}

@ObjectType({
  simpleResolvers: true,
  description: 'All that queries show has come; what follows is new. Comes again after the subscriber had fallen far behind.',
})
export class CaughtUp {
  @Field(() => CursorScalar, { description: GO_ON })
  cursor: string;
}

@ObjectType({ simpleResolvers: true, description: 'Nothing has come for a while. The cursor has moved past what the filters left out.' })
export class Heartbeat {
  @Field(() => CursorScalar, { description: GO_ON })
  cursor: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The read model of the project is parked before an event, and its feed has stopped, until an operator acts: see /health/ready.',
})
export class Parked {
  @Field(() => CursorScalar, { description: GO_ON })
  cursor: string;

  @Field(() => Int, { description: 'The revision of the event before which it stands.' })
  revision: number;

  @Field(() => String, { description: 'The type of that event.' })
  eventType: string;

  @Field(() => ParkedReasonEnum, { description: 'Why.' })
  reason: keyof typeof ParkedReasonEnum;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  since: number;
}

const KINDS = { change: 'Change', 'caught-up': 'CaughtUp', heartbeat: 'Heartbeat', parked: 'Parked' } as const;

const ChangeFeedItem = createUnionType({
  name: 'ChangeFeedItem',
  description: 'What a change feed sends. Every kind has a cursor; keep the last one.',
  types: () => [Change, CaughtUp, Heartbeat, Parked] as const,
  resolveType: (item: object) => KINDS[(item as { kind: keyof typeof KINDS }).kind],
});

const entries = new WeakMap<Envelope, HistoryEntry>();

/** For how long what a thing is now is given to further subscribers of the same change, in milliseconds. */
const NOW_MS = 500;
const things = new WeakMap<Envelope, { readonly readAt: number; readonly thing: Promise<object | undefined> }>();

@Resolver(() => Change)
export class ChangeResolver {
  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'What was, of that which changed, with shares in percent; null if there was nothing before, or the event does not say.',
  })
  before(@Root() { event }: Change, @Ctx() context: Context): Json | undefined {
    return entry(event, context).before;
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'What is, of that which changed, with shares in percent; null if there is nothing any more.',
  })
  after(@Root() { event }: Change, @Ctx() context: Context): Json | undefined {
    return entry(event, context).after;
  }

  @FieldResolver(() => Entity, {
    nullable: true,
    complexity: 10,
    description:
      'What the event is about, as it is now, which may be later than the event. Null: this version does not know the kind, or the caller may not read the set-up.',
  })
  async entityNow(@Root() { event }: Change, @Ctx() context: Context): Promise<object | undefined> {
    const { kind, id } = event.entity;
    if (!ENTITY_KINDS.includes(kind) || !may(context.caller, 'read set-up', event.projectId)) return undefined;
    const known = things.get(event);
    if (known !== undefined && performance.now() - known.readAt < NOW_MS) return known.thing;
    const thing = nodeOf(context, { projectId: event.projectId, kind, id });
    things.set(event, { readAt: performance.now(), thing });
    return thing;
  }

  @FieldResolver(() => String, { description: 'The change in words, beginning with who made it.' })
  sentence(@Root() { event }: Change, @Ctx() context: Context): string {
    return entry(event, context).sentence;
  }

  @FieldResolver(() => [TextPart], { description: 'The sentence in parts, so that a page can link them.', complexity: PARTS })
  sentenceParts(@Root() { event }: Change, @Ctx() context: Context): PartInProject[] {
    return sentencePartsOf(entry(event, context));
  }

  @Subscription(() => ChangeFeedItem, {
    subscribe: ({ args, context }) => follow(args as ChangesArgs, context as Context),
    description:
      'The changes of a project, in order, each at least once with the same id, once queries show them: from now on; or from `after`, or `fromStart`, through history and then live. Over WebSocket (graphql-transport-ws) and SSE, at /graphql.',
  })
  changes(
    @Root() item: FeedItem,
    @Arg('projectId', () => ID, { description: 'The project.' }) _projectId: string,
    @Arg('after', () => CursorScalar, { nullable: true, description: 'Begin with what comes after this place.' }) _after: Cursor | null,
    @Arg('fromStart', () => Boolean, { nullable: true, description: 'Begin with the first event of the history.' })
    _fromStart: boolean | null,
    @Arg('types', () => [EventTypeEnum], { nullable: true, description: 'Only events of these types.' }) _types: string[] | null,
    @Arg('entity', () => EntityKindEnum, { nullable: true, description: 'Only events about things of this kind.' })
    _entity: EntityKind | null,
    @Arg('id', () => ID, { nullable: true, description: 'Only events about this one.' }) _id: GlobalId | null,
  ): object {
    if (item.kind === 'ended') throw new RequestError(item.code, item.message, undefined, item.cursor);
    if (item.kind !== 'parked') return item;
    const { cursor, kind, parked } = item;
    return { kind, cursor, revision: parked.revision, eventType: parked.type, reason: parked.reason, since: parked.since };
  }
}

/** As GraphQL coerced them: what subscribes is given them before anything else has looked at them. */
interface ChangesArgs {
  readonly projectId: string;
  readonly after?: Cursor | null;
  readonly fromStart?: boolean | null;
  readonly types?: readonly string[] | null;
  readonly entity?: EntityKind | null;
  readonly id?: GlobalId | null;
}

async function follow(args: ChangesArgs, { feed, caller, onFeedEnded }: Context): Promise<AsyncIterable<FeedItem>> {
  const { projectId, after, fromStart, types } = args;
  const about = aboutOf({ kind: args.entity, id: args.id }, projectId, { kind: 'entity', id: 'id' });
  const subscriber = await feed.follow({
    projectId,
    after: after ?? undefined,
    fromStart: fromStart ?? false,
    types: types ?? undefined,
    entity: about?.kind,
    entityId: about?.id,
    owner: tokenOf(caller),
    expiresAt: caller.expiresAt,
    onEnded: onFeedEnded,
  });
  return iterate(subscriber);
}

/** Made once for an event, since many subscribers may receive it. */
function entry(event: Envelope, { understand }: Context): HistoryEntry {
  let made = entries.get(event);
  if (made === undefined) entries.set(event, (made = entryOf(understand(event))));
  return made;
}
