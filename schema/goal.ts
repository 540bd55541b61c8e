import { Field, FieldResolver, InputType, ObjectType, Resolver, Root } from 'type-graphql';
import type { GoalDocument } from '../projections/entities';
import { GOAL_FILTERS, measureText } from '../src/domain/goal';
import type { PropertyCondition } from '../src/domain/rule';
import { queriesOf, usedByField } from './concept-fields';
import { moveMutations, writeMutations } from './concept-mutations';
import { namedType, OTHER_WORDS, textInputs } from './concept-types';
import { PropertyConditionInput } from './condition-input';
import { Entity } from './entity';
import { resultOf } from './outcome';
import { named } from './perform';
import { JsonScalar } from './scalars';

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'An event which counts as a conversion.' })
export class Goal extends namedType('goal', 'Its id, which never changes.') {
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
const { NewInput, OneInput, ChangesInput } = textInputs('goal', OTHER_WORDS('goal'));

const EVENT = 'The event that counts, as the app sends it: 1 to 200 characters, and its case counts.';

@InputType({ description: 'A new goal.' })
export class CreateGoalInput extends NewInput {
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
export class EditGoalInput extends ChangesInput {
  @Field(() => String, { nullable: true, description: EVENT })
  event?: string | null;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: `The new filters, all of them: at most ${GOAL_FILTERS}. An empty list: none.`,
  })
  filters?: PropertyConditionInput[] | null;
}

@Resolver(() => Goal)
class GoalResolver {
  @FieldResolver(() => String, { description: 'What it measures in plain words, on one line: "*Purchase* with price > 10".' })
  measureText(@Root() goal: GoalDocument): string {
    return measureText(goal);
  }
}

export const goalResolvers = [
  GoalResolver,
  ...queriesOf('goal', Goal),
  usedByField(Goal, 'goal', 'Every experiment that measures it, and so keeps it from being archived.'),
  writeMutations('goal', GoalResult, {
    create: [CreateGoalInput, 'Creates a goal.', ({ event, filters }) => ({ event, filters: named(filters) })],
    edit: [
      EditGoalInput,
      'Changes a goal’s name or description, or, before an experiment has started with it, what it measures.',
      ({ event, filters }) => ({ event: named(event), filters: named(filters) }),
    ],
  }),
  ...moveMutations('goal', GoalResult, OneInput, {
    ArchiveGoal: 'Archives a goal that no draft or running experiment measures.',
    RestoreGoal: 'Brings an archived goal back, if its name is still free.',
  }),
];
