import { Arg, Ctx, Field, ID, Int, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import { contentOf } from '../projections/stamp';
import { diff, type EntityChange, type EntityDifference } from '../src/audit/diff';
import { cursorOf, type Cursor } from '../src/domain/cursor';
import { ENTITY_KINDS } from '../src/domain/event';
import { inPercent } from '../src/domain/percent';
import { AsOfInput, LOOK, placeOf, viewOf } from './as-of';
import type { Context } from './context';
import { pageOfDiff } from './diff-page';
import { DOCUMENTS, nameOf } from '../projections/entities';
import { EntityReference } from './entity';
import { changesIn, FieldChange, type ChangeInProject } from './field-change';
import { referenceTo, type Reference } from './global-id';
import { PAGE, listOf } from './list';
import { CursorScalar, DateTimeScalar } from './scalars';

const CHANGES: { readonly [name in EntityChange]: EntityChange } = {
  CREATED: 'CREATED',
  CHANGED: 'CHANGED',
  ARCHIVED: 'ARCHIVED',
  RESTORED: 'RESTORED',
  ABSENT: 'ABSENT',
};
registerEnumType(CHANGES, {
  name: 'EntityChange',
  description: 'How a thing differs between two points.',
  valuesConfig: {
    CREATED: { description: 'It is there at the second point only.' },
    CHANGED: { description: 'It is there at both, and something of it differs.' },
    ARCHIVED: { description: 'It is archived at the second point, and was not at the first. More of it may differ.' },
    RESTORED: { description: 'It is not archived at the second point, and was at the first. More of it may differ.' },
    ABSENT: { description: 'It is not there at the second point, which is then the earlier one: nothing is ever deleted.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How one thing differs between two points.' })
export class EntityDiff {
  @Field(() => EntityReference, { description: 'The thing, by its name at the second point, or at the first if it is not there.' })
  entity: Reference;

  @Field(() => CHANGES, { description: 'What became of it on the whole.' })
  change: EntityChange;

  @Field(() => Int, { nullable: true, description: 'Its version at the first point; null: it was not there.' })
  versionBefore: number | null;

  @Field(() => Int, { nullable: true, description: 'Its version at the second point; null: it was not there.' })
  versionAfter: number | null;

  @Field(() => [FieldChange], {
    description: 'What of it differs, field by field. Who changed it and when is not among them: its history says that.',
    complexity: listOf(5),
  })
  changes: readonly ChangeInProject[];
}

@ObjectType({ simpleResolvers: true, description: 'Which part of a diff a page is.' })
export class DiffPageInfo {
  @Field(() => Boolean, { description: 'Whether more comes after this page.' })
  hasNextPage: boolean;

  @Field(() => String, { nullable: true, description: 'Give it as `after` for the next page; null: the page is empty.' })
  endCursor: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'In what a project differs between two points. To page through it, give its own `from` and `to` as cursors.',
})
export class Diff {
  @Field(() => CursorScalar, { description: 'The first point: the event it is just after.' })
  from: Cursor;

  @Field(() => DateTimeScalar, { description: 'When that event happened.' })
  fromTime: number;

  @Field(() => CursorScalar, { description: 'The second point: the event it is just after.' })
  to: Cursor;

  @Field(() => DateTimeScalar, { description: 'When that event happened.' })
  toTime: number;

  @Field(() => Int, { description: 'How many things differ.' })
  totalCount: number;

  @Field(() => [EntityDiff], {
    description:
      'The things of this page, by kind, each kind in the order of creation. What was changed and changed back is not among them. A page that grows large ends before it has `first`.',
  })
  nodes: EntityDiff[];

  @Field(() => DiffPageInfo, { description: 'Which part of the diff this page is.' })
  pageInfo: DiffPageInfo;
}

const DEFAULT_PAGE = 50;
const COST: ComplexityEstimator = ({ args, childComplexity }) => 2 * LOOK + Number(args['first'] ?? DEFAULT_PAGE) * childComplexity;

@Resolver()
export class DiffResolver {
  @Query(() => Diff, {
    nullable: true,
    description: 'In what a project differs between two points, thing by thing; either may be the earlier one.',
    complexity: COST,
  })
  async diff(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('from', () => AsOfInput, { description: 'The first point: what was.' }) from: AsOfInput,
    @Arg('to', () => AsOfInput, { description: 'The second point: what is.' }) to: AsOfInput,
    @Arg('first', () => Int, { nullable: true, description: `How many things at most: up to ${PAGE}. Left out: ${DEFAULT_PAGE}.` })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Only what comes after this `endCursor` of the same diff.' })
    after: string | null,
    @Ctx() context: Context,
  ): Promise<Diff | undefined> {
    const before = await viewOf(context, projectId, placeOf('from', projectId, from));
    const then = before && (await viewOf(context, projectId, placeOf('to', projectId, to)));
    if (!before || !then) return undefined;
    const contents = ENTITY_KINDS.map((kind) => ({ kind, collection: DOCUMENTS[kind].collection }));
    const found = await diff({
      projectId,
      from: before,
      to: then,
      contents,
      contentOf: (document, kind) => inPercent(kind, contentOf(document)),
    });
    const ends = { from: cursorOf({ projectId, ...before.head }), to: cursorOf({ projectId, ...then.head }) };
    const { page, pageInfo } = pageOfDiff(found, ends, first ?? DEFAULT_PAGE, after);
    return {
      ...ends,
      fromTime: before.head.occurredAt,
      toTime: then.head.occurredAt,
      totalCount: found.length,
      nodes: page.map((difference) => shown(projectId, difference)),
      pageInfo,
    };
  }
}

function shown(projectId: string, { kind, id, change, before, after, changes }: EntityDifference): EntityDiff {
  const name = nameOf((after ?? before ?? {}) as { readonly name?: string });
  const versionOf = (document: typeof before): number | null => (document ? Number(document['version']) : null);
  return {
    entity: referenceTo(projectId, { kind, id, name }),
    change,
    versionBefore: versionOf(before),
    versionAfter: versionOf(after),
    changes: changesIn(projectId, changes),
  };
}
