import { Arg, Ctx, ID, Query, Resolver, Field, InputType } from 'type-graphql';
import type { Experiment } from '../src/domain/experiment-state';
import type { Json } from '../src/domain/json';
import type { Outcome } from '../src/evaluation/outcome';
import type { RuleTrail } from '../src/evaluation/rule-trail';
import type { ServingStep } from '../src/evaluation/serving-trail';
import type { Standing } from '../src/evaluation/standing';
import { InvalidContext, requestContext, type RequestContext } from '../src/serving/context';
import type { ExplainedKey } from '../src/serving/explainer';
import { NoSuchProject } from '../src/serving/kept-project';
import { AsOfInput, lookingBack, LOOK, placeOf } from './as-of';
import type { Context } from './context';
import { RequestError } from './error';
import {
  Evaluation,
  ExperimentsOfUser,
  type ExperimentInTheWay,
  sourceName,
  type EvaluatedKey,
  type EvaluationStep,
  type RuleFinding,
  type StandingInExperiment,
} from './evaluation-types';
import { DateTimeScalar, JsonScalar } from './scalars';
import { forcedVariantOf } from './user-actions';

@InputType({ description: 'For whom values are asked.' })
class EvaluatedUserInput {
  @Field(() => String, {
    nullable: true,
    description: 'The user id that the app sends. Without one no sample, behaviour or experiment takes the user.',
  })
  id?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Properties of the user, by name; they come before stored ones. An object is its members with their names joined by dots.',
  })
  properties?: Json | null;
}

/** The user as evaluation takes one. Throws `BAD_REQUEST`. */
function contextOf({ id, properties }: EvaluatedUserInput): RequestContext {
  if (properties !== null && properties !== undefined && (typeof properties !== 'object' || Array.isArray(properties))) {
    throw new RequestError('BAD_REQUEST', '`user.properties` must be an object: names with values.');
  }
  try {
    return requestContext({ ...properties, targetingKey: id ?? null });
  } catch (error) {
    if (error instanceof InvalidContext) throw new RequestError('BAD_REQUEST', `\`user\`: ${error.message}.`, error);
    throw error;
  }
}

const MAX_KEYS = 500;
const PAST =
  'The set-up and the assignments are those of this revision; properties, behaviour and forced variants are those of today, since no history of them is kept.';

@Resolver()
export class EvaluationResolver {
  @Query(() => Evaluation, {
    nullable: true,
    description:
      'Which values a user gets, and why. It assigns the user to nothing and counts nothing. `asOf` takes the set-up, and the user’s assignments, as of then.',
    complexity: ({ childComplexity, args }) => childComplexity + (args['asOf'] === undefined ? 10 : LOOK),
  })
  async evaluate(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('user', () => EvaluatedUserInput, { description: 'For whom.' }) user: EvaluatedUserInput,
    @Arg('keys', () => [String], { nullable: true, description: `Names of at most ${MAX_KEYS} keys; left out, all that are not archived.` })
    keys: string[] | null,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'The time at which windows of behaviour end; left out, now.' })
    at: Date | null,
    @Arg('asOf', () => AsOfInput, { nullable: true, description: 'The set-up as it was then.' }) asOf: AsOfInput | null,
    @Ctx() context: Context,
  ): Promise<Evaluation | undefined> {
    if (keys !== null && keys !== undefined && keys.length > MAX_KEYS) {
      throw new RequestError('BAD_REQUEST', `\`keys\` takes at most ${MAX_KEYS} names.`);
    }
    const past = asOf ? context.history.upTo(projectId, placeOf('asOf', projectId, asOf)) : undefined;
    try {
      const request = { projectId, context: contextOf(user), keys: keys ?? undefined, past, atMs: at?.getTime() };
      const explained = await lookingBack(projectId, () => context.explain(request));
      return {
        revision: explained.revision,
        keys: explained.keys.map(keyOf),
        experiments: explained.standings.map(standingOf),
        remark: past === undefined ? null : PAST,
      };
    } catch (error) {
      return withoutProject(error);
    }
  }

  @Query(() => ExperimentsOfUser, {
    nullable: true,
    description:
      'In which running experiments a user is and since when, and why not in the others. It assigns the user to nothing and counts nothing.',
    complexity: ({ childComplexity }) => childComplexity + 10,
  })
  async experimentsOf(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('user', () => EvaluatedUserInput, { description: 'Of whom.' }) user: EvaluatedUserInput,
    @Ctx() context: Context,
  ): Promise<ExperimentsOfUser | undefined> {
    try {
      const { revision, standings, forced } = await context.explain({ projectId, context: contextOf(user), keys: [] });
      return { revision, experiments: standings.map(standingOf), forced: forced.map((each) => forcedVariantOf(projectId, each)) };
    } catch (error) {
      return withoutProject(error);
    }
  }
}

function withoutProject(error: unknown): undefined {
  if (error instanceof NoSuchProject) return undefined;
  throw error;
}

function namesOf(experiments: readonly Experiment[]): readonly ExperimentInTheWay[] {
  return experiments.map(({ id, name }) => ({ entityId: id, name }));
}

function keyOf({ outcome, trail }: ExplainedKey): EvaluatedKey {
  const { key, value, reason, source, variant } = outcome satisfies Outcome;
  return { key, value, reason, source: sourceName(source), variant: variant ?? null, steps: trail.steps.map(stepOf) };
}

function stepOf({ source, id, name, variant, serves, why, audience }: ServingStep): EvaluationStep {
  return {
    source: sourceName(source),
    entityId: id ?? null,
    name: name ?? null,
    variant: variant ?? null,
    serves,
    why,
    audience: audience === undefined ? [] : findings(audience, 0),
  };
}

function findings({ matched, text, instead, parts = [] }: RuleTrail, depth: number): readonly RuleFinding[] {
  return [{ matched, text, instead: instead ?? null, depth }, ...parts.flatMap((part) => findings(part, depth + 1))];
}

function standingOf({ experiment, state, variant, assignment, why, inTheWay = [], audience }: Standing): StandingInExperiment {
  return {
    entityId: experiment.id,
    name: experiment.name,
    standing: state,
    variant: variant ?? null,
    assignedAt: assignment === undefined ? null : new Date(assignment.assignedAt),
    assignedRevision: assignment?.revision ?? null,
    why,
    inTheWay: namesOf(inTheWay),
    audience: audience === undefined ? [] : findings(audience, 0),
  };
}
