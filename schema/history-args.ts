import type { ComplexityEstimator } from 'graphql-query-complexity';
import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import type { EntityKind } from '../src/domain/event';
import { label } from '../src/domain/label';
import { foldName, longerThan } from '../src/domain/text';
import type { HistoryQuery } from '../src/audit/history';
import { actorOf } from './actor';
import { EntityKindEnum } from './entity';
import { RequestError } from './error';
import { EventTypeEnum } from './enums';
import { aboutOf, type About, type GlobalId } from './global-id';
import { refuseForeign } from './reach';
import { CursorScalar, DateTimeScalar } from './scalars';

/** The most entries of one page, and how many a page has if none is said, which is what query cost counts. */
export const PAGE = 200;
export const DEFAULT_PAGE = 50;
const TEXT_LENGTH = 200;

/** What it takes to read one event, and to look at as many as a search may, in fields. */
export const ENTRY = 5;
const SEARCH = 2_000;

/** The arguments by which events are looked at, one after another. */
const SOUGHT: readonly string[] = ['search', 'commandId'];

/** The cost of a history. Whether it is searched the document says: what a variable holds is not known when a cost is kept. */
export const HISTORY_COST: ComplexityEstimator = ({ args, node, childComplexity }) => {
  const entries = Math.max(1, Number(args['first'] ?? args['last'] ?? DEFAULT_PAGE));
  const searched = node.arguments?.some(({ name }) => SOUGHT.includes(name.value)) ?? false;
  return 1 + entries * (ENTRY + childComplexity) + (searched ? SEARCH : 0);
};

export enum HistoryOrder {
  NEWEST_FIRST = 'NEWEST_FIRST',
  OLDEST_FIRST = 'OLDEST_FIRST',
}
registerEnumType(HistoryOrder, {
  name: 'HistoryOrder',
  description: 'Which end of a history comes first.',
  valuesConfig: {
    NEWEST_FIRST: { description: 'What happened last.' },
    OLDEST_FIRST: { description: 'What happened first.' },
  },
});

@InputType({ description: 'What a history is to be about.' })
export class EntityFilter {
  @Field(() => EntityKindEnum, { nullable: true, description: 'Everything of this kind.' })
  kind?: EntityKind | null;

  @Field(() => ID, { nullable: true, description: 'One thing alone.' })
  id?: GlobalId | null;
}

@ArgsType()
export class HistoryPageArgs {
  @Field(() => ID, { nullable: true, description: 'Only what this actor did: its `id`.' })
  actor?: GlobalId | null;

  @Field(() => [EventTypeEnum], { nullable: true, description: 'Only events of one of these types.' })
  types?: string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only what happened at this time or later.' })
  since?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only what happened before this time.' })
  until?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: `Only entries with this text in their sentence, reason or the name of what they are about, whatever its case: at most ${TEXT_LENGTH} characters. It looks at so many events a request: see \`cutShort\`.`,
  })
  search?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what the command with this id caused. It is looked for as a text of `search` is: see `cutShort`.',
  })
  commandId?: string | null;

  @Field(() => HistoryOrder, { defaultValue: HistoryOrder.NEWEST_FIRST, description: 'Which end comes first.' })
  order: HistoryOrder;

  @Field(() => Int, {
    nullable: true,
    description: `How many from the start: at most ${PAGE}. Neither \`first\` nor \`last\`: the first ${DEFAULT_PAGE}.`,
  })
  first?: number | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'Only what comes after this place of the same project’s history, in the order asked for.',
  })
  after?: Cursor | null;

  @Field(() => Int, { nullable: true, description: `How many from the end: at most ${PAGE}.` })
  last?: number | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'Only what comes before this place of the same project’s history, in the order asked for.',
  })
  before?: Cursor | null;
}

@ArgsType()
export class HistoryArgs extends HistoryPageArgs {
  @Field(() => EntityFilter, { nullable: true, description: 'Only what is about this.' })
  entity?: EntityFilter | null;
}

/** What the history is to be about. Throws BAD_REQUEST at a filter that says nothing, or an id that cannot be meant. */
export function aboutEntity(projectId: string, { entity }: HistoryArgs): About | undefined {
  if (!isGiven(entity)) return undefined;
  const about = aboutOf(entity, projectId, { kind: 'entity.kind', id: 'entity.id' });
  if (about === undefined) throw bad('`entity` must have a `kind` or an `id`, or be left out.');
  return about;
}

/** The query that the arguments ask for. Throws BAD_REQUEST at those that no history could answer. */
export function historyQuery(projectId: string, args: HistoryPageArgs, about: About | undefined): HistoryQuery {
  const { actor, types, since, until, search, commandId, first, last, after, before, order } = args;
  if (isGiven(first) && isGiven(last)) throw bad('Give `first` or `last`, not both.');
  for (const [argument, count] of Object.entries({ first, last })) {
    if (isGiven(count) && (count < 0 || count > PAGE))
      throw bad(`\`${argument}\` must be from 0 to ${PAGE}, not ${count}. Page with \`after\` and \`before\`.`);
  }
  if (isGiven(since) && isGiven(until) && since >= until)
    throw bad(`\`since\` must be before \`until\`: nothing happens from ${since.toISOString()} on and before ${until.toISOString()}.`);
  for (const [argument, text] of Object.entries({ search, commandId, 'entity.id': about?.id })) {
    if (longerThan(text ?? '', TEXT_LENGTH)) throw bad(`\`${argument}\` must have at most ${TEXT_LENGTH} characters.`);
  }
  refuseForeign('after', after, projectId);
  refuseForeign('before', before, projectId);
  const newestFirst = order === HistoryOrder.NEWEST_FIRST;
  const [older, newer] = newestFirst ? [before, after] : [after, before];
  return {
    having: [
      ...(isGiven(about) ? [[isGiven(about.id) ? label.entity(about.kind, about.id) : label.kind(about.kind)]] : []),
      ...(isGiven(actor) ? [[label.actor(actorOf(actor, 'actor'))]] : []),
      ...(isGiven(types) ? [Array.from(new Set(types), label.type)] : []),
    ],
    ...(older ? { after: older.revision } : {}),
    ...(newer ? { before: newer.revision } : {}),
    ...(isGiven(since) ? { since: since.getTime() } : {}),
    ...(isGiven(until) ? { until: until.getTime() } : {}),
    ...(search ? { text: foldName(search) } : {}),
    ...(isGiven(commandId) ? { commandId } : {}),
    limit: last ?? first ?? DEFAULT_PAGE,
    // The end of a list is the start of the list in the other order.
    newestFirst: newestFirst !== isGiven(last),
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function bad(message: string): RequestError {
  return new RequestError('BAD_REQUEST', message);
}
