import { Arg, Ctx, FieldResolver, Float, ID, InputType, Field, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import { TooManyWaiting } from '../src/concurrency/limiter';
import { NoSuchTime, type Report } from '../src/reporting/experiment-results';
import { isMissing } from '../src/results/estimate';
import type { GoalResults } from '../src/results/results';
import { sampleSize } from '../src/results/sample-size';
import { LOOK, lookingBack, placeOf } from './as-of';
import type { Context } from './context';
import { RequestError } from './error';
import { AnalysisMethodEnum } from './experiment-analysis';
import { ExperimentResults, ResultsGoal, ResultsSeriesDay } from './experiment-results-types';
import { MeasureEnum } from './goal';
import type { GlobalId } from './global-id';
import { listOf } from './list-cost';
import { estimateOf, figureOf } from './result-figures';
import { CursorScalar, DateTimeScalar, PercentScalar } from './scalars';
import { thingOf } from './thing';

interface WithReport {
  readonly report: Report;
}
type GoalRoot = ResultsGoal & WithReport;

@Resolver(() => ExperimentResults)
class ExperimentResultsResolver {
  @Query(() => ExperimentResults, {
    nullable: true,
    description:
      'What an experiment shows. null: there is no such project or experiment. `upTo` and `receivedUpTo` take what an earlier answer said, and give it again.',
    complexity: ({ childComplexity }) => childComplexity + LOOK,
  })
  async experimentResults(
    @Arg('id', () => ID, { description: 'The experiment, which has started.' }) given: GlobalId,
    @Arg('projectId', () => ID, {
      nullable: true,
      description: 'The project, which the id names as well: an id of another one is refused.',
    })
    beside: string | null,
    @Arg('upTo', () => CursorScalar, { nullable: true, description: 'The history up to this place; left out, all of it.' })
    upTo: Cursor | null,
    @Arg('receivedUpTo', () => DateTimeScalar, {
      nullable: true,
      description: 'Observations received up to this time, which is at least a minute ago; left out, the last such minute.',
    })
    receivedUpTo: Date | null,
    @Ctx() context: Context,
  ): Promise<(ExperimentResults & WithReport) | undefined> {
    const report = await reportOf(context, { ...thingOf('experiment', { id: given, projectId: beside }), upTo, receivedUpTo });
    return report && { ...resultsFields(report), report };
  }

  @FieldResolver(() => [ResultsGoal], { description: 'What its goals came to.', complexity: listOf(3) })
  goals(@Root() { report }: WithReport): readonly GoalRoot[] {
    return report.results.goals.map((goal) => ({ ...goalFields(goal), report }));
  }
}

@Resolver(() => ResultsGoal)
class ResultsGoalResolver {
  @FieldResolver(() => [ResultsSeriesDay], { description: 'The same day by day of first exposure.', complexity: listOf(60) })
  series(@Root() { report, entityId }: GoalRoot): readonly ResultsSeriesDay[] {
    return report.series(entityId).map(({ day, arms }) => ({
      day,
      variants: arms.map(({ arm, figure, plain, adjusted }) => ({
        variant: arm,
        figure: figureOf(figure),
        plain: plain ? estimateOf(plain) : null,
        adjusted: adjusted ? estimateOf(adjusted) : null,
      })),
    }));
  }
}

export interface ReportArgs {
  readonly projectId: string;
  readonly id: string;
  readonly upTo?: Cursor | null;
  readonly receivedUpTo?: Date | null;
}

/** undefined: there is no such project or experiment. */
async function reportOf(context: Context, { projectId, id, upTo, receivedUpTo }: ReportArgs): Promise<Report | undefined> {
  const place = upTo ? placeOf('upTo', projectId, { cursor: upTo }) : undefined;
  const events = context.history.upTo(projectId, place ?? { kind: 'time', time: Number.MAX_SAFE_INTEGER });
  try {
    const report = await lookingBack(projectId, () => context.results({ projectId, id, events, receivedUpToMs: receivedUpTo?.getTime() }));
    if (report === 'NOT_STARTED')
      throw new RequestError('BAD_REQUEST', `The experiment "${id}" had not started${upTo ? ' at `upTo`' : ''}, so it has no results.`);
    return typeof report === 'string' ? undefined : report;
  } catch (error) {
    if (error instanceof NoSuchTime) throw new RequestError('BAD_REQUEST', `\`receivedUpTo\` ${error.message}.`, error);
    if (error instanceof TooManyWaiting)
      throw new RequestError('LIMIT_EXCEEDED', 'Too many ask for results, all at once. Try again in a moment.', error);
    throw error;
  }
}

function resultsFields({ cursor, receivedUpToMs, past, input, results, digest, remark }: Report): ExperimentResults {
  const users = (id: string): number => results.users.get(id) ?? 0;
  return {
    entityId: past.experiment.id,
    name: past.experiment.name,
    cursor,
    receivedUpTo: new Date(receivedUpToMs),
    digest,
    remark: remark ?? null,
    startedAt: new Date(past.startedAtMs),
    endedAt: past.ended === undefined ? null : new Date(past.ended.atMs),
    days: results.days,
    closed: results.closed,
    hypotheses: results.hypotheses,
    checks: results.checks.map(({ name, status, text, arms }) => ({ name, status, text, variants: arms ?? null })),
    conclusions: results.conclusions.map(({ arm, kind, text, reasons }) => ({ variant: arm, kind, text, reasons })),
    variants: [
      ...input.arms.map(({ id, name, control, weight }) => ({ variant: id, name, control, weight, users: users(id) })),
      ...(input.holdout
        ? [{ variant: input.holdout.id, name: input.holdout.name, control: false, weight: null, users: users(input.holdout.id) }]
        : []),
    ],
    sampleRatio: isMissing(results.sampleRatio) ? null : results.sampleRatio,
    inTwoVariants: input.observed.inTwoVariants,
    exposuresAfterEnd: input.observed.afterEnd ?? 0,
    baselineChanges: past.baselineChanges.map(({ revision, atMs }) => ({ revision, at: new Date(atMs) })),
  };
}

function goalFields({ goal, figures, comparisons }: GoalResults): ResultsGoal {
  const { id, name, role, addedLater = false, measure, direction, windowDays } = goal;
  return {
    entityId: id,
    name,
    role,
    addedLater,
    measure,
    direction,
    windowDays,
    figures: figures.map(({ arm, figure }) => ({ variant: arm, figure: figureOf(figure) })),
    comparisons: comparisons.map(({ arm, plain, adjusted, deciding, lacking, correction, correctedP, guarded }) => ({
      variant: arm.id,
      plain: estimateOf(plain),
      adjusted: estimateOf(adjusted),
      adjustedDecides: deciding === adjusted,
      lacking,
      correction,
      correctedP: correctedP ?? null,
      guarded: guarded ?? null,
    })),
  };
}

@InputType({ description: 'What a test is to find, in control and one variant.' })
class SampleSizeInput {
  @Field(() => AnalysisMethodEnum, { description: 'How its results are read.', defaultValue: 'SEQUENTIAL' })
  method: 'SEQUENTIAL' | 'FIXED';

  @Field(() => MeasureEnum, { description: 'What the goal measures.', defaultValue: 'CONVERSION' })
  measure: 'CONVERSION' | 'COUNT' | 'SUM';

  @Field(() => Float, { description: 'The mean of control: of a CONVERSION, the share that converts.' })
  baseline: number;

  @Field(() => Float, { description: 'The smallest effect that is to be found, as a share of control: 0.1 is 10 % more, -0.1 10 % less.' })
  relativeEffect: number;

  @Field(() => Float, { nullable: true, description: 'Of one user, for COUNT and SUM.' })
  standardDeviation?: number | null;

  @Field(() => Float, { description: 'The probability of a false alarm that is accepted.', defaultValue: 0.05 })
  alpha: number;

  @Field(() => Float, { description: 'How likely such an effect is to be found.', defaultValue: 0.8 })
  power: number;

  @Field(() => Int, { description: 'How many statements share alpha: primary goals times variants but control.', defaultValue: 1 })
  hypotheses: number;

  @Field(() => PercentScalar, { description: 'The share of control of the test’s users.', defaultValue: 5_000 })
  controlWeight: number;

  @Field(() => PercentScalar, { description: 'The share of the variant.', defaultValue: 5_000 })
  variantWeight: number;
}

@ObjectType({ simpleResolvers: true, description: 'How many users a test needs. All of them are mature: their windows have closed.' })
class SampleSize {
  @Field(() => Float, { description: 'Of all variants.' })
  users: number;

  @Field(() => Float, { description: 'Of control.' })
  controlUsers: number;

  @Field(() => Float, { description: 'Of the variant.' })
  variantUsers: number;
}

@Resolver()
class SampleSizeResolver {
  @Query(() => SampleSize, { description: 'How many users a test needs to find an effect.' })
  sampleSize(@Arg('input', () => SampleSizeInput, { description: 'What it is to find.' }) input: SampleSizeInput): SampleSize {
    const { standardDeviation, ...rest } = input;
    try {
      return sampleSize({ ...rest, ...(typeof standardDeviation === 'number' && { standardDeviation }) });
    } catch (error) {
      if (error instanceof RangeError) throw new RequestError('BAD_REQUEST', error.message, error);
      throw error;
    }
  }
}

export const resultsResolvers = [ExperimentResultsResolver, ResultsGoalResolver, SampleSizeResolver] as const;
