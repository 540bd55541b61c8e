import { Ctx, Field, FieldResolver, Int, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { goals, keys, segments, type ExperimentDocument } from '../projections/entities';
import { conflict } from '../src/domain/reach';
import { queriesOf } from './concept-fields';
import { statusType } from './concept-types';
import type { Context } from './context';
import { Entity, Usage } from './entity';
import { Analysis, ExperimentGoal, HoldoutInForce, type ExperimentGoalRoot } from './experiment-analysis';
import { FrozenAudience, Variant, type FrozenAudienceRoot } from './experiment-design';
import { Goal } from './goal';
import { Key } from './key';
import { listOf } from './list';
import { PercentScalar } from './scalars';
import { Segment } from './segment';
import { shownUsage, type ShownUsage } from './shown-refusal';

const ExperimentStatus = {
  DRAFT: 'DRAFT',
  RUNNING: 'RUNNING',
  STOPPED: 'STOPPED',
  ROLLED_OUT: 'ROLLED_OUT',
  ARCHIVED: 'ARCHIVED',
} as const;
registerEnumType(ExperimentStatus, {
  name: 'ExperimentStatus',
  description: 'Where an experiment is in its life. RUNNING and ROLLED_OUT are served.',
  valuesConfig: {
    DRAFT: { description: 'Not started. Its design can change.' },
    RUNNING: { description: 'Takes users in. It can be stopped or rolled out; of its design only traffic changes, and goals are added.' },
    STOPPED: { description: 'Ended: everybody gets what they would get without it.' },
    ROLLED_OUT: { description: 'Ended: its whole audience gets one variant.' },
    ARCHIVED: { description: 'Put away: it does not hold its name. Restored, it is DRAFT or STOPPED.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'When, and for whom, an experiment started.' })
export class ExperimentStart {
  @Field(() => Int, { description: 'The revision of the project at which it started.' })
  revision: number;

  @Field(() => FrozenAudience, { nullable: true, description: 'The audience as it was then, which the experiment keeps; null: everyone.' })
  audience: FrozenAudienceRoot | null;

  @Field(() => [HoldoutInForce], { description: 'The holdouts that were active then, which hold to its end.' })
  holdouts: readonly HoldoutInForce[];
}

@ObjectType({ simpleResolvers: true, description: 'Which variant the whole audience of an experiment gets, since when.' })
export class RollOut {
  @Field(() => Variant, { description: 'The variant.' })
  variant: Variant;

  @Field(() => Int, { description: 'The revision of the project at which it was rolled out.' })
  revision: number;
}

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'An A/B test.' })
export class Experiment extends statusType('experiment', ExperimentStatus) {
  @Field(() => Boolean, { description: 'Whether its users are in no other running experiment of the project. Fixed by its start.' })
  exclusive: boolean;

  @Field(() => PercentScalar, { description: 'Which part of the audience takes part, in percent.' })
  traffic: number;

  @Field(() => [Variant], { description: 'Its 2 to 7 variants, control included.', complexity: listOf(3) })
  variants: Variant[];

  @Field(() => Boolean, { description: 'Whether a user who no longer matches the audience still gets the variant. Fixed at its creation.' })
  sticky: boolean;

  @Field(() => Analysis, { description: 'How its results are read.' })
  analysis: Analysis;
}

@Resolver(() => Experiment)
class ExperimentResolver {
  @FieldResolver(() => Segment, {
    nullable: true,
    description:
      'The segment of users that it is for, as it is now; null: everyone. What counts once it has started is `started.audience`.',
  })
  audience(@Root() { projectId, audience }: ExperimentDocument, @Ctx() { loaders }: Context) {
    return audience === null ? null : loaders.load(segments, projectId, audience);
  }

  @FieldResolver(() => [Key], { description: 'The keys that its variants give values for.', complexity: listOf(3) })
  keys(@Root() experiment: ExperimentDocument, @Ctx() { loaders }: Context) {
    return loaders.loadAll(keys, experiment.projectId, experiment.keys);
  }

  @FieldResolver(() => [Goal], {
    description: 'What it measures. Once it has ended, goals among them may be archived.',
    complexity: listOf(3),
  })
  goals(@Root() experiment: ExperimentDocument, @Ctx() { loaders }: Context) {
    return loaders.loadAll(
      goals,
      experiment.projectId,
      experiment.goals.map(({ id }) => id),
    );
  }

  @FieldResolver(() => [ExperimentGoal], { description: 'What it measures, and what each goal is for.', complexity: listOf(3) })
  goalRoles(@Root() { projectId, goals: chosen }: ExperimentDocument): ExperimentGoalRoot[] {
    return chosen.map((goal) => ({ ...goal, projectId }));
  }

  @FieldResolver(() => [Usage], {
    complexity: 20,
    description:
      'The running experiments that no user can be in who is in this one, if it runs: of two of which one is exclusive, or that share a key, a user is in one at most.',
  })
  async conflicts(@Root() experiment: ExperimentDocument, @Ctx() { loaders, asOfRevision }: Context): Promise<ShownUsage[]> {
    const { projectId } = experiment;
    const running = await loaders.runningExperiments(projectId);
    return running
      .filter((other) => other.id !== experiment.id && conflict(experiment, other))
      .map(({ id, name, status }) => shownUsage(projectId, { kind: 'experiment', id, name, status }, asOfRevision));
  }

  @FieldResolver(() => ExperimentStart, { nullable: true, description: 'When, and for whom, it started; null: it never has.' })
  started(@Root() { projectId, started }: ExperimentDocument) {
    return (
      started && {
        revision: started.revision,
        holdouts: started.holdouts,
        audience: started.audience && { ...started.audience, projectId },
      }
    );
  }

  @FieldResolver(() => RollOut, { nullable: true, description: 'What was rolled out; null: nothing is.' })
  rolledOut(@Root() { variants, rolledOut }: ExperimentDocument) {
    return rolledOut && { revision: rolledOut.revision, variant: variants.find(({ id }) => id === rolledOut.variant) };
  }
}

export const experimentResolvers = [ExperimentResolver, ...queriesOf('experiment', Experiment, ExperimentStatus)];
