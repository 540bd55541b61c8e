import { Arg, Args, Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { configs, experiments, flags, goals, keys, segments } from '../projections/entities';
import { exclusivity } from '../projections/exclusivity';
import type { ProjectDocument } from '../projections/projects';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import { Config, ConfigConnection, ConfigStatus } from './config';
import { page } from './connection';
import type { Context } from './context';
import { Exclusivity } from './exclusivity';
import { Experiment, ExperimentConnection, ExperimentStatus } from './experiment';
import { Flag, FlagConnection, FlagStatus } from './flag';
import { Goal, GoalConnection } from './goal';
import { Key, KeyConnection } from './key';
import { RowsArgs } from './list';
import { Project } from './project';
import { Segment, SegmentConnection } from './segment';
import { listedWith, STATUS_FILTER } from './status-filter';

/** What a project consists of, below the project itself: so the whole of it can be asked as it was, as easily as it is. */
@Resolver(() => Project)
export class ProjectContents {
  @FieldResolver(() => Key, { nullable: true, description: 'One key by its name, archived or not; null if there is none.' })
  key(@Root() { id }: ProjectDocument, @Arg('name', () => String, { description: 'The name.' }) name: string, @Ctx() { reader }: Context) {
    return reader.get(keys, id, name);
  }

  @FieldResolver(() => KeyConnection, { description: 'Its keys.' })
  keys(@Root() { id }: ProjectDocument, @Args(() => RowsArgs) args: RowsArgs, @Ctx() context: Context) {
    return page(context, id, keys, args);
  }

  @FieldResolver(() => Segment, { nullable: true, description: 'One segment by its id, archived or not; null if there is none.' })
  segment(@Root() project: ProjectDocument, @Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() { reader }: Context) {
    return reader.get(segments, project.id, id);
  }

  @FieldResolver(() => SegmentConnection, { description: 'Its segments.' })
  segments(@Root() { id }: ProjectDocument, @Args(() => RowsArgs) args: RowsArgs, @Ctx() context: Context) {
    return page(context, id, segments, args);
  }

  @FieldResolver(() => Goal, { nullable: true, description: 'One goal by its id, archived or not; null if there is none.' })
  goal(@Root() project: ProjectDocument, @Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() { reader }: Context) {
    return reader.get(goals, project.id, id);
  }

  @FieldResolver(() => GoalConnection, { description: 'Its goals.' })
  goals(@Root() { id }: ProjectDocument, @Args(() => RowsArgs) args: RowsArgs, @Ctx() context: Context) {
    return page(context, id, goals, args);
  }

  @FieldResolver(() => Exclusivity, { description: 'Whether its A/B tests are mutually exclusive.' })
  exclusivity(@Root() { id }: ProjectDocument, @Ctx() { reader }: Context) {
    return reader.get(exclusivity, id, EXCLUSIVITY.id);
  }

  @FieldResolver(() => Flag, { nullable: true, description: 'One flag by its id, archived or not; null if there is none.' })
  flag(@Root() project: ProjectDocument, @Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() { reader }: Context) {
    return reader.get(flags, project.id, id);
  }

  @FieldResolver(() => FlagConnection, { description: 'Its flags.' })
  flags(
    @Root() { id }: ProjectDocument,
    @Arg('status', () => [FlagStatus], { nullable: true, description: STATUS_FILTER }) status: FlagStatus[] | null,
    @Args(() => RowsArgs) args: RowsArgs,
    @Ctx() context: Context,
  ) {
    return page(context, id, flags, listedWith(args, status), status);
  }

  @FieldResolver(() => Config, { nullable: true, description: 'One config by its id, archived or not; null if there is none.' })
  config(@Root() project: ProjectDocument, @Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() { reader }: Context) {
    return reader.get(configs, project.id, id);
  }

  @FieldResolver(() => ConfigConnection, { description: 'Its configs.' })
  configs(
    @Root() { id }: ProjectDocument,
    @Arg('status', () => [ConfigStatus], { nullable: true, description: STATUS_FILTER }) status: ConfigStatus[] | null,
    @Args(() => RowsArgs) args: RowsArgs,
    @Ctx() context: Context,
  ) {
    return page(context, id, configs, listedWith(args, status), status);
  }

  @FieldResolver(() => Experiment, { nullable: true, description: 'One experiment by its id, archived or not; null if there is none.' })
  experiment(@Root() project: ProjectDocument, @Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() { reader }: Context) {
    return reader.get(experiments, project.id, id);
  }

  @FieldResolver(() => ExperimentConnection, { description: 'Its experiments.' })
  experiments(
    @Root() { id }: ProjectDocument,
    @Arg('status', () => [ExperimentStatus], { nullable: true, description: STATUS_FILTER }) status: ExperimentStatus[] | null,
    @Args(() => RowsArgs) args: RowsArgs,
    @Ctx() context: Context,
  ) {
    return page(context, id, experiments, listedWith(args, status), status);
  }
}
