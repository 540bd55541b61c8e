import { Arg, Args, Ctx, Field, FieldResolver, ID, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { flags, keys, segments, type FlagDocument } from '../projections/entities';
import type { Cursor } from '../src/domain/cursor';
import type { FlagRow as StoredRow } from '../src/domain/flag';
import type { Json } from '../src/domain/json';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Entity } from './entity';
import { Key } from './key';
import { ListArgs } from './list';
import { listOf } from './list-cost';
import { reach } from './reach';
import { CursorScalar, JsonScalar, PercentScalar } from './scalars';
import { Segment } from './segment';
import { listedWith, STATUS_FILTER } from './status-filter';

export enum FlagStatus {
  DRAFT = 'DRAFT',
  LIVE = 'LIVE',
  PAUSED = 'PAUSED',
  ARCHIVED = 'ARCHIVED',
}
registerEnumType(FlagStatus, {
  name: 'FlagStatus',
  description: 'Where a flag is in its life. Only LIVE is served.',
  valuesConfig: {
    DRAFT: { description: 'Never published. It can be published.' },
    LIVE: { description: 'Served. It can be paused.' },
    PAUSED: { description: 'Published, but not served for now. It can be resumed.' },
    ARCHIVED: { description: 'Put away: it holds neither its name nor its key. Restored, it is DRAFT or PAUSED.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Who gets the value. The first row that matches the user, and whose sample takes the user, wins.',
})
export class FlagRow {
  @Field(() => ID, { description: 'Its id in the flag, which it keeps: the sample of users is drawn by it.' })
  id: string;

  @Field(() => PercentScalar, { description: 'The part of those users who get the value, in percent.' })
  percentage: number;

  @Field(() => JsonScalar, { nullable: true, description: 'What they get: of the key’s type. null only if the type is JSON.' })
  value: Json;
}

type FlagRowRoot = StoredRow & { readonly projectId: string };

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'One key with a value for some users.' })
export class Flag extends Entity {
  @Field(() => ID, { description: 'Its id.' })
  id: string;

  @Field(() => String, { description: 'Its name: unique among the flags that are not archived.' })
  name: string;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => FlagStatus, { description: 'Where it is in its life.' })
  status: FlagStatus;

  @Field(() => FlagStatus, { nullable: true, description: 'What it was before it was archived; null: it is not archived.' })
  archivedFrom: FlagStatus | null;
}

export const FlagConnection = connectionType(Flag, 'Flag');

@Resolver(() => FlagRow)
export class FlagRowResolver {
  @FieldResolver(() => Segment, { nullable: true, description: 'The segment, as it is now; null: everyone.' })
  segment(@Root() { projectId, segment }: FlagRowRoot, @Ctx() { loaders }: Context) {
    return segment === null ? null : loaders.load(segments, projectId, segment);
  }
}

@Resolver(() => Flag)
export class FlagResolver {
  @Query(() => Flag, { nullable: true, description: 'One flag by its id, archived or not; null if there is none.' })
  async flag(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('id', () => ID, { description: 'The id.' }) id: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<FlagDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(flags, projectId, id);
  }

  @Query(() => FlagConnection, { description: 'The flags of a project.' })
  flags(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('status', () => [FlagStatus], { nullable: true, description: STATUS_FILTER }) status: FlagStatus[] | null,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() context: Context,
  ) {
    return page(context, projectId, flags, listedWith(args, status), status);
  }

  @FieldResolver(() => Key, { description: 'The key that it gives values for.' })
  key(@Root() { projectId, key }: FlagDocument, @Ctx() { loaders }: Context) {
    return loaders.load(keys, projectId, key);
  }

  @FieldResolver(() => [FlagRow], { description: 'Who gets which value, the first row first.', complexity: listOf(5) })
  rows(@Root() { projectId, rows }: FlagDocument): FlagRowRoot[] {
    return rows.map((row) => ({ ...row, projectId }));
  }
}
