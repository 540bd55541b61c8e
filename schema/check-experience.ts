import { Arg, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { chosenGoals, mergeAnalysis, USUAL_ANALYSIS } from '../src/domain/analysis';
import { adviceOnDesign, adviceOnRows, type Advice } from '../src/domain/experience-advice';
import type { Problem } from '../src/domain/refusal';
import type { TextPart } from '../src/domain/text-part';
import { Check, checkedCondition } from './check';
import type { Context } from './context';
import { AnalysisInput, analysisOf, ExperimentGoalInput, goalChoices } from './experiment-analysis';
import { VariantInput } from './experiment-design';
import { variantsOf } from './experiment-mutations';
import { FlagRowInput } from './flag';
import { idsIn, type GlobalId } from './global-id';
import { named, inApi, type InputNames } from './perform';
import { apiPath, shownProblem } from './error';
import { ROW_NAMES, rowsOf } from './rows';
import { PercentScalar } from './scalars';
import { partsIn } from './text-part';

@InputType({ description: 'The design of an experiment, while it is being written.' })
export class DesignInput {
  @Field(() => ID, { nullable: true, description: 'The segment of users that it is for; null or left out: everyone.' })
  audienceId?: GlobalId | null;

  @Field(() => PercentScalar, { defaultValue: 10_000, description: 'Which part of the audience takes part, in percent.' })
  traffic: number;

  @Field(() => [VariantInput], { description: 'Its variants.' })
  variants: VariantInput[];

  @Field(() => [String], { description: 'The names of its keys.' })
  keys: string[];

  @Field(() => [ExperimentGoalInput], { defaultValue: [], description: 'The goals that it measures, with what each is for.' })
  goals: ExperimentGoalInput[];

  @Field(() => AnalysisInput, { nullable: true, description: 'How its results are read.' })
  analysis?: AnalysisInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether its users are to be in no other running experiment. Left out: as the project’s setting says, or as it is.',
  })
  exclusive?: boolean | null;
}

/** Where the domain names a part of a design otherwise. */
const DESIGN_NAMES: InputNames = [
  [/^audience$/, 'audienceId'],
  [/^(goals\[\d+\])\.id$/, '$1.goalId'],
  [/^(variants\[\d+\])\.id$/, '$1.variant'],
];

const PROJECT = { description: 'The project that it is for.' };

/** All values are looked at. */
const COST = 20;
const complexity = ({ childComplexity }: { readonly childComplexity: number }): number => COST + childComplexity;

@Resolver()
export class CheckExperienceResolver {
  @Query(() => Check, {
    nullable: true,
    complexity,
    description:
      'What is to be said of the rows of a flag before they are stored: each in words, what is wrong, and what is hardly meant, such as a row that no user comes to.',
  })
  async checkFlagRows(
    @Arg('projectId', () => ID, PROJECT) projectId: string,
    @Arg('key', () => String, { description: 'The name of the key that the flag gives values for.' }) key: string,
    @Arg('rows', () => [FlagRowInput], { description: 'The rows, all of them.' }) rows: FlagRowInput[],
    @Arg('flagId', () => ID, { nullable: true, description: 'The flag that they are to be the rows of; left out, a new one.' })
    flagId: GlobalId | null,
    @Ctx() { loadProject }: Context,
  ): Promise<Check | null> {
    const localId = idsIn(projectId);
    const [given, id] = [rowsOf(rows, localId) ?? [], named(localId(flagId, 'flag', 'flagId'))];
    const state = await loadProject(projectId);
    return state.project === undefined ? null : checkOf(projectId, adviceOnRows(state, key, given, id), ROW_NAMES);
  }

  @Query(() => Check, {
    nullable: true,
    complexity,
    description:
      'The same of the design of an experiment, with what would be in its way: running experiments whose users cannot be in it, and goals of which none decides.',
  })
  async checkDesign(
    @Arg('projectId', () => ID, PROJECT) projectId: string,
    @Arg('design', () => DesignInput, { description: 'The design, all of it.' }) design: DesignInput,
    @Arg('experimentId', () => ID, { nullable: true, description: 'The experiment that it is to be the design of; left out, a new one.' })
    experimentId: GlobalId | null,
    @Ctx() { loadProject }: Context,
  ): Promise<Check | null> {
    const localId = idsIn(projectId);
    const id = named(localId(experimentId, 'experiment', 'experimentId'));
    const { traffic, keys, exclusive } = design;
    const given = {
      audience: localId(design.audienceId, 'segment', 'design.audienceId') ?? null,
      traffic,
      keys,
      variants: variantsOf(design.variants),
      goals: chosenGoals(goalChoices(design, localId) ?? []),
      analysis: mergeAnalysis(USUAL_ANALYSIS, analysisOf(design.analysis)),
    };
    const state = await loadProject(projectId);
    return state.project === undefined ? null : checkOf(projectId, adviceOnDesign(state, given, named(exclusive), id), DESIGN_NAMES);
  }
}

function checkOf(projectId: string, { problems, conditions, warnings }: Advice, names: InputNames): Check {
  const placed = <P extends { readonly path: string }>(one: P): P => ({ ...one, path: inApi(apiPath(one.path), names) });
  const shown = (all: readonly Problem[]) => all.slice(0, MOST).map((problem) => placed(shownProblem(problem)));
  const between: TextPart = { kind: 'TEXT', text: '; ' };
  return {
    text: problems.length > 0 ? null : conditions.map(({ text }) => text).join('; '),
    textParts: partsIn(
      projectId,
      conditions.flatMap(({ parts }, at) => (at === 0 ? parts : [between, ...parts])),
    ),
    problems: shown(problems),
    conditions: conditions.map((condition) => placed(checkedCondition(projectId, condition))),
    warnings: shown(warnings),
  };
}

/** The most problems that a check lists. */
const MOST = 20;
