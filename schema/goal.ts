import { Field, FieldResolver, Float, InputType, Int, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { GoalDocument } from '../projections/entities';
import { GOAL_FILTERS, measureText, type Measure, type USUAL_MEASURE } from '../src/domain/goal';
import type { PropertyCondition as StoredCondition } from '../src/domain/rule';
import { queriesOf, usedByField } from './concept-fields';
import { moveMutations, writeMutations } from './concept-mutations';
import { namedType, OTHER_WORDS, textInputs } from './concept-types';
import { PropertyConditionInput } from './rule-input';
import { Entity } from './entity';
import { listOf } from './list';
import { named } from './perform';
import { PropertyCondition } from './rule-nodes';
import { JsonScalar } from './scalars';

export const MeasureEnum: { readonly [measure in Measure['measure']]: measure } = { CONVERSION: 'CONVERSION', COUNT: 'COUNT', SUM: 'SUM' };
registerEnumType(MeasureEnum, {
  name: 'GoalMeasure',
  description: 'What a goal counts of one user.',
  valuesConfig: {
    CONVERSION: { description: 'Whether the user did it at least once.' },
    COUNT: { description: 'How often the user did it.' },
    SUM: { description: 'The sum of a numeric property of it.' },
  },
});

export const DirectionEnum: { readonly [direction in Measure['direction']]: direction } = { HIGHER: 'HIGHER', LOWER: 'LOWER' };
registerEnumType(DirectionEnum, {
  name: 'GoalDirection',
  description: 'Which of two results is the better one.',
  valuesConfig: { HIGHER: { description: 'The higher one.' }, LOWER: { description: 'The lower one.' } },
});

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'An event which counts as a conversion.' })
export class Goal extends namedType('goal') {
  @Field(() => String, { description: 'The event that counts, as the app sends it.' })
  event: string;

  @Field(() => JsonScalar, {
    description:
      'What the event’s properties must be for it to count: a list in the shape of [PropertyConditionInput!], which can be given back as it is.',
  })
  filters: readonly StoredCondition[];

  @Field(() => MeasureEnum, { description: 'What counts of one user.' })
  measure: Measure['measure'];

  @Field(() => String, { nullable: true, description: 'Of a SUM, the property that is added up; else null.' })
  property: string | null;

  @Field(() => Float, { nullable: true, description: 'Of a SUM, the most that counts of one user; null: all.' })
  cap: number | null;

  @Field(() => DirectionEnum, { description: 'Which is better.' })
  direction: Measure['direction'];

  @Field(() => Int, { description: 'How many days after the first exposure it counts.' })
  windowDays: number;

  @Field(() => Boolean, {
    description: 'Whether it is archived: not to be chosen for new use, and its name is free. Results that have it keep it.',
  })
  archived: boolean;
}

type Constructor<T> = abstract new () => T;

/** How a goal is measured, as inputs say it: what is not named is as usual, or stays. */
type MeasuredInput = { [Field in keyof typeof USUAL_MEASURE]?: Measure[Field] | null };

export function withMeasure<Base extends object>(base: Constructor<Base>): Constructor<Base & MeasuredInput> {
  @InputType()
  abstract class InputWithMeasure extends (base as Constructor<object>) implements MeasuredInput {
    @Field(() => MeasureEnum, { nullable: true, description: 'What counts of one user. As usual: CONVERSION.' })
    measure?: Measure['measure'] | null;

    @Field(() => String, { nullable: true, description: 'With SUM, and only with it: the numeric property that is added up.' })
    property?: string | null;

    @Field(() => Float, { nullable: true, description: 'With SUM: the most that counts of one user, above 0. null: all.' })
    cap?: number | null;

    @Field(() => DirectionEnum, { nullable: true, description: 'Which is better. As usual: HIGHER.' })
    direction?: Measure['direction'] | null;

    @Field(() => Int, { nullable: true, description: 'How many days after the first exposure it counts: 1 to 90. As usual: 7.' })
    windowDays?: number | null;
  }
  return InputWithMeasure as unknown as Constructor<Base & MeasuredInput>;
}

export const measuredOf = ({ measure, property, cap, direction, windowDays }: MeasuredInput) => ({
  measure: named(measure),
  property,
  cap,
  direction: named(direction),
  windowDays: named(windowDays),
});

const { NewInput, OneInput, ChangesInput } = textInputs('goal', OTHER_WORDS('goal'));

const EVENT = 'The event that counts, as the app sends it: 1 to 200 characters, and its case counts.';

@InputType({ description: 'A new goal.' })
export class CreateGoalInput extends withMeasure(NewInput) {
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
export class EditGoalInput extends withMeasure(ChangesInput) {
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

  @FieldResolver(() => [PropertyCondition], {
    complexity: listOf(2),
    description: 'The filters, one by one. It says the same as `filters`.',
  })
  filterConditions(@Root() { filters }: GoalDocument): readonly StoredCondition[] {
    return filters;
  }
}

export const goalResolvers = [
  GoalResolver,
  ...queriesOf('goal', Goal),
  usedByField(Goal, 'goal', 'Every experiment that measures it, and so keeps it from being archived.'),
  writeMutations('goal', Goal, {
    create: [
      CreateGoalInput,
      'Creates a goal.',
      ({ event, filters, ...input }) => ({ event, filters: named(filters), ...measuredOf(input) }),
    ],
    edit: [
      EditGoalInput,
      'Changes a goal’s name or description, or, before an experiment has started with it, what it measures.',
      ({ event, filters, ...input }) => ({ event: named(event), filters: named(filters), ...measuredOf(input) }),
    ],
  }),
  ...moveMutations('goal', Goal, OneInput, {
    ArchiveGoal: 'Archives a goal that no draft or running experiment measures.',
    RestoreGoal: 'Brings an archived goal back, if its name is still free.',
  }),
];
