import { ArgsType, Field, Int, registerEnumType } from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import { foldName, longerThan } from '../src/domain/text';
import type { ListQuery, RowKey } from '../src/read-model/read-model';
import { RequestError } from './error';
import { CursorScalar } from './scalars';

/** The most rows of one page. */
export const PAGE = 500;
/** How many rows a page has if none is said; query cost counts as many. */
const DEFAULT_PAGE = 50;
const SEARCH_LENGTH = 200;

export enum ArchivedFilter {
  EXCLUDE = 'EXCLUDE',
  INCLUDE = 'INCLUDE',
  ONLY = 'ONLY',
}
registerEnumType(ArchivedFilter, {
  name: 'ArchivedFilter',
  description: 'Whether archived things are listed.',
  valuesConfig: {
    EXCLUDE: { description: 'Only what is not archived.' },
    INCLUDE: { description: 'Both.' },
    ONLY: { description: 'Only what is archived.' },
  },
});

export enum Sort {
  NAME = 'name',
  CREATED = 'created',
  UPDATED = 'updated',
  USED_BY = 'usedBy',
}
registerEnumType(Sort, {
  name: 'Sort',
  description: 'What a list is ordered by.',
  valuesConfig: {
    NAME: { description: 'The name, whatever its case.' },
    CREATED: { description: 'When it was created.' },
    UPDATED: { description: 'When it was last changed.' },
    USED_BY: { description: 'How many flags, configs and experiments use it: of keys, segments and goals.' },
  },
});

export enum SortDirection {
  ASCENDING = 'ASCENDING',
  DESCENDING = 'DESCENDING',
}
registerEnumType(SortDirection, {
  name: 'SortDirection',
  description: 'Which end of a list comes first.',
  valuesConfig: {
    ASCENDING: { description: 'A to Z, oldest first.' },
    DESCENDING: { description: 'Z to A, newest first.' },
  },
});

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the start: at most ${PAGE}. Neither \`first\` nor \`last\`: the first ${DEFAULT_PAGE}.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this edge cursor of the same list.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: `How many from the end: at most ${PAGE}.` })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this edge cursor of the same list.' })
  before?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Only what has this text in its name or description, whatever its case: at most ${SEARCH_LENGTH} characters.`,
  })
  search?: string | null;
}

/** Which rows of which list, and in what order. */
@ArgsType()
export class RowsArgs extends PageArgs {
  @Field(() => ArchivedFilter, { defaultValue: ArchivedFilter.EXCLUDE, description: 'Whether archived things are listed.' })
  archived: ArchivedFilter;

  @Field(() => Sort, { defaultValue: Sort.NAME, description: 'What the list is ordered by.' })
  sort: Sort;

  @Field(() => SortDirection, { defaultValue: SortDirection.ASCENDING, description: 'Which end comes first.' })
  direction: SortDirection;
}

@ArgsType()
export class ListArgs extends RowsArgs {
  @Field(() => CursorScalar, { nullable: true, description: 'Wait until the read model shows at least this place of the history.' })
  atLeast?: Cursor | null;
}

/** What tells one list from another, so that an edge cursor of one is noticed in another. */
export interface ListName {
  readonly projectId: string;
  readonly collection: string;
}

/** The query that the arguments ask for. Throws BAD_REQUEST at those that no list could answer. */
export function listQuery(name: ListName, args: RowsArgs, statuses?: readonly string[] | null): ListQuery {
  const { first, last, archived, search } = args;
  if (isGiven(first) && isGiven(last)) throw bad('Give `first` or `last`, not both.');
  for (const [argument, count] of Object.entries({ first, last })) {
    if (isGiven(count) && (count < 0 || count > PAGE))
      throw bad(`\`${argument}\` must be from 0 to ${PAGE}, not ${count}. Page with \`after\` and \`before\`.`);
  }
  const text = foldedSearch('search', search ?? '');
  return {
    collection: name.collection,
    ...(archived === ArchivedFilter.INCLUDE ? {} : { archived: archived === ArchivedFilter.ONLY }),
    ...(statuses && statuses.length > 0 ? { statuses } : {}),
    ...(text === '' ? {} : { text }),
    sort: { by: args.sort === Sort.USED_BY ? Sort.NAME : args.sort, descending: args.direction === SortDirection.DESCENDING },
    after: decodeEdge(name, args, 'after'),
    before: decodeEdge(name, args, 'before'),
    limit: last ?? first ?? DEFAULT_PAGE,
    from: isGiven(last) ? 'end' : 'start',
  };
}

/** A text that is looked for, as the indexes of names and descriptions have theirs. */
export function foldedSearch(argument: string, text: string): string {
  if (longerThan(text, SEARCH_LENGTH)) throw bad(`\`${argument}\` must have at most ${SEARCH_LENGTH} characters.`);
  return foldName(text);
}

const isGiven = (count: number | null | undefined): count is number => count !== null && count !== undefined;

const bad = (message: string): RequestError => new RequestError('BAD_REQUEST', message);

/** Sorted by something else it is another list: the sort value in the cursor would mean nothing there. */
const label = ({ projectId, collection }: ListName, { sort, direction }: RowsArgs): string =>
  `${projectId}/${collection}/${sort}/${direction}`;

export function encodeEdge(name: ListName, args: RowsArgs, { value, id }: RowKey): string {
  return Buffer.from(JSON.stringify([label(name, args), value, id])).toString('base64url');
}

function decodeEdge(name: ListName, args: RowsArgs, argument: 'after' | 'before'): RowKey | undefined {
  const text = args[argument];
  if (text === null || text === undefined) return undefined;
  const [of, value, id] = parseEdge(text);
  if (typeof of !== 'string' || typeof value !== (args.sort === Sort.NAME ? 'string' : 'number') || typeof id !== 'string') {
    throw bad(`\`${argument}\` is no edge cursor: give back the \`cursor\` of an edge exactly as it was received.`);
  }
  if (of !== label(name, args)) {
    throw bad(`\`${argument}\` is an edge cursor of another list: it holds only for the same project, list, sort and direction.`);
  }
  return { value: value as string | number, id };
}

function parseEdge(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parsed) && parsed.length === 3 ? parsed : [];
  } catch {
    return [];
  }
}

/**
 * What a list inside a document costs: its items' cost times as many items as such a list is taken to hold. These lists have no `first`, and what an
 * operation costs is known before anything is read. Their bounds would be no measure: hardly any flag has the 100 rows that it may have.
 */
export function listOf(items: number): (estimate: { readonly childComplexity: number }) => number {
  return ({ childComplexity }) => 1 + items * childComplexity;
}

/** A filter by the status ARCHIVED includes what is archived, whatever `archived` says. */
export function listedWith<A extends RowsArgs>(args: A, statuses: readonly string[] | null | undefined): A {
  if (args.archived !== ArchivedFilter.EXCLUDE || !statuses?.includes('ARCHIVED')) return args;
  return { ...args, archived: ArchivedFilter.INCLUDE };
}

export const STATUS_FILTER = 'Only those in one of these statuses; none: in any. ARCHIVED lists archived ones whatever `archived` says.';
