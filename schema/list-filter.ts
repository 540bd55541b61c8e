import { ArgsType, Field, ID, type ClassType } from 'type-graphql';
import type { Stamp } from '../projections/stamp';
import { usesTag } from '../projections/usage';
import type { Actor, EntityKind } from '../src/domain/event';
import { PLURALS, type EntityOf, type PluralKind } from '../src/domain/project-state';
import { foldName, withArticle } from '../src/domain/text';
import { isUsageKind, usesOf, type Use, type UsageKind } from '../src/domain/usage';
import { actorOf } from './actor';
import type { Context } from './context';
import { RequestError } from './error';
import { identityIn, type GlobalId, type Identity } from './global-id';
import { Sort, type RowsArgs } from './list';
import type { Picking } from './picked-rows';
import { ValueTypeEnum } from './enums';

/** What the rows of a list are filtered by, as far as it fits their kind. */
interface Filters {
  readonly name?: string | null;
  readonly createdBy?: GlobalId | null;
  readonly type?: string | null;
  readonly unused?: boolean | null;
  readonly uses?: GlobalId | null;
}
export type FilteredArgs = RowsArgs & Filters;

/** What a thing of the kind can use; none: nothing. */
const USABLE: { readonly [Kind in UsageKind]: readonly Use['kind'][] } = {
  flag: ['key', 'segment'],
  config: ['key', 'segment'],
  experiment: ['key', 'segment', 'goal'],
};

const isUsed = (kind: PluralKind): kind is Use['kind'] => kind === 'key' || kind === 'segment' || kind === 'goal';

/** The arguments of a list of the kind: those that fit it, and no others. */
export function withFilters(base: ClassType<RowsArgs>, kind: PluralKind): ClassType<FilteredArgs> {
  @ArgsType()
  class Named extends base {
    @Field(() => String, { nullable: true, description: 'Only what has exactly this name, whatever its case.' })
    name?: string | null;

    @Field(() => ID, { nullable: true, description: 'Only what was created by this actor: its `id`.' })
    createdBy?: GlobalId | null;
  }
  if (isUsageKind(kind)) {
    @ArgsType()
    class Using extends Named {
      @Field(() => ID, { nullable: true, description: `Only those that use it: the \`id\` of a ${USABLE[kind].join(' or a ')}.` })
      uses?: GlobalId | null;
    }
    return Using;
  }
  if (!isUsed(kind)) return Named;
  @ArgsType()
  class Used extends Named {
    @Field(() => Boolean, { nullable: true, description: 'true: only those that nothing uses. false: only those that something uses.' })
    unused?: boolean | null;
  }
  if (kind !== 'key') return Used;
  @ArgsType()
  class Typed extends Used {
    @Field(() => ValueTypeEnum, { nullable: true, description: 'Only those whose values are of this type.' })
    type?: string | null;
  }
  return Typed;
}

type Row = Stamp & { readonly id?: string; readonly name: string; readonly type?: string };

/** What must be looked at, of each row, for these arguments; undefined: nothing, since the read models have an index for all of them. */
export async function pickingOf(
  { reader, asOfRevision }: Context,
  projectId: string,
  kind: PluralKind,
  { name, createdBy, type, unused, uses, sort }: FilteredArgs,
): Promise<Picking<object> | undefined> {
  const counts = await (isGiven(unused) || sort === Sort.USED_BY ? usageCounts(reader, projectId, kind) : undefined);
  const countOf = (row: Row): number => counts?.get(usesTag({ kind: kind as Use['kind'], id: row.id ?? row.name })) ?? 0;
  const folded = isGiven(name) ? foldName(name) : undefined;
  const tests: ((row: Row) => boolean)[] = [
    ...(folded === undefined ? [] : [(row: Row) => foldName(row.name) === folded]),
    ...(isGiven(createdBy) ? [createdByTest(actorOf(createdBy, 'createdBy'))] : []),
    ...(isGiven(type) ? [(row: Row) => row.type === type] : []),
    ...(isGiven(unused) ? [(row: Row) => (countOf(row) === 0) === unused] : []),
    ...(isGiven(uses) ? [usingTest(kind, identityIn(uses, projectId, 'uses', asOfRevision))] : []),
  ];
  if (tests.length === 0 && sort !== Sort.USED_BY) return undefined;
  return {
    keeps: (row) => tests.every((test) => test(row as Row)),
    ...(sort === Sort.USED_BY ? { orderOf: (row: object) => countOf(row as Row) } : {}),
  };
}

async function usageCounts(reader: Context['reader'], projectId: string, kind: PluralKind): Promise<ReadonlyMap<string, number>> {
  if (isUsed(kind)) return reader.usageCounts(projectId);
  throw new RequestError(
    'BAD_REQUEST',
    `\`sort\` must not be USED_BY here: nothing uses ${PLURALS[kind]}. It fits keys, segments and goals.`,
  );
}

const createdByTest =
  ({ id, kind }: Actor) =>
  (row: Row): boolean =>
    row.createdBy.id === id && row.createdBy.kind === kind;

function usingTest(kind: PluralKind, uses: Identity): (row: Row) => boolean {
  const usable: readonly EntityKind[] = isUsageKind(kind) ? USABLE[kind] : [];
  if (!isUsageKind(kind) || !usable.includes(uses.kind)) {
    const words = usable.map((each) => withArticle(each)).join(' or ');
    throw new RequestError('BAD_REQUEST', `\`uses\` must be the id of ${words}: no ${kind} uses ${withArticle(uses.kind)}.`);
  }
  return (row) => usesOf(kind, row as unknown as EntityOf<typeof kind>).some((use) => use.kind === uses.kind && use.id === uses.id);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
