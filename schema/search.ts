import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Stamp } from '../projections/stamp';
import { ENTITY_PROJECTIONS } from '../projections/entities';
import type { ProjectionOf } from '../src/read-model/projection';
import type { PluralKind } from '../src/domain/project-state';
import { foldName } from '../src/domain/text';
import type { Context } from './context';
import { EntityReference } from './entity';
import { EntityStatus } from './enums';
import { RequestError } from './error';
import { referenceTo } from './global-id';
import { foldedSearch } from './list';
import { unknownProject } from './reach';

@ObjectType({ simpleResolvers: true, description: 'A thing that was found by its name or description.' })
export class SearchHit extends EntityReference {
  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => Boolean, { description: 'Whether it is archived, or has ended.' })
  archived: boolean;

  @Field(() => EntityStatus, { nullable: true, description: 'Where it is in its life; null: things of its kind have no status.' })
  status: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What a search over all kinds of thing found.' })
export class SearchResult {
  @Field(() => [SearchHit], {
    description:
      'The first of them: what has exactly this name, what begins with it, then all others; of each, what is not archived first.',
  })
  hits: SearchHit[];

  @Field(() => Int, { description: 'How many there are in all.' })
  totalCount: number;
}

type Found = Stamp & {
  readonly id?: string;
  readonly name: string;
  readonly description?: string;
  readonly archived?: boolean;
  readonly status?: string;
};

const MOST = 100;
const KINDS = Object.entries(ENTITY_PROJECTIONS) as unknown as readonly (readonly [PluralKind, ProjectionOf<Found>])[];

@Resolver()
export class SearchResolver {
  @Query(() => SearchResult, {
    nullable: true,
    complexity: ({ args, childComplexity }) => KINDS.length * 10 + Number(args['first']) * childComplexity,
    description: 'Everything in a project that has a text in its name or description, whatever its kind and the case of the text.',
  })
  async search(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('text', () => String, { description: 'The text: 1 to 200 characters.' }) text: string,
    @Arg('first', () => Int, { defaultValue: 20, description: `How many to show: 1 to ${MOST}.` }) first: number,
    @Ctx() { reader }: Context,
  ): Promise<SearchResult> {
    if (text.trim() === '') throw new RequestError('BAD_REQUEST', '`text` must have at least one character that is not a space.');
    if (first < 1 || first > MOST) throw new RequestError('BAD_REQUEST', `\`first\` must be from 1 to ${MOST}, not ${first}.`);
    const folded = foldedSearch('text', text);
    const query = { text: folded, sort: { by: 'name', descending: false }, limit: MOST, from: 'start' } as const;
    const pages = await reader.lists(
      projectId,
      KINDS.map(([, projection]) => [projection, query] as const),
    );
    if (pages.every(({ checkpoint }) => checkpoint === undefined)) throw unknownProject(projectId);
    const hits = pages.flatMap(({ rows }, at) => rows.map(({ document }) => hitOf(KINDS[at]![0], document)));
    return {
      hits: hits.sort((a, b) => rank(a, folded) - rank(b, folded)).slice(0, first),
      totalCount: pages.reduce((sum, { total }) => sum + total, 0),
    };
  }
}

function hitOf(kind: PluralKind, { projectId, id, name, description = '', archived, status }: Found): SearchHit {
  const isArchived = archived ?? (status === 'ARCHIVED' || status === 'ENDED');
  return { ...referenceTo(projectId, { kind, id: id ?? name, name }), description, archived: isArchived, status: status ?? null };
}

/** Sorting is stable, so things of one rank stay in the order of their kinds and names. */
function rank({ name, archived }: SearchHit, folded: string): number {
  const own = foldName(name);
  const closeness = own === folded ? 0 : own.startsWith(folded) ? 1 : own.includes(folded) ? 2 : 3;
  return closeness * 2 + Number(archived);
}
