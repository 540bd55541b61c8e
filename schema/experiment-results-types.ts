import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { GoalRole } from '../src/domain/analysis';
import type { Cursor } from '../src/domain/cursor';
import type { Measure } from '../src/domain/goal';
import type { Comparison } from '../src/results/comparison';
import { describedEnum } from './enums';
import { GoalRoleEnum } from './experiment-analysis';
import { DirectionEnum, MeasureEnum } from './goal';
import { listOf } from './list';
import { ResultEstimate, ResultFigure } from './result-figures';
import { ResultsCheck, ResultsConclusion } from './results-checks';
import { ExperimentDecision } from './experiment-decision';
import { CursorScalar, DateTimeScalar, PercentScalar } from './scalars';

type Guarded = NonNullable<Comparison['guarded']>;

const Correction = describedEnum<Comparison['correction']>('PValueCorrection', 'How p-values are corrected where there are several.', {
  HOLM: 'By Holm, over the primary goals: the chance that any of them is found by chance stays below alpha.',
  BENJAMINI_HOCHBERG: 'By Benjamini and Hochberg, over all others: of what is found, a share is by chance. To explore, not to decide.',
  NONE: 'Not at all.',
});

const GuardrailState = describedEnum<Guarded>('GuardrailState', 'What is known of a guardrail.', {
  NOT_HURT: 'It is not worse by more than its margin.',
  HURT: 'It is worse.',
  NOT_KNOWN: 'Neither can be said yet.',
});

@ObjectType({ simpleResolvers: true, description: 'A variant of a test, or its holdout group.' })
export class ResultsVariant {
  @Field(() => String, { description: 'The id of the variant, or `holdout`.' })
  variant: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => Boolean, { description: 'Whether it is control.' })
  control: boolean;

  @Field(() => PercentScalar, { nullable: true, description: 'Its share of the test’s users; null: the holdout group has none.' })
  weight: number | null;

  @Field(() => Int, { description: 'Users who were served it, mature or not.' })
  users: number;
}

@ObjectType({ simpleResolvers: true, description: 'What one goal came to in one variant.' })
export class ResultsFigure {
  @Field(() => String, { description: 'The variant.' })
  variant: string;

  @Field(() => ResultFigure, { description: 'Its mean, with an interval.' })
  figure: ResultFigure;
}

@ObjectType({ simpleResolvers: true, description: 'One variant beside control by one goal.' })
export class ResultsComparison {
  @Field(() => String, { description: 'The variant.' })
  variant: string;

  @Field(() => ResultEstimate, { description: 'As it was measured.' })
  plain: ResultEstimate;

  @Field(() => ResultEstimate, { description: 'With CUPED: what users did before is taken out.' })
  adjusted: ResultEstimate;

  @Field(() => Boolean, { description: 'Whether the numbers with CUPED decide, which was frozen by the start.' })
  adjustedDecides: boolean;

  @Field(() => [String], { description: 'What is lacking before this can decide, in words.' })
  lacking: readonly string[];

  @Field(() => Correction, { description: 'How its p-value is corrected, since there are several.' })
  correction: Comparison['correction'];

  @Field(() => Float, { nullable: true, description: 'The p-value after that; null: it has none.' })
  correctedP: number | null;

  @Field(() => GuardrailState, { nullable: true, description: 'Of a guardrail: whether it is hurt; null: it is none.' })
  guarded: Guarded | null;
}

@ObjectType({ simpleResolvers: true, description: 'One variant up to a day.' })
export class ResultsSeriesVariant {
  @Field(() => String, { description: 'The variant.' })
  variant: string;

  @Field(() => ResultFigure, { description: 'Its mean, with an interval.' })
  figure: ResultFigure;

  @Field(() => ResultEstimate, { nullable: true, description: 'Beside control, as it was measured; null: it is control or the holdout.' })
  plain: ResultEstimate | null;

  @Field(() => ResultEstimate, { nullable: true, description: 'The same with CUPED.' })
  adjusted: ResultEstimate | null;
}

@ObjectType({ simpleResolvers: true, description: 'All mature users who were first exposed up to a day.' })
export class ResultsSeriesDay {
  @Field(() => String, { description: 'The UTC day, as 2026-11-28.' })
  day: string;

  @Field(() => [ResultsSeriesVariant], { description: 'Each variant, and the holdout group.', complexity: listOf(3) })
  variants: readonly ResultsSeriesVariant[];
}

