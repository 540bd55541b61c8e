import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../src/domain/json';
import type { Reason, SourceKind } from '../src/evaluation/outcome';
import type { StandingState } from '../src/evaluation/standing';
import { describedEnum } from './enums';
import { listOf } from './list';
import { ForcedVariant } from './user-actions';
import { DateTimeScalar, JsonScalar } from './scalars';

const EvaluationReason = describedEnum<Reason>('EvaluationReason', 'Why a value is served, in the words of OpenFeature.', {
  STATIC: 'Everyone gets it, or nothing that is targeted took the user.',
  TARGETING_MATCH: 'The user is in an audience.',
  SPLIT: 'The user is in a sample, or in a variant of an experiment.',
  DISABLED: 'It is the default, since what would give the key a value is paused.',
});

const EvaluationSource = describedEnum<SourceName>(
  'EvaluationSource',
  'What can give a key its value, in the order in which it is asked.',
  {
    OVERRIDE: 'A variant that was forced for a test user.',
    EXPERIMENT: 'A running experiment that the user is in.',
    ROLLOUT: 'An experiment that was rolled out.',
    FLAG: 'A live flag.',
    CONFIG: 'A live config.',
    DEFAULT: 'The default of the key.',
  },
);

export const StandingEnum = describedEnum<StandingState>('ExperimentStanding', 'How a user stands to a running experiment.', {
  ASSIGNED: 'The user is in it, until it ends.',
  TAKES: 'It would take the user when one of its keys is evaluated.',
  CONFLICT: 'The user is in an experiment that it must not share users with.',
  OUTSIDE_SAMPLE: 'Its traffic does not have the user.',
  OUTSIDE_AUDIENCE: 'Its audience does not have the user.',
  TEST_USER: 'The user has a forced variant, and is assigned to nothing.',
  NO_USER: 'No user id was given.',
});

export type SourceName = Uppercase<SourceKind>;
export const sourceName = (source: SourceKind): SourceName => source.toUpperCase() as SourceName;

@ObjectType({ description: 'One node of a rule, and whether it has the user.' })
export class RuleFinding {
  @Field(() => Boolean, { description: 'Whether it has the user.' })
  matched: boolean;

  @Field(() => String, { description: '`all of`, `any of`, `not`, or the condition in words.' })
  text: string;

  @Field(() => String, { nullable: true, description: 'What was there instead, of a condition that does not have the user.' })
  instead: string | null;

  @Field(() => Int, { description: 'How deep it is in the rule; 0 is the rule itself. The nodes of a rule come in its order.' })
  depth: number;
}

@ObjectType({ description: 'One thing that could have given a key its value.' })
export class EvaluationStep {
  @Field(() => EvaluationSource, { description: 'What it is.' })
  source: SourceName;

  @Field(() => ID, { nullable: true, description: 'The local id of the experience; null: the default of the key.' })
  entityId: string | null;

  @Field(() => String, { nullable: true, description: 'The name of the experience; null: the default of the key.' })
  name: string | null;

  @Field(() => String, { nullable: true, description: 'The row or variant.' })
  variant: string | null;

  @Field(() => Boolean, { description: 'Whether it gives the key its value.' })
  serves: boolean;

  @Field(() => String, { description: 'Why, in words.' })
  why: string;

  @Field(() => [RuleFinding], { description: 'Each condition of the audience, where one was asked.', complexity: listOf(3) })
  audience: readonly RuleFinding[];
}

@ObjectType({ description: 'The value of a key for a user.' })
export class EvaluatedKey {
  @Field(() => String, { description: 'The name of the key.' })
  key: string;

  @Field(() => JsonScalar, { nullable: true, description: 'The value.' })
  value: Json;

  @Field(() => EvaluationReason, { description: 'Why, in the words of OpenFeature.' })
  reason: Reason;

  @Field(() => EvaluationSource, { description: 'What gives it.' })
  source: SourceName;

  @Field(() => String, { nullable: true, description: 'The row or variant that gives it.' })
  variant: string | null;

  @Field(() => [EvaluationStep], {
    description: 'Everything that could have given the key a value and did not, and at the end what does.',
    complexity: listOf(3),
  })
  steps: readonly EvaluationStep[];
}

@ObjectType({ description: 'An experiment that keeps a user out of another one.' })
export class ExperimentInTheWay {
  @Field(() => ID, { description: 'The local id of the experiment.' })
  entityId: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;
}

@ObjectType({ description: 'A running experiment, and whether a user is in it.' })
export class StandingInExperiment {
  @Field(() => ID, { description: 'The local id of the experiment.' })
  entityId: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => StandingEnum, { description: 'How the user stands to it.' })
  standing: StandingState;

  @Field(() => String, { nullable: true, description: 'The variant that the user is in or would be in; `holdout`: held out.' })
  variant: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when the user is in it.' })
  assignedAt: Date | null;

  @Field(() => Float, { nullable: true, description: 'The revision of the project that assigned the user.' })
  assignedRevision: number | null;

  @Field(() => String, { description: 'Why, in words.' })
  why: string;

  @Field(() => [ExperimentInTheWay], {
    description: 'The experiments that have the user, or take the user first, and share no users with this one.',
    complexity: listOf(3),
  })
  inTheWay: readonly ExperimentInTheWay[];

  @Field(() => [RuleFinding], { description: 'Each condition of its audience, where it was asked.', complexity: listOf(3) })
  audience: readonly RuleFinding[];
}

@ObjectType({ description: 'How a user stands to the experiments of a project.' })
export class ExperimentsOfUser {
  @Field(() => Float, { description: 'The revision of the set-up that this is by.' })
  revision: number;

  @Field(() => [StandingInExperiment], { description: 'The running experiments, in the order of their starts.', complexity: listOf(20) })
  experiments: readonly StandingInExperiment[];

  @Field(() => [ForcedVariant], { description: 'The variants that are forced for the user.', complexity: listOf(3) })
  forced: readonly ForcedVariant[];
}

@ObjectType({ description: 'What a user gets, and why.' })
export class Evaluation {
  @Field(() => Float, { description: 'The revision of the set-up that it was evaluated by.' })
  revision: number;

  @Field(() => [EvaluatedKey], {
    description: 'The values, in the order of the names that were asked for, or of all names.',
    complexity: listOf(50),
  })
  keys: readonly EvaluatedKey[];

  @Field(() => [StandingInExperiment], { description: 'The running experiments, in the order of their starts.', complexity: listOf(20) })
  experiments: readonly StandingInExperiment[];

  @Field(() => String, { nullable: true, description: 'What the answer rests on, where that is not the present alone.' })
  remark: string | null;
}
