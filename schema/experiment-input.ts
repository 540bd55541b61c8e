import { Field, ID, InputType } from 'type-graphql';
import { AnalysisInput, ExperimentGoalInput } from './experiment-analysis';
import { ITS_WORDS, textInputs } from './concept-types';
import { VariantInput } from './experiment-design';
import type { GlobalId } from './global-id';
import { PercentScalar } from './scalars';

const { NewInput, OneInput, ChangesInput } = textInputs('experiment', ITS_WORDS('experiment'));
export { OneInput };

@InputType({ description: 'A new experiment, which begins as a draft.' })
export class CreateExperimentInput extends NewInput {
  @Field(() => ID, { nullable: true, description: 'The segment of users that it is for; null or left out: everyone.' })
  audienceId?: GlobalId | null;

  @Field(() => PercentScalar, { defaultValue: 10_000, description: 'Which part of the audience takes part, in percent.' })
  traffic: number;

  @Field(() => [VariantInput], { description: 'Its 2 to 7 variants, exactly one of them control, whose weights sum to 100.' })
  variants: VariantInput[];

  @Field(() => [String], { description: 'The names of the 1 to 20 keys that its variants give values for.' })
  keys: string[];

  @Field(() => [ID], {
    defaultValue: [],
    description: 'The goals that it measures: at most 5. The only one is PRIMARY, of several each is SECONDARY.',
  })
  goalIds: GlobalId[];

  @Field(() => [ExperimentGoalInput], {
    nullable: true,
    description: 'The goals that it measures with what each is for, instead of `goalIds`.',
  })
  goals?: ExperimentGoalInput[] | null;

  @Field(() => AnalysisInput, { nullable: true, description: 'How its results are read.' })
  analysis?: AnalysisInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a user who no longer matches the audience still gets the variant; true if it is left out. It never changes.',
  })
  sticky?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether its users are to be in no other running experiment. Left out: as the project’s setting says. While that is on, false is refused.',
  })
  exclusive?: boolean | null;
}

@InputType({
  description:
    'What to change of an experiment; a field that is left out stays as it is. Once it has started, only name, description and goals to add; traffic by a mutation of its own.',
})
export class EditExperimentInput extends ChangesInput {
  @Field(() => ID, { nullable: true, description: 'The segment of users that it is for. null is not left out: it means everyone.' })
  audienceId?: GlobalId | null;

  @Field(() => PercentScalar, { nullable: true, description: 'Which part of the audience takes part, in percent.' })
  traffic?: number | null;

  @Field(() => [VariantInput], { nullable: true, description: 'All of its variants from now on: 2 to 7, exactly one of them control.' })
  variants?: VariantInput[] | null;

  @Field(() => [String], { nullable: true, description: 'The names of all its keys from now on: 1 to 20.' })
  keys?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'All the goals that it measures from now on: at most 5. Those that it had keep their role.',
  })
  goalIds?: GlobalId[] | null;

  @Field(() => [ExperimentGoalInput], {
    nullable: true,
    description: 'All the goals that it measures from now on with what each is for, instead of `goalIds`.',
  })
  goals?: ExperimentGoalInput[] | null;

  @Field(() => AnalysisInput, { nullable: true, description: 'How its results are read.' })
  analysis?: AnalysisInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether its users are to be in no other running experiment. While the project’s setting is on, false is refused.',
  })
  exclusive?: boolean | null;
}

@InputType({ description: 'To how much the traffic of a running experiment is raised.' })
export class RaiseExperimentTrafficInput extends OneInput {
  @Field(() => PercentScalar, {
    description: 'Which part of the audience takes part from now on, in percent: more than before, at most 100.',
  })
  traffic: number;
}

@InputType({ description: 'How much of its audience a running experiment takes from now on.' })
export class ChangeExperimentTrafficInput extends OneInput {
  @Field(() => PercentScalar, { description: 'Which part of the audience takes part from now on, in percent: more than before, or less.' })
  traffic: number;
}

@InputType({ description: 'Which variant of an experiment its whole audience gets.' })
export class RollOutExperimentInput extends OneInput {
  @Field(() => ID, { description: 'The `variant`: not control.' })
  variant: string;
}
