import { Ctx, Field, FieldResolver, Float, ID, InputType, Int, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { goals } from '../projections/entities';
import type { Analysis as StoredAnalysis, ExperimentGoal as StoredGoal, GoalRole } from '../src/domain/analysis';
import type { Context } from './context';
import type { GlobalId, ReadId } from './global-id';
import { Goal } from './goal';
import { PercentScalar } from './scalars';

export const GoalRoleEnum: { readonly [role in GoalRole]: role } = { PRIMARY: 'PRIMARY', SECONDARY: 'SECONDARY', GUARDRAIL: 'GUARDRAIL' };
registerEnumType(GoalRoleEnum, {
  name: 'GoalRole',
  description: 'What a goal is for in an experiment.',
  valuesConfig: {
    PRIMARY: { description: 'It decides. At most 3 are.' },
    SECONDARY: { description: 'It is read beside them.' },
    GUARDRAIL: { description: 'It must not be hurt by more than its margin.' },
  },
});

type Method = StoredAnalysis['method'];
export const AnalysisMethodEnum: { readonly [method in Method]: method } = { SEQUENTIAL: 'SEQUENTIAL', FIXED: 'FIXED' };
registerEnumType(AnalysisMethodEnum, {
  name: 'AnalysisMethod',
  description: 'How the results of an experiment are read.',
  valuesConfig: {
    SEQUENTIAL: { description: 'It can be looked at at any time.' },
    FIXED: { description: 'It is looked at once, at its horizon.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A goal of an experiment, and what it is for.' })
export class ExperimentGoal {
  @Field(() => GoalRoleEnum, { description: 'What it is for.' })
  role: GoalRole;

  @Field(() => PercentScalar, {
    nullable: true,
    description: 'Of a guardrail: how much worse than control, in percent of control, is still not hurt. null: it is none.',
  })
  margin: number | null;
}

export type ExperimentGoalRoot = StoredGoal & { readonly projectId: string };

@Resolver(() => ExperimentGoal)
export class ExperimentGoalResolver {
  @FieldResolver(() => Goal, { description: 'The goal as it is now.' })
  goal(@Root() { projectId, id }: ExperimentGoalRoot, @Ctx() { loaders }: Context) {
    return loaders.load(goals, projectId, id);
  }
}

@InputType({ description: 'A goal of an experiment, and what it is for.' })
export class ExperimentGoalInput {
  @Field(() => ID, { description: 'The goal.' })
  goalId: GlobalId;

  @Field(() => GoalRoleEnum, { description: 'What it is for.' })
  role: GoalRole;

  @Field(() => PercentScalar, {
    nullable: true,
    description: 'Of a guardrail, and only of one: how much worse than control, in percent of control, is still not hurt.',
  })
  margin?: number | null;
}

/** The goals as a command chooses them, whichever of the two the input names. */
export function goalChoices(
  { goals, goalIds }: { readonly goals?: readonly ExperimentGoalInput[] | null; readonly goalIds?: readonly GlobalId[] | null },
  localId: ReadId,
) {
  const chosen = goals?.map(({ goalId, role, margin }, index) => {
    return { id: localId(goalId, 'goal', `goals.${index}.goalId`), role, margin: margin ?? null };
  });
  return chosen ?? goalIds?.map((id, index) => localId(id, 'goal', `goalIds.${index}`)) ?? undefined;
}

@ObjectType({ simpleResolvers: true, description: 'How the results of an experiment are read: frozen by its start.' })
export class Analysis {
  @Field(() => AnalysisMethodEnum, { description: 'When it may be looked at.' })
  method: Method;

  @Field(() => Float, { description: 'The probability of a false alarm that is accepted.' })
  alpha: number;

  @Field(() => Int, { description: 'About how many users it is planned for.' })
  plannedUsers: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Users first exposed within so many days of the start count; null: until its end.',
  })
  horizonDays: number | null;

  @Field(() => Boolean, { description: 'Whether the variance is reduced by what users did before.' })
  cuped: boolean;
}

@InputType({ description: 'How the results of an experiment are read; a field that is left out is as usual, or stays as it is.' })
export class AnalysisInput {
  @Field(() => AnalysisMethodEnum, { nullable: true, description: 'When it may be looked at. As usual: SEQUENTIAL.' })
  method?: Method | null;

  @Field(() => Float, { nullable: true, description: 'The probability of a false alarm that is accepted: 0.001 to 0.2. As usual: 0.05.' })
  alpha?: number | null;

  @Field(() => Int, { nullable: true, description: 'About how many users it is planned for: 100 or more. As usual: 10,000.' })
  plannedUsers?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Users first exposed within so many days of the start count: 1 to 365. null: until its end. FIXED needs it.',
  })
  horizonDays?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the variance is reduced by what users did before. As usual: false.' })
  cuped?: boolean | null;
}

/** What a command says of the analysis: only what the input names. */
export function analysisOf(input: AnalysisInput | null | undefined): Partial<StoredAnalysis> | undefined {
  if (!input) return undefined;
  const { method, alpha, plannedUsers, horizonDays, cuped } = input;
  return {
    ...(method && { method }),
    ...(typeof alpha === 'number' && { alpha }),
    ...(typeof plannedUsers === 'number' && { plannedUsers }),
    ...(horizonDays !== undefined && { horizonDays }),
    ...(typeof cuped === 'boolean' && { cuped }),
  };
}

@ObjectType({
  simpleResolvers: true,
  description: 'A holdout that was active when an experiment started: it holds to the experiment’s end.',
})
export class HoldoutInForce {
  @Field(() => String, { description: 'Its name then.' })
  name: string;

  @Field(() => PercentScalar, { description: 'Which part of all users it holds out, in percent.' })
  share: number;
}
