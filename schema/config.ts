import { Arg, Args, Ctx, Field, FieldResolver, ID, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { configs, keys, segments, type ConfigDocument } from '../projections/entities';
import type { ConfigRow as StoredRow } from '../src/domain/config';
import type { Cursor } from '../src/domain/cursor';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Entity } from './entity';
import { Key } from './key';
import { KeyValue } from './key-value';
import { ListArgs } from './list';
import { listOf } from './list-cost';
import { reach } from './reach';
import { CursorScalar } from './scalars';
import { Segment } from './segment';
import { listedWith, STATUS_FILTER } from './status-filter';

export enum ConfigStatus {
  DRAFT = 'DRAFT',
  LIVE = 'LIVE',
  PAUSED = 'PAUSED',
  ARCHIVED = 'ARCHIVED',
}
registerEnumType(ConfigStatus, {
  name: 'ConfigStatus',
  description: 'Where a config is in its life. Only LIVE is served.',
  valuesConfig: {
    DRAFT: { description: 'Never published. It can be published.' },
    LIVE: { description: 'Served. It can be paused.' },
    PAUSED: { description: 'Published, but not served for now. It can be resumed.' },
    ARCHIVED: { description: 'Put away: it holds neither its name nor its keys. Restored, it is DRAFT or PAUSED.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Who gets which values. For each key, the first row that matches the user and has the key wins.',
})
export class ConfigRow {
  @Field(() => ID, { description: 'Its id in the config, which it keeps.' })
  id: string;

  @Field(() => [KeyValue], { description: 'What they get: values for some or all of the config’s keys.', complexity: listOf(5) })
  values: KeyValue[];
}

type ConfigRowRoot = StoredRow & { readonly projectId: string };

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'Several keys with values per segment.' })
export class Config extends Entity {
  @Field(() => ID, { description: 'Its id.' })
  id: string;

  @Field(() => String, { description: 'Its name: unique among the configs that are not archived.' })
  name: string;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => ConfigStatus, { description: 'Where it is in its life.' })
  status: ConfigStatus;

  @Field(() => ConfigStatus, { nullable: true, description: 'What it was before it was archived; null: it is not archived.' })
  archivedFrom: ConfigStatus | null;
}

export const ConfigConnection = connectionType(Config, 'Config');

@Resolver(() => ConfigRow)
export class ConfigRowResolver {
  @FieldResolver(() => Segment, { nullable: true, description: 'The segment, as it is now; null: everyone.' })
  segment(@Root() { projectId, segment }: ConfigRowRoot, @Ctx() { loaders }: Context) {
    return segment === null ? null : loaders.load(segments, projectId, segment);
  }
}

@Resolver(() => Config)
export class ConfigResolver {
  @Query(() => Config, { nullable: true, description: 'One config by its id, archived or not; null if there is none.' })
  async config(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('id', () => ID, { description: 'The id.' }) id: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<ConfigDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(configs, projectId, id);
  }

  @Query(() => ConfigConnection, { description: 'The configs of a project.' })
  configs(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('status', () => [ConfigStatus], { nullable: true, description: STATUS_FILTER }) status: ConfigStatus[] | null,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() context: Context,
  ) {
    return page(context, projectId, configs, listedWith(args, status), status);
  }

  @FieldResolver(() => [Key], { description: 'The keys that it gives values for.', complexity: listOf(5) })
  keys(@Root() config: ConfigDocument, @Ctx() { loaders }: Context) {
    return loaders.loadAll(keys, config.projectId, config.keys);
  }

  @FieldResolver(() => [ConfigRow], { description: 'Who gets which values, the first row first.', complexity: listOf(5) })
  rows(@Root() { projectId, rows }: ConfigDocument): ConfigRowRoot[] {
    return rows.map((row) => ({ ...row, projectId }));
  }
}
