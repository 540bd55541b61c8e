import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { goals, type GoalDocument } from '../projections/entities';
import type { Cursor } from '../src/domain/cursor';
import { GOAL_FILTERS, measureText } from '../src/domain/goal';
import type { PropertyCondition } from '../src/domain/rule';
import { PropertyConditionInput } from './condition-input';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Entity, Usage } from './entity';
import { ListArgs } from './list';
import { resultOf } from './outcome';
import { CommandInput, EditInput, named, perform } from './perform';
import { reach } from './reach';
import { CursorScalar, JsonScalar } from './scalars';

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'An event which counts as a conversion.' })
export class Goal extends Entity {
  @Field(() => ID, { description: 'Its id, which never changes.' })
  id: string;

  @Field(() => String, { description: 'Its name: unique among the goals that are not archived.' })
  name: string;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => String, { description: 'The event that counts, as the app sends it.' })
  event: string;

  @Field(() => JsonScalar, {
    description:
      'What the event’s properties must be for it to count: a list in the shape of [PropertyConditionInput!], which can be given back as it is.',
  })
  filters: readonly PropertyCondition[];

  @Field(() => Boolean, {
    description: 'Whether it is archived: not to be chosen for new use, and its name is free. Results that have it keep it.',
  })
  archived: boolean;
}

const GoalResult = resultOf(Goal, 'Goal');
export const GoalConnection = connectionType(Goal, 'Goal');

const NAME = 'Its name: 1 to 120 characters. No other goal that is not archived has it, whatever its case.';
const EVENT = 'The event that counts, as the app sends it: 1 to 200 characters, and its case counts.';

@InputType({ description: 'A new goal.' })
export class CreateGoalInput extends CommandInput {
  @Field(() => String, { description: NAME })
  name: string;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;

  @Field(() => String, { description: EVENT })
  event: string;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: `Only events whose properties pass all of these count: at most ${GOAL_FILTERS}.`,
  })
  filters?: PropertyConditionInput[] | null;
}

@InputType({
  description:
    'What to change of a goal; a field that is left out stays as it is. What it measures is fixed once an experiment has started with it.',
})
export class EditGoalInput extends EditInput {
  @Field(() => ID, { description: 'The goal.' })
  id: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The new description: at most 2,000 characters.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: EVENT })
  event?: string | null;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: `The new filters, all of them: at most ${GOAL_FILTERS}. An empty list: none.`,
  })
  filters?: PropertyConditionInput[] | null;
}

@InputType({ description: 'Which goal.' })
export class GoalInput extends EditInput {
  @Field(() => ID, { description: 'The goal.' })
  id: string;
}

@Resolver(() => Goal)
export class GoalResolver {
  @Query(() => Goal, { nullable: true, description: 'One goal by its id, archived or not; null if there is none.' })
  async goal(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('id', () => ID, { description: 'The id.' }) id: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<GoalDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(goals, projectId, id);
  }

  @Query(() => GoalConnection, { description: 'The goals of a project.' })
  goals(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() context: Context,
  ) {
    return page(context, projectId, goals, args);
  }

  @FieldResolver(() => String, { description: 'What it measures in plain words, on one line: "*Purchase* with price > 10".' })
  measureText(@Root() goal: GoalDocument): string {
    return measureText(goal);
  }

  @FieldResolver(() => [Usage], {
    description: 'Every experiment that measures it, and so keeps it from being archived.',
    complexity: 20,
  })
  usedBy(@Root() { projectId, id }: GoalDocument, @Ctx() context: Context) {
    return context.reader.usagesOf(projectId, { kind: 'goal', id });
  }

  @Mutation(() => GoalResult, { description: 'Creates a goal.' })
  createGoal(@Arg('input', () => CreateGoalInput, { description: 'The new goal.' }) input: CreateGoalInput, @Ctx() context: Context) {
    const { name, description, event, filters } = input;
    const command = { type: 'CreateGoal', name, description: named(description), event, filters: named(filters) } as const;
    return perform(context, input, command, goals);
  }

  @Mutation(() => GoalResult, {
    description: 'Changes a goal’s name or description, or, before an experiment has started with it, what it measures.',
  })
  editGoal(@Arg('input', () => EditGoalInput, { description: 'What to change.' }) input: EditGoalInput, @Ctx() context: Context) {
    const { id, name, description, event, filters, expectedVersion } = input;
    const command = {
      type: 'EditGoal',
      id,
      name: named(name),
      description: named(description),
      event: named(event),
      filters: named(filters),
      expectedVersion: named(expectedVersion),
    } as const;
    return perform(context, input, command, goals, id);
  }

  @Mutation(() => GoalResult, { description: 'Archives a goal that no draft or running experiment measures.' })
  archiveGoal(@Arg('input', () => GoalInput, { description: 'Which goal.' }) input: GoalInput, @Ctx() context: Context) {
    const { id, expectedVersion } = input;
    return perform(context, input, { type: 'ArchiveGoal', id, expectedVersion: named(expectedVersion) }, goals, id);
  }

  @Mutation(() => GoalResult, { description: 'Brings an archived goal back, if its name is still free.' })
  restoreGoal(@Arg('input', () => GoalInput, { description: 'Which goal.' }) input: GoalInput, @Ctx() context: Context) {
    const { id, expectedVersion } = input;
    return perform(context, input, { type: 'RestoreGoal', id, expectedVersion: named(expectedVersion) }, goals, id);
  }
}