@ObjectType({ simpleResolvers: true, description: 'What one goal of a test came to.' })
export class ResultsGoal {
  @Field(() => String, { description: 'The local id of the goal.' })
  entityId: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => GoalRoleEnum, { description: 'What it is for in the test.' })
  role: GoalRole;

  @Field(() => Boolean, { description: 'Whether it was added after the start, so that it never decides.' })
  addedLater: boolean;

  @Field(() => MeasureEnum, { description: 'What it counts of one user.' })
  measure: Measure['measure'];

  @Field(() => DirectionEnum, { description: 'Which is better.' })
  direction: Measure['direction'];

  @Field(() => Int, { description: 'How many days after the first exposure count.' })
  windowDays: number;

  @Field(() => [ResultsFigure], { description: 'Each variant alone, and the holdout group.', complexity: listOf(3) })
  figures: readonly ResultsFigure[];

  @Field(() => [ResultsComparison], { description: 'Each variant beside control.', complexity: listOf(3) })
  comparisons: readonly ResultsComparison[];
}

@ObjectType({ simpleResolvers: true, description: 'A change of what control gives, while the test ran.' })
export class BaselineChange {
  @Field(() => Int, { description: 'The revision of the event.' })
  revision: number;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at: Date;
}

@ObjectType({ simpleResolvers: true, description: 'The shares of a test’s users beside what was planned.' })
export class SampleRatio {
  @Field(() => Float, { description: 'The e-value: an alarm from 1,000 on, valid at every look.' })
  evidence: number;

  @Field(() => Boolean, { description: 'Whether the shares are not as planned.' })
  alarm: boolean;

  @Field(() => Float, { description: 'Pearson’s statistic, to show.' })
  chiSquared: number;

  @Field(() => Float, { description: 'Its p-value, which is valid at one look alone.' })
  p: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a test shows: a function of the history up to `cursor` and of what was received up to `receivedUpTo`.',
})
export class ExperimentResults {
  @Field(() => ID, { description: 'The local id of the experiment.' })
  entityId: string;

  @Field(() => String, { description: 'Its name then.' })
  name: string;

  @Field(() => CursorScalar, { description: 'Give it as `upTo` to have the same again.' })
  cursor: Cursor;

  @Field(() => DateTimeScalar, { description: 'Give it as `receivedUpTo` to have the same again.' })
  receivedUpTo: Date;

  @Field(() => String, { description: 'Of all that the results are made of: equal digests are equal results.' })
  digest: string;

  @Field(() => String, { nullable: true, description: 'What is to be known about how far back they reach; null: nothing.' })
  remark: string | null;

  @Field(() => ExperimentDecision, { nullable: true, description: 'The decision that was asked for; null: none was.' })
  decision: ExperimentDecision | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether these are the very results that `decision` was made on, by their digests; if not, `remark` says why. null: none was asked for.',
  })
  reproduced: boolean | null;

  @Field(() => DateTimeScalar, { description: 'When the test started.' })
  startedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null: it runs.' })
  endedAt: Date | null;

  @Field(() => Int, { description: 'How many whole days it had run.' })
  days: number;

  @Field(() => Boolean, { description: 'Whether nothing changes any more: the last window of the last user has closed.' })
  closed: boolean;

  @Field(() => Int, { description: 'How many statements share alpha: primary goals times variants but control.' })
  hypotheses: number;

  @Field(() => [ResultsCheck], { description: 'To be read first.' })
  checks: readonly ResultsCheck[];

  @Field(() => [ResultsConclusion], { description: 'One for each variant but control.' })
  conclusions: readonly ResultsConclusion[];

  @Field(() => [ResultsVariant], { description: 'Its variants, and the holdout group last.' })
  variants: readonly ResultsVariant[];

  @Field(() => SampleRatio, { nullable: true, description: 'Their shares beside what was planned; null: no users yet.' })
  sampleRatio: SampleRatio | null;

  @Field(() => Int, { description: 'Users who were seen in two variants, and are left out.' })
  inTwoVariants: number;

  @Field(() => Int, { description: 'Exposures at or after the revision of the end, which are left out.' })
  exposuresAfterEnd: number;

  @Field(() => [BaselineChange], { description: 'Where what control gives changed.' })
  baselineChanges: readonly BaselineChange[];
}
