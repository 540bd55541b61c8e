import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { experiments } from '../projections/entities';
import type { Command } from '../src/domain/command';
import { moveMutations, writeMutations } from './concept-mutations';
import type { Context } from './context';
import { Experiment } from './experiment';
import { analysisOf, goalChoices } from './experiment-analysis';
import {
  ChangeExperimentTrafficInput,
  CreateExperimentInput,
  EditExperimentInput,
  OneInput,
  RaiseExperimentTrafficInput,
  RollOutExperimentInput,
} from './experiment-input';
import { atInputPaths, type InputNames } from './input-path';
import { resultOf } from './outcome';
import { named, perform } from './perform';

const ExperimentResult = resultOf(Experiment, 'Experiment');

const NAMES: InputNames = [
  [/^audience$/, 'audienceId'],
  [/^goals(?=\.|$)/, 'goalIds'],
  [/^variant$/, 'variantId'],
];

const on = (context: Context, input: InstanceType<typeof OneInput>, command: Command) =>
  atInputPaths(perform(context, input, command, experiments, input.id), NAMES);

const which = ({ id, expectedVersion }: InstanceType<typeof OneInput>) => ({ id, expectedVersion: named(expectedVersion) });

@Resolver(() => Experiment)
class ExperimentMutations {
  @Mutation(() => ExperimentResult, {
    description: 'Lets a running experiment take in more users. Anyone who is in a test already stays there.',
  })
  raiseExperimentTraffic(
    @Arg('input', () => RaiseExperimentTrafficInput, { description: 'Which experiment, and to how much.' })
    input: RaiseExperimentTrafficInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, { type: 'RaiseExperimentTraffic', ...which(input), traffic: input.traffic });
  }

  @Mutation(() => ExperimentResult, {
    description: 'Lets a running experiment take more users, or fewer. Users who are in it already stay there.',
  })
  changeExperimentTraffic(
    @Arg('input', () => ChangeExperimentTrafficInput, { description: 'Which experiment, and how much.' })
    input: ChangeExperimentTrafficInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, { type: 'ChangeExperimentTraffic', ...which(input), traffic: input.traffic });
  }

  @Mutation(() => ExperimentResult, { description: 'Ends a running experiment: its whole audience gets one variant from now on.' })
  rollOutExperiment(
    @Arg('input', () => RollOutExperimentInput, { description: 'Which experiment, and which variant.' }) input: RollOutExperimentInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, { type: 'RollOutExperiment', ...which(input), variant: input.variantId });
  }
}

export const experimentMutations = [
  ExperimentMutations,
  writeMutations('experiment', ExperimentResult, {
    create: [
      CreateExperimentInput,
      'Creates an experiment, as a draft.',
      ({ audienceId, traffic, variants, keys, exclusive, sticky, analysis, ...input }) => ({
        audience: audienceId,
        traffic,
        variants,
        keys,
        goals: goalChoices(input),
        exclusive: named(exclusive),
        sticky: named(sticky),
        analysis: analysisOf(analysis),
      }),
    ],
    edit: [
      EditExperimentInput,
      'Changes an experiment: a draft in everything, one that has started in its name, its description, and goals to add.',
      ({ audienceId, traffic, variants, keys, exclusive, analysis, ...input }) => ({
        audience: audienceId,
        traffic: named(traffic),
        variants: named(variants),
        keys: named(keys),
        goals: goalChoices(input),
        exclusive: named(exclusive),
        analysis: analysisOf(analysis),
      }),
    ],
    names: NAMES,
  }),
  ...moveMutations('experiment', ExperimentResult, OneInput, {
    StartExperiment: 'Starts a draft: its audience is fixed as it is now, and users are taken in.',
    StopExperiment: 'Stops a running experiment, for good: everybody gets what they would get without it.',
    ArchiveExperiment: 'Archives an experiment that is not running. A roll-out is not served any more.',
    RestoreExperiment: 'Brings an archived experiment back: as a draft if it never started, else as stopped.',
  }),
];
