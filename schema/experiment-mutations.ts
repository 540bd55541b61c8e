import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { experiments } from '../projections/entities';
import type { Command } from '../src/domain/command';
import { moveMutations, writeMutations } from './concept-mutations';
import type { Context } from './context';
import { Experiment } from './experiment';
import type { VariantInput } from './experiment-design';
import { analysisOf, goalChoices } from './experiment-analysis';
import {
  ChangeExperimentTrafficInput,
  CreateExperimentInput,
  EditExperimentInput,
  OneInput,
  RaiseExperimentTrafficInput,
  RollOutExperimentInput,
} from './experiment-input';
import { resultOf } from './command-result';
import { named, perform, atInputPaths, type InputNames } from './perform';
import { thingOf } from './thing';

const RaiseExperimentTrafficResult = resultOf('RaiseExperimentTraffic', Experiment);
const ChangeExperimentTrafficResult = resultOf('ChangeExperimentTraffic', Experiment);
const RollOutExperimentResult = resultOf('RollOutExperiment', Experiment);

const NAMES: InputNames = [
  [/^audience$/, 'audienceId'],
  [/^goals(?=\[|$)/, 'goalIds'],
  [/^(variants\[\d+\])\.id$/, '$1.variant'],
];

type Which = { readonly id: string; readonly expectedVersion: number | undefined };

const on = (context: Context, input: InstanceType<typeof OneInput>, commandOn: (which: Which) => Command) => {
  const { projectId, id } = thingOf('experiment', input);
  const command = commandOn({ id, expectedVersion: named(input.expectedVersion) });
  return atInputPaths(perform(context, { ...input, projectId }, command, experiments, id), NAMES);
};

/** Variants as commands have them. */
export const variantsOf = (variants: readonly VariantInput[]) =>
  variants.map(({ variant, ...said }) => ({ ...said, ...(variant === undefined || variant === null ? {} : { id: variant }) }));

@Resolver(() => Experiment)
class ExperimentMutations {
  @Mutation(() => RaiseExperimentTrafficResult, {
    description: 'Lets a running experiment take in more users. Anyone who is in a test already stays there.',
  })
  raiseExperimentTraffic(
    @Arg('input', () => RaiseExperimentTrafficInput, { description: 'Which experiment, and to how much.' })
    input: RaiseExperimentTrafficInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, (which) => ({ type: 'RaiseExperimentTraffic', ...which, traffic: input.traffic }));
  }

  @Mutation(() => ChangeExperimentTrafficResult, {
    description: 'Lets a running experiment take more users, or fewer. Users who are in it already stay there.',
  })
  changeExperimentTraffic(
    @Arg('input', () => ChangeExperimentTrafficInput, { description: 'Which experiment, and how much.' })
    input: ChangeExperimentTrafficInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, (which) => ({ type: 'ChangeExperimentTraffic', ...which, traffic: input.traffic }));
  }

  @Mutation(() => RollOutExperimentResult, { description: 'Ends a running experiment: its whole audience gets one variant from now on.' })
  rollOutExperiment(
    @Arg('input', () => RollOutExperimentInput, { description: 'Which experiment, and which variant.' }) input: RollOutExperimentInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, (which) => ({ type: 'RollOutExperiment', ...which, variant: input.variant }));
  }
}

export const experimentMutations = [
  ExperimentMutations,
  writeMutations('experiment', Experiment, {
    create: [
      CreateExperimentInput,
      'Creates an experiment, as a draft.',
      ({ audienceId, traffic, variants, keys, exclusive, sticky, analysis, ...input }, localId) => ({
        audience: localId(audienceId, 'segment', 'audienceId'),
        traffic,
        variants: variantsOf(variants),
        keys,
        goals: goalChoices(input, localId),
        exclusive: named(exclusive),
        sticky: named(sticky),
        analysis: analysisOf(analysis),
      }),
    ],
    edit: [
      EditExperimentInput,
      'Changes an experiment: a draft in everything, one that has started in its name, its description, and goals to add.',
      ({ audienceId, traffic, variants, keys, exclusive, analysis, ...input }, localId) => ({
        audience: localId(audienceId, 'segment', 'audienceId'),
        traffic: named(traffic),
        variants: variants ? variantsOf(variants) : undefined,
        keys: named(keys),
        goals: goalChoices(input, localId),
        exclusive: named(exclusive),
        analysis: analysisOf(analysis),
      }),
    ],
    names: NAMES,
  }),
  ...moveMutations('experiment', Experiment, OneInput, {
    StartExperiment: 'Starts a draft: its audience is fixed as it is now, and users are taken in.',
    StopExperiment: 'Stops a running experiment, for good: everybody gets what they would get without it.',
    ArchiveExperiment: 'Archives an experiment that is not running. A roll-out is not served any more.',
    RestoreExperiment: 'Brings an archived experiment back: as a draft if it never started, else as stopped.',
  }),
];
