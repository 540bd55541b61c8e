import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Cursor } from '../src/domain/cursor';
import type { Report } from '../src/reporting/experiment-results';
import { isMissing } from '../src/results/estimate';
import type { GoalResults } from '../src/results/results';
import { LOOK } from './as-of';
import type { Context } from './context';
import { RequestError } from './error';
import { decisionResolvers, findDecision, type ExperimentDecision } from './experiment-decision';
import { ExperimentResults, ResultsGoal, ResultsSeriesDay, ResultsVariant } from './experiment-results-types';
import { identityIn, localIdOf, type GlobalId } from './global-id';
import { listOf } from './list';
import { reportOf } from './report';
import { estimateOf, figureOf } from './result-figures';
import { SampleSizeResolver } from './sample-size';
import { CursorScalar, DateTimeScalar } from './scalars';
import { thingOf } from './thing';

interface WithReport {
  readonly report: Report;
}
type GoalRoot = ResultsGoal & WithReport;
type VariantRoot = ResultsVariant & WithReport;

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
    @Arg('decision', () => Int, {
      nullable: true,
      description:
        'The revision at which a decision was recorded: the results that it was made on, from what is there of them today. Without `upTo` and `receivedUpTo`.',
    })
    decidedAt: number | null,
    @Ctx() context: Context,
  ): Promise<(ExperimentResults & WithReport) | undefined> {
    const thing = thingOf('experiment', { id: given, projectId: beside });
    if (isGiven(decidedAt) && (isGiven(upTo) || isGiven(receivedUpTo)))
      throw new RequestError('BAD_REQUEST', '`decision` says which results are meant: leave out `upTo` and `receivedUpTo`.');
    const decision = isGiven(decidedAt) ? await findDecision(context, thing, decidedAt) : undefined;
    const which = decision ? { upTo: decision.cursor, receivedUpTo: new Date(decision.receivedUpTo) } : { upTo, receivedUpTo };
    const report = await reportOf(context, { ...thing, ...which });
    return report && { ...resultsFields(report, decision), report };
  }

  @FieldResolver(() => [ResultsGoal], { description: 'What its goals came to.', complexity: listOf(3) })
  goals(
    @Root() { report }: WithReport,
    @Arg('goalIds', () => [ID], { nullable: true, description: 'Only these goals of the experiment; left out, all of them.' })
    goalIds: readonly GlobalId[] | null,
  ): readonly GoalRoot[] {
    const all = report.results.goals.map((goal) => ({ ...goalFields(goal), report }));
    if (!isGiven(goalIds)) return all;
    return goalIds.map((id, index) => {
      const local = localIdOf(identityIn(id, report.cursor.projectId, `goalIds[${index}]`), 'goal', `goalIds[${index}]`);
      const found = all.find(({ entityId }) => entityId === local);
      if (found !== undefined) return found;
      const names = all.map(({ name, entityId }) => `${entityId} (${name})`).join(', ');
      throw new RequestError('BAD_REQUEST', `\`goalIds[${index}]\` must be a goal of the experiment: ${names || 'it has none'}.`);
    });
  }
}

@Resolver(() => ResultsVariant)
class ResultsVariantResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Assigned, never exposed: users who have it by their assignment and of whom no exposure counts, such as those who were given it with all keys and never came to where it shows. Those of the last two minutes are among them. They still keep out of what the test excludes. As it is now; null: the results are of an earlier time, the user store is away, or observations of the test have expired.',
  })
  async neverExposed(@Root() { report, variant }: VariantRoot): Promise<number | null> {
    return (await report.neverExposed())?.get(variant) ?? null;
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

function resultsFields(
  report: Report,
  decision: ExperimentDecision | undefined,
): ExperimentResults & { readonly variants: readonly VariantRoot[] } {
  const { cursor, receivedUpToMs, past, input, results, digest, remark } = report;
  const reproduced = decision && decision.digest === digest;
  const remarks = [...(reproduced === false ? [differing(decision!, input.observed.erasedUsers)] : []), ...(remark ? [remark] : [])];
  const variant = (id: string, name: string, control: boolean, weight: number | null): VariantRoot => ({
    ...{ variant: id, name, control, weight, users: results.users.get(id) ?? 0 },
    report,
  });
  return {
    entityId: past.experiment.id,
    name: past.experiment.name,
    cursor,
    receivedUpTo: new Date(receivedUpToMs),
    digest,
    remark: remarks.length === 0 ? null : remarks.join(' '),
    decision: decision ?? null,
    reproduced: reproduced ?? null,
    startedAt: new Date(past.startedAtMs),
    endedAt: past.ended === undefined ? null : new Date(past.ended.atMs),
    days: results.days,
    closed: results.closed,
    hypotheses: results.hypotheses,
    checks: results.checks.map(({ name, status, text, arms }) => ({ name, status, text, variants: arms ?? null })),
    conclusions: results.conclusions.map(({ arm, kind, text, reasons }) => ({ variant: arm, kind, text, reasons })),
    variants: [
      ...input.arms.map(({ id, name, control, weight }) => variant(id, name, control, weight)),
      ...(input.holdout ? [variant(input.holdout.id, input.holdout.name, false, null)] : []),
    ],
    sampleRatio: isMissing(results.sampleRatio) ? null : results.sampleRatio,
    inTwoVariants: input.observed.inTwoVariants,
    exposuresAfterEnd: input.observed.afterEnd ?? 0,
    baselineChanges: past.baselineChanges.map(({ revision, occurredAt }) => ({ revision, at: new Date(occurredAt) })),
  };
}

const isGiven = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined;

function differing({ revision }: ExperimentDecision, erasedUsers: number): string {
  const why = erasedUsers > 0 ? `${erasedUsers} of its users have been erased, or` : 'Users may have been erased,';
  return `These are not the numbers that the decision at revision ${revision} was made on. ${why} observations have expired since, or another version of the ledger made them.`;
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

export const resultsResolvers = [
  ...decisionResolvers,
  ExperimentResultsResolver,
  ResultsVariantResolver,
  ResultsGoalResolver,
  SampleSizeResolver,
] as const;
