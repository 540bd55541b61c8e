import { Ctx, Field, FieldResolver, ID, InputType, Resolver, Root, type ClassType } from 'type-graphql';
import { segments } from '../projections/entities';
import { queriesOf } from './concept-fields';
import {
  capitalized,
  moveMutations,
  writeMutations,
  type ChangedText,
  type Descriptions,
  type NewText,
  type Written,
} from './concept-mutations';
import { ITS_WORDS, textInputs } from './concept-types';
import type { Context } from './context';
import type { GlobalId, ReadId } from './global-id';
import type { InputNames } from './perform';
import { listOf } from './list';
import { Segment } from './segment';

/* What the rows of flags and configs have in common. */

@InputType()
export abstract class RowInput {
  @Field(() => ID, { nullable: true, description: 'The `row` that this one goes on as; left out, it is a new row.' })
  row?: string | null;

  @Field(() => ID, { nullable: true, description: 'The segment; null or left out: everyone.' })
  segmentId?: GlobalId | null;
}

/** What creates a flag or config, changes one, and says which one: with rows of this type. */
export function rolloutInputs<Row extends RowInput>(kind: 'flag' | 'config', row: ClassType<Row>, rows: string) {
  const { NewInput, OneInput, ChangesInput } = textInputs(kind, ITS_WORDS(kind));
  @InputType()
  abstract class NewRollout extends NewInput {
    @Field(() => [row], { nullable: true, description: `${rows}, the first row first; at most 100.` })
    rows?: Row[] | null;
  }

  @InputType()
  abstract class RolloutChanges extends ChangesInput {
    @Field(() => [row], { nullable: true, description: 'All of its rows from now on, the first row first; at most 100.' })
    rows?: Row[] | null;
  }
  return { NewRollout, OneInput, RolloutChanges };
}

/** The mutations that move a flag or config from status to status. */
function rolloutMoves(kind: 'flag' | 'config', holds: string): Descriptions {
  const verbs = {
    Publish: 'Publishes a draft: it is served from now on.',
    Pause: `Pauses a live ${kind}: it is not served until it is resumed.`,
    Resume: `Resumes a paused ${kind}: it is served again.`,
    Archive: `Archives a ${kind}, live or not: it is not served, and its name and ${holds} are free.`,
    Restore: `Brings an archived ${kind} back: as a draft if it was one, else as paused.`,
  };
  return Object.fromEntries(Object.entries(verbs).map(([verb, description]) => [verb + capitalized(kind), description]));
}

/** All resolvers of a flag or config that are not of its own making: how it is asked for, its rows, and every mutation. */
export function rolloutResolvers<Kind extends 'flag' | 'config', New extends NewText, Changes extends ChangedText>(
  kind: Kind,
  { type, row, statuses, rows, oneInput, holds }: RolloutType,
  written: Omit<Written<Kind, New, Changes>, 'names'>,
): readonly ClassType[] {
  return [
    ...queriesOf(kind, type, statuses),
    ...rowsFields(type, row, rows),
    writeMutations(kind, type, { ...written, names: ROW_NAMES }),
    ...moveMutations(kind, type, oneInput, rolloutMoves(kind, holds)),
  ];
}

interface RolloutType {
  readonly type: ClassType;
  readonly row: ClassType;
  readonly statuses: object;
  /** What its rows say. */
  readonly rows: string;
  readonly oneInput: Parameters<typeof moveMutations>[2];
  /** What it gives up, beside its name, where it is archived. */
  readonly holds: string;
}

/** Rows as commands have them. */
export function rowsOf<Row extends RowInput>(rows: readonly Row[] | null | undefined, localId: ReadId) {
  return rows?.map(({ row, segmentId, ...said }, index) => ({
    ...said,
    ...(row === undefined || row === null ? {} : { id: row }),
    segment: localId(segmentId, 'segment', `rows.${index}.segmentId`) ?? null,
  }));
}

/** Where commands name a row, and its segment, otherwise. */
export const ROW_NAMES: InputNames = [
  [/^(rows\[\d+\])\.segment$/, '$1.segmentId'],
  [/^(rows\[\d+\])\.id$/, '$1.row'],
];

interface Row {
  readonly segment: string | null;
}

/** The rows of a flag or config, each with its segment. */
function rowsFields(type: ClassType, row: ClassType, description: string): readonly ClassType[] {
  @Resolver(() => type)
  class RowsField {
    @FieldResolver(() => [row], { description, complexity: listOf(5) })
    rows(@Root() { projectId, rows }: { readonly projectId: string; readonly rows: readonly Row[] }) {
      return rows.map((one) => ({ ...one, projectId }));
    }
  }

  @Resolver(() => row)
  class RowSegmentField {
    @FieldResolver(() => Segment, { nullable: true, description: 'The segment, as it is now; null: everyone.' })
    segment(@Root() { projectId, segment }: Row & { readonly projectId: string }, @Ctx() { loaders }: Context) {
      return segment === null ? null : loaders.load(segments, projectId, segment);
    }
  }
  return [RowsField, RowSegmentField];
}
