import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { experiments } from '../projections/entities';
import type { Command } from '../src/domain/command';
import type { Context } from './context';
import { Experiment } from './experiment';
import {
  CreateExperimentInput,
  EditExperimentInput,
  ExperimentInput,
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

const on = (context: Context, input: ExperimentInput, command: Command) =>
  atInputPaths(perform(context, input, command, experiments, input.id), NAMES);

const move = (
  type: 'StartExperiment' | 'StopExperiment' | 'ArchiveExperiment' | 'RestoreExperiment',
  input: ExperimentInput,
  context: Context,
) => on(context, input, { type, ...which(input) });

const which = ({ id, expectedVersion }: ExperimentInput) => ({ id, expectedVersion: named(expectedVersion) });

@Resolver(() => Experiment)
export class ExperimentMutations {
  @Mutation(() => ExperimentResult, { description: 'Creates an experiment, as a draft.' })
  createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The new experiment.' }) input: CreateExperimentInput,
    @Ctx() context: Context,
  ) {
    const { name, description, audienceId, traffic, variants, keys, goalIds, exclusive } = input;
    const command = {
      type: 'CreateExperiment',
      name,
      description: named(description),
      audience: audienceId,
      traffic,
      variants,
      keys,
      goals: goalIds,
      exclusive: named(exclusive),
    } as const;
    return atInputPaths(perform(context, input, command, experiments), NAMES);
  }

  @Mutation(() => ExperimentResult, {
    description: 'Changes an experiment: a draft in everything, one that has started in its name, its description, and goals to add.',
  })
  editExperiment(
    @Arg('input', () => EditExperimentInput, { description: 'What to change.' }) input: EditExperimentInput,
    @Ctx() context: Context,
  ) {
    const { name, description, audienceId, traffic, variants, keys, goalIds } = input;
    return on(context, input, {
      type: 'EditExperiment',
      ...which(input),
      name: named(name),
      description: named(description),
      audience: audienceId,
      traffic: named(traffic),
      variants: named(variants),
      keys: named(keys),
      goals: named(goalIds),
    });
  }

  @Mutation(() => ExperimentResult, { description: 'Starts a draft: its audience is fixed as it is now, and users are taken in.' })
  startExperiment(
    @Arg('input', () => ExperimentInput, { description: 'Which experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return move('StartExperiment', input, context);
  }

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

  @Mutation(() => ExperimentResult, { description: 'Stops a running experiment, for good: everybody gets what they would get without it.' })
  stopExperiment(
    @Arg('input', () => ExperimentInput, { description: 'Which experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return move('StopExperiment', input, context);
  }

  @Mutation(() => ExperimentResult, { description: 'Ends a running experiment: its whole audience gets one variant from now on.' })
  rollOutExperiment(
    @Arg('input', () => RollOutExperimentInput, { description: 'Which experiment, and which variant.' }) input: RollOutExperimentInput,
    @Ctx() context: Context,
  ) {
    return on(context, input, { type: 'RollOutExperiment', ...which(input), variant: input.variantId });
  }

  @Mutation(() => ExperimentResult, { description: 'Archives an experiment that is not running. A roll-out is not served any more.' })
  archiveExperiment(
    @Arg('input', () => ExperimentInput, { description: 'Which experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return move('ArchiveExperiment', input, context);
  }

  @Mutation(() => ExperimentResult, { description: 'Brings an archived experiment back: as a draft if it never started, else as stopped.' })
  restoreExperiment(
    @Arg('input', () => ExperimentInput, { description: 'Which experiment.' }) input: ExperimentInput,
    @Ctx() context: Context,
  ) {
    return move('RestoreExperiment', input, context);
  }
}
